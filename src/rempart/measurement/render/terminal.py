"""A report on a terminal: where am I, how are we doing, what do I do next. Plain when piped, 80 columns."""

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Line

from rempart.measurement.compare import Change, Evolution, Trend
from rempart.measurement.render.rampart import State, explain, to_lines
from rempart.measurement.render.view import Point, StepView, View, capped, joined, visible
from rempart.measurement.render.words import Words
from rempart.measurement.report import Report
from rempart.measurement.text import Language

FIRST_STEPS = 5
ANNEX_ROWS = 12
WIDTH = 80
_STYLES = {
    "failed": "bold red",
    "accepted": "yellow",
    "not_evaluated": "magenta",
    "satisfied": "green",
    "not_applicable": "dim",
    "to_review": "yellow",
    State.LAID: "cyan",
    State.UNPROVEN: "cyan",
    State.MISSING: "dim",
}
_SIGNS = {
    "failed": "✗",
    "accepted": "⚑",
    "not_evaluated": "?",
    "satisfied": "✓",
    "not_applicable": "–",
    "to_review": "!",
}
_PLAIN_SIGNS = {**_SIGNS, "failed": "x", "accepted": "~", "satisfied": "v", "not_applicable": "-"}
_LACKING = {"→": "->", "…": "~", "\u202f": " ", "\u00a0": " ", "✗": "x", "✓": "v", "⚑": "~"}
_CHANGE_STYLES = {Change.FIXED: "green", Change.LOST: "magenta"}


def print_report(report: Report, language: Language, console: Console | None = None) -> None:
    """Print a report for people; the whole of it is in the HTML, PDF, CSV and JSON renderings."""
    page = _Page(console or Console(highlight=False), View(report, language))
    page.where()
    page.level()
    page.plan()
    page.annexes()
    page.blind()
    page.failed()
    page.warnings()
    page.beside()


def print_trend(trend: Trend, language: Language, console: Console | None = None) -> None:
    """Print a comparison: the level at each measurement, then what became of each point."""
    words = Words(language)
    out = Out(console or Console(highlight=False))
    out.title(words("trend_title"))
    out.say(visible(", ".join(trend.names)))
    out.gap()
    for moment in trend.moments:
        bar = ("█" if out.unicode else "#") * moment.level.value + ("·" if out.unicode else ".") * (
            5 - moment.level.value
        )
        out.line((f"{bar} ", "cyan"), (words.moment(moment.taken_at), ""), (f"  {words.level(moment.level)}", "bold"))
    if not trend.same_rules:
        out.say(words("other_rules"), "yellow")
    if not trend.evolutions:
        out.say(words("trend_none"))
    for change in Change:
        _print_change(out, words, change, trend.of(change))


def _print_change(out: "Out", words: Words, change: Change, found: tuple[Evolution, ...]) -> None:
    if not found:
        return
    out.title(
        f"{words(f'trend_{change}', n=len(found))} ({words.number(len(found))})", _CHANGE_STYLES.get(change, "red")
    )
    for evolution in found:
        level = f" [{words('level_n', n=evolution.level)}]" if evolution.level else ""
        out.say(f"{words.text(evolution.title)}{level}", indent=2)
        parts = [_people(words, name, evolution) for name in ("new", "came_back", "fixed")]
        still = words("subjects_still", n=evolution.still) if evolution.still else ""
        reason = words.text(evolution.reason) if evolution.reason else ""
        out.say(joined([*parts, still, reason], " ; "), "dim", indent=4)


def _people(words: Words, name: str, evolution: Evolution) -> str:
    people = getattr(evolution, name)
    if not people:
        return ""
    shown, left = capped([visible(person.name) for person in people], 3)
    more = [words("others_n", n=left)] if left else []
    return f"{words(f'subjects_{name}', n=len(people))} ({', '.join([*shown, *more])})"


