"""What a hunt found, on a terminal: when, where, who, by which rule, and under it the fields that say why."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text as Line

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.result import DetectionResult
from rempart.detection.findings import Findings
from rempart.detection.store.search import searched
from rempart.measurement.language import say
from rempart.measurement.render.view import visible

MOST = 1_000_000
"""Events that a search finds before it stops: one that finds more says too little."""
_LONGEST = 120
"""Characters of a value; all of it is in the files."""
_WIDEST = 32
_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow"}


def told(result: DetectionResult, findings: Findings, limit: int) -> None:
    """Print the alerts of a hunt, the first `limit` by time, and what was and was not looked at."""
    console = Console(highlight=False)
    rows = result.alerts[:limit]
    widths = [max((len(cell) for cell in column), default=0) for column in zip(*map(_cells, rows), strict=True)]
    for alert in rows:
        console.print(_line(alert, widths, single=searched(findings.compiled)), soft_wrap=True)
        if fields := _fields(alert):
            console.print(Line(f"  {fields}", style="dim"), soft_wrap=True)
    if not rows:
        console.print(say("Rien trouvé.", "Nothing was found."), style="bold")
    for sentence in _sentences(result, findings, limit):
        console.print(Line(sentence, style="dim"), soft_wrap=True)
    for flaw in findings.census.flaws[:10]:
        console.print(Line(f"  {visible(flaw.place)} : {visible(flaw.problem)}", style="magenta"), soft_wrap=True)


def _cells(alert: Alert) -> tuple[str, str, str]:
    at, host, user = _moment(alert.first), visible(alert.host) or "–", visible(alert.user) or "–"
    return at, _short(host, _WIDEST), _short(user, _WIDEST)


def _line(alert: Alert, widths: Sequence[int], *, single: bool) -> Line:
    line = Line("  ".join(cell.ljust(width) for cell, width in zip(_cells(alert), widths, strict=True)))
    if single:
        line.append(f"  {visible(alert.source)} {visible(alert.code)}", style="cyan")
    else:
        line.append(f"  {visible(alert.about.title)}", style=_STYLES.get(alert.about.level, ""))
        if alert.count > 1:
            line.append(f" × {alert.count}", style="dim")
    return line


def _fields(alert: Alert) -> str:
    """Return why it matched: of a correlation, what it groups by."""
    pairs = dict(alert.keys) or {reason.field: reason.value for reason in alert.because}
    return "  ".join(
        f"{visible(name)}={_short(visible(value.replace(chr(10), ' · ')))}" for name, value in pairs.items()
    )


def _short(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else say("sans date", "undated")


def _sentences(result: DetectionResult, findings: Findings, limit: int) -> Iterator[str]:
    census, matched = findings.census, findings.matched.num_rows
    count = matched if searched(findings.compiled) else len(result.alerts)
    if count > limit:
        yield say(f"… et {count - limit} autres (--limit).", f"… and {count - limit} more (--limit).")
    events = census.events.total()
    yield say(
        f"{events} événements parcourus, {matched} trouvés. Heures UTC.", f"{events} events, {matched} found. UTC."
    )
    if searched(findings.compiled) and matched >= MOST:
        yield say(
            "La recherche s'est arrêtée là : précisez-la, ou réduisez la période.",
            "The search stopped there: make it narrower, or its period shorter.",
        )
    if census.undated:
        yield say(
            f"{census.undated} événements sans date : pris quelle que soit la période.",
            f"{census.undated} events without a date: taken whatever the period.",
        )
    if refused := len(result.rules.refusals):
        yield say(f"{refused} règles refusées : voir « rules check ».", f"{refused} rules refused: see rules check.")
    if census.flawed:
        yield say(
            f"{census.flawed} événements n'ont pas pu être lus dans le magasin :",
            f"{census.flawed} events of the store could not be read:",
        )
