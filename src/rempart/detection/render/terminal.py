"""A night on a terminal: the sentence first, then what to do, then what could not be looked at. Plain when piped."""

from rich.console import Console

from rempart.detection.alerts.result import DetectionResult
from rempart.detection.alerts.triage import Triage
from rempart.detection.render.shown import IncidentView
from rempart.detection.render.view import View
from rempart.measurement.render.terminal import Out
from rempart.measurement.render.view import visible
from rempart.measurement.text import Language

TOLD = 3
"""Incidents told with their story; the others, and those of little weight, have one line."""
LISTED = 12
ACTIONS = 3
_STYLES = {"failed": "bold red", "to_review": "yellow", "not_applicable": "dim", "satisfied": "green"}


def print_result(
    result: DetectionResult, language: Language, console: Console | None = None, *, triage: Triage | None = None
) -> None:
    """Print a result for people; all of it is in the HTML, PDF and JSON renderings."""
    page = _Page(console or Console(highlight=False), View(result, language, triage))
    page.head()
    page.incidents()
    page.cert()
    page.unseen()
    page.foot()


class _Page(Out):
    """The parts of a result, in the order people need them."""

    def __init__(self, console: Console, view: View) -> None:
        super().__init__(console)
        self.view, self.words = view, view.said
        self.between = " · " if self.unicode else ", "

    def head(self) -> None:
        self.line((f"{self.words.words('product')} ", "bold cyan"), (self.words("engine"), "cyan"))
        self.say(visible(self.view.result.name), "bold")
        self.say(self.between.join(self.view.facts), "dim")
        self.gap()
        tone = self.view.open[0].tone if self.view.open else "satisfied"
        self.say(self.view.head.upper(), _STYLES[tone])
        self.say(self.view.lead, "bold")

    def incidents(self) -> None:
        told = [shown for shown in self.view.open if shown.incident.score.word != "low"][:TOLD]
        for rank, shown in enumerate(told):
            self._story(shown, whole=rank == 0)
        others = [shown for shown in self.view.open if shown not in told]
        if others:
            self.gap()
        for shown in others[:LISTED]:
            self.leader(f"{self._sign(shown)} {shown.title}", f"{shown.incident.score.total}  {shown.incident.id}", 1)
        if len(others) > LISTED:
            self.say(self.words("digest_more", n=len(others) - LISTED), "dim", indent=3)
        for count, word in ((len(self.view.closed), "digest_closed"), (len(self.view.lone), "digest_lone")):
            if count:
                self.say(self.words(word, n=count), "dim", indent=1)

    def _sign(self, shown: IncidentView) -> str:
        return self.signs[shown.tone]

    def _story(self, shown: IncidentView, *, whole: bool) -> None:
        self.gap()
        self.line((f"{self._sign(shown)} {shown.word}  ", _STYLES[shown.tone]), (shown.title, "bold"))
        score = self.words("score", n=shown.incident.score.total)
        self.say(self.between.join((shown.span, shown.counted, score, shown.incident.id)), "dim", indent=2)
        if shown.incident.active:
            self.say(self.words("active"), "yellow", indent=2)
        for stage in shown.acts:
            self.line((f"{stage.when}  ", "dim"), (stage.name, "cyan"), (f"  {' ; '.join(stage.titles)}", ""), indent=2)
        for word, names in shown.who:
            self.say(self.words.words.pair(word, names), indent=2)
        if whole:
            self.say(self.words("do_first"), "bold cyan", indent=2)
        for rank, action in enumerate(shown.actions[: ACTIONS if whole else 1], start=1):
            self.line(
                (f"{rank}. ", "bold cyan"), (action.lead, "bold"), (f" {action.rest}" if whole else "", ""), indent=3
            )
        if shown.declare:
            self.say(f"{self.signs['to_review']} {self.words('cert_yes')}", "bold yellow", indent=2)

    def cert(self) -> None:
        self.title(self.view.cert_title, "yellow")
        for sentence in self.view.cert:
            self.say(sentence, indent=1)

    def unseen(self) -> None:
        self.title(self.words("unseen"), "magenta")
        if not self.view.unseen:
            self.say(self.words("unseen_none"), indent=1)
        for blind in self.view.unseen:
            self.line((f"{self.signs['not_evaluated']} {blind.label}. ", "magenta"), (blind.why, ""), indent=1)

    def foot(self) -> None:
        self.gap()
        self.say(self.words("more_in_files"), "dim")
        self.say(self.words("stays"), "dim")