class Out:
    """The few shapes a terminal needs; never reads markup in what it is given."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, 100) if console.is_terminal else WIDTH
        self.unicode = console.encoding.lower().startswith("utf")
        self.signs = _SIGNS if self.unicode else _PLAIN_SIGNS

    def spelt(self, text: str) -> str:
        """Return `text` with the signs this console lacks replaced."""
        if self.unicode:
            return text
        for sign, plain in _LACKING.items():
            text = text.replace(sign, plain)
        return text.encode(self.console.encoding, "replace").decode(self.console.encoding)

    def say(self, text: str, style: str = "", indent: int = 0) -> None:
        """Print a text; nothing when it is empty."""
        if text:
            self.line((text, style), indent=indent)

    def line(self, *parts: tuple[str, str], indent: int = 0) -> None:
        """Print pieces of text, each in its style, on one line that wraps."""
        told = Line.assemble(*((self.spelt(text), style) for text, style in parts))
        self.console.print(Padding(told, (0, 0, 0, indent), expand=False), width=self.width)

    def title(self, text: str, style: str = "cyan") -> None:
        """Print a title, a line before it."""
        self.gap()
        self.line((text.upper(), f"bold {style}"))

    def gap(self) -> None:
        """Print an empty line."""
        self.console.print()

    def leader(self, left: str, right: str, indent: int, style: str = "") -> None:
        """Print a name and its figure at the end of a dotted line."""
        room = self.width - indent - len(right) - 2
        shown = left if len(left) <= room else f"{left[: room - 1]}{'…' if self.unicode else '~'}"
        dots = "." * max(room - len(shown), 0)
        self.line((shown, style), (f" {dots} ", "dim"), (right, "bold"), indent=indent)


class _Page(Out):
    """The parts of a report, in the order people need them."""

    def __init__(self, console: Console, view: View) -> None:
        super().__init__(console)
        self.view, self.words, self.report = view, view.words, view.report

    def where(self) -> None:
        words, source = self.words, self.report.source
        self.line((f"{words('product')} ", "bold cyan"), (words.label(self.report.tool.engine), "cyan"))
        self.say(visible(", ".join(self.report.perimeter.names)), "bold")
        finess = f"{words('finess')} {self.report.perimeter.finess}" if self.report.perimeter.finess else ""
        counts = [f"{words.number(count)} {words.label(code)}" for code, count in source.counts.items()]
        taken = f"{words('taken_at')} {words.moment(source.taken_at)}"
        self.say(joined([finess, taken], " · " if self.unicode else ", "), "dim")
        self.say(
            joined([words.pair(words("source"), words.label(source.kind)), *counts], " · " if self.unicode else ", "),
            "dim",
        )

    def level(self) -> None:
        self.gap()
        for course, drawing in to_lines(self.view.wall, unicode=self.unicode, scale=12):
            said = "  " + self.words.pair(self.words(f"course_{course.state}"), explain(course, self.words))
            room = max(self.width - len(drawing) - 4, 10)
            shown = said if len(said) <= room else said[: room - 1] + ("…" if self.unicode else "~")
            self.line((f" {course.level} ", "bold"), (drawing, _STYLES[course.state]), (shown, "dim"))
        self.gap()
        self.line((self.view.level, "bold"))
        if self.report.level.at_most:
            self.say(self.words("why_at_most"), "yellow")
        self.say(self.view.lead)
        if self.view.differs_with_acceptances:
            self.say(self.words("with_acceptances", level=self.words.level(self.report.level_with_acceptances).lower()))
        counts: list[tuple[str, str]] = []
        for state, count in self.view.counts.items():
            if count or state == "failed":
                counts.append((f"{self.signs[state]} {self.words.number(count)} ", _STYLES[state]))
                counts.append((f"{self.words(state, n=count).lower()}   ", ""))
        self.line(*counts)

    def plan(self) -> None:
        self.title(self.words("plan"))
        steps = self.view.steps()
        if self.report.attackers:
            exposed = self.words("attackers_alone", n=self.report.attackers)
            self.say(f"{self.signs['to_review']} {exposed}", "yellow", indent=1)
        if not steps:
            self.say(self.words("plan_empty"))
        for item in steps[:FIRST_STEPS]:
            self._step(item)
        if len(steps) > FIRST_STEPS:
            left = len(steps) - FIRST_STEPS
            self.say(f"{self.words('others_n', n=left)} (--html, --pdf)", "dim", indent=4)

    def annexes(self) -> None:
        """Print the brief annexes: the first column, and the others lined up at the end of a dotted line."""
        for annex in self.report.annexes:
            if annex.brief and annex.rows:
                self.title(self.words.text(annex.title))
                _, *heads = [self.words.label(column) for column in annex.columns]
                rows = self.view.annex_rows(annex, ANNEX_ROWS)
                widths = [max(map(len, column)) for column in zip(heads, *(others for _, *others in rows), strict=True)]
                told = "  ".join(head.rjust(width) for head, width in zip(heads, widths, strict=True))
                self.say(told.rjust(self.width - 1), "dim")
                for first, *others in rows:
                    cells = (cell.rjust(width) for cell, width in zip(others, widths, strict=True))
                    self.leader(first, "  ".join(cells), indent=1)

    def _step(self, item: StepView) -> None:
        step, words = item.step, self.words
        self.line((f"{item.rank}. ", "bold cyan"), (visible(words.text(step.title)), "bold"), indent=1)
        level = words("level_n", n=step.level) if step.level else words("warning")
        gain = words("cut_off", n=step.cut_off) if step.cut_off else words("items", n=step.subjects)
        effort = words.pair(words("effort"), words(f"effort_{step.effort}"))
        self.say(joined([level, gain, effort], " · " if self.unicode else ", "), "dim", indent=4)
        self.say(visible(words.text(step.fix)), indent=4)
        if step.unlocks:
            self.say(f"{'→' if self.unicode else '->'} {self.view.unlocked(step)}", "bold cyan", indent=4)

    def blind(self) -> None:
        self.title(self.words("gaps"), "magenta")
        if self.view.flaws:
            self.say(f"{self.signs['to_review']} {self.words('flaws', n=self.view.flaws)}", indent=1)
        if not self.view.blind and not self.report.gaps:
            self.say(self.words("gaps_none"))
            return
        told = set()
        for reason, points in self.view.blind_by_reason():
            told.add(reason)
            names, left = capped([point.control.id for point in points], 4)
            more = [self.words("others_n", n=left)] if left else []
            self.say(f"{self.signs['not_evaluated']} {visible(reason)}", indent=1)
            self.say(
                self.words.pair(self.words("points_blind", n=len(points)), ", ".join([*names, *more])), "dim", indent=3
            )
        for reason, gaps in self.view.gaps():
            if reason not in told:
                where = sorted({gap.domain or self.words("everywhere") for gap in gaps})
                self.say(f"{self.signs['not_evaluated']} {visible(reason)} ({visible(', '.join(where))})", indent=1)

    def failed(self) -> None:
        failing = [point for point in self.view.points if point.level and point.state in {"failed", "accepted"}]
        failing.sort(key=lambda point: (point.level or 0, -point.total, point.control.id))
        if not failing:
            return
        self.title(self.words("failed"), "red")
        for level, points in groupby(failing, key=lambda point: point.level):
            self.line((f" {self.words('level_n', n=level)}", "bold"))
            self._points(points)

    def _points(self, points: Iterable[Point]) -> None:
        for point in points:
            sign = self.signs[point.state]
            self.leader(
                f"{sign} {self.words.text(point.control.title)}",
                self.words.number(point.total),
                2,
                _STYLES[point.state],
            )
            for acceptance in point.cover.valid:
                said = self.words(
                    "acceptance_of",
                    role=acceptance.role,
                    until=self.words.date(acceptance.until),
                    reason=acceptance.reason,
                )
                self.say(visible(said), "dim", indent=4)

    def warnings(self) -> None:
        review = [point for point in self.view.points if point.state == "to_review"]
        if review:
            self.title(self.words("to_review"), "yellow")
            self.say(self.words("warnings_note"), "dim")
            self._points(sorted(review, key=lambda point: (-point.total, point.control.id)))

    def beside(self) -> None:
        worthless = [item for item in self.view.acceptances() if item.worth != "holds"]
        if worthless:
            self.title(self.words("acceptances"), "yellow")
        for item in worthless:
            worth = self.words(f"acceptance_{item.worth}", until=self.words.date(item.acceptance.until))
            self.say(self.words.pair(item.title, worth), indent=1)
        self.gap()
        self.say(self.words("stays"), "dim")
