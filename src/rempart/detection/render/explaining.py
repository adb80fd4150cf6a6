"""One alert told whole on a terminal: why, the event, the rule. Marked where the rule found what it sought."""

from rich.console import Console

from rempart.detection.alerts.alert import Alert
from rempart.detection.render.html import event_of, place_of
from rempart.detection.render.marking import marked
from rempart.detection.render.shown import AlertView
from rempart.detection.render.view import View
from rempart.measurement.render.terminal import Out
from rempart.measurement.render.view import visible

_STYLES = {"failed": "bold red", "to_review": "yellow", "not_applicable": "dim"}
_MARK = "bold reverse"


def print_alert(alert: Alert, view: View, console: Console | None = None) -> None:
    """Print an alert; `view` lends the words (see `words_alone`)."""
    page = _Page(console or Console(highlight=False), view)
    page.head(view.alert(alert))
    page.why(alert)
    page.event(alert)
    page.rule(view.alert(alert))


class _Page(Out):
    def __init__(self, console: Console, view: View) -> None:
        super().__init__(console)
        self.view, self.words = view, view.said

    def head(self, shown: AlertView) -> None:
        self.line((f"{self.signs[shown.tone]} {shown.level}  ", _STYLES[shown.tone]), (shown.title, "bold"))
        events = self.words("events", n=shown.alert.count)
        parts = (shown.when, shown.where, shown.stage, events, shown.alert.id)
        self.say(", ".join(part for part in parts if part), "dim")
        self.say(visible(shown.alert.about.description))

    def why(self, alert: Alert) -> None:
        self.title(self.words("why"))
        if alert.keys or alert.measured is not None:
            self.say(self.words("why_counted"), indent=1)
        for field, value in alert.keys:
            self.say(self.words.words.pair(visible(field), visible(value)), indent=1)
        if alert.measured is not None:
            self.say(self.words("why_measured", value=self.words.words.number(alert.measured)), "bold", indent=1)
        for reason in alert.because:
            self.line((visible(reason.field), "bold"), (f"  {self.words('sought').lower()} ", "dim"),
                      (visible(reason.sought), "cyan"), indent=1)  # fmt: skip
            pieces = marked(reason.sought, reason.value)
            self.line(*((visible(text), _MARK if hit else "") for text, hit in pieces), indent=3)
        if not alert.because and not alert.keys:
            self.say(self.words("why_none"), "dim", indent=1)

    def event(self, alert: Alert) -> None:
        if alert.event:
            self.title(self.words("event_first" if alert.count > 1 else "event"))
        for name, value in event_of(alert):
            self.line((f"{name}  ", "cyan"), (value, ""), indent=1)
        self.title(self.words("places"))
        for place in alert.events:
            self.say(place_of(place, self.view), indent=1)
        left = alert.count - len(alert.events)
        if left > 0:
            self.say(self.words("places_more", n=left), "dim", indent=1)

    def rule(self, shown: AlertView) -> None:
        about, words = shown.alert.about, self.words
        self.title(words("rule"))
        names = ", ".join(f"{name} ({identifier})" for identifier, name in shown.techniques)
        told = (
            ("rule_id", about.id),
            ("author", about.author or words("unknown")),
            ("licence", about.licence or words("unknown")),
            ("status", about.status or words("unknown")),
            ("pack", about.pack),
            ("techniques", names),
            ("false_positives", " ; ".join(about.false_positives)),
            ("references", " ; ".join(about.references)),
        )
        for word, value in told:
            if value:
                self.say(words.words.pair(words(word), visible(value)), indent=1)
