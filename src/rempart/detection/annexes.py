"""What the report of posture shows beside its verdicts: the last weeks, day by day, in figures."""

from collections.abc import Iterator

import polars as pl

from rempart.detection.coverage import MONTH, Coverage
from rempart.measurement.annex import Annex, Cell
from rempart.measurement.text import Text

_TITLE = Text(fr="Les trente derniers jours", en="The last thirty days")
_INTRO = Text(
    fr="Ce qui a été reçu, jour par jour (UTC), toutes sources ensemble.",
    en="What was received, day by day (UTC), all sources together.",
)
_COLUMNS = ("day", "events", "log_sources", "machines_heard", "silent_hours", "mean_seconds")


def annexes(coverage: Coverage) -> Iterator[Annex]:
    """Return the annexes of a report."""
    rows = tuple(_rows(coverage))
    yield Annex(id="days", title=_TITLE, intro=_INTRO, columns=_COLUMNS, rows=rows, total=len(rows))


def _rows(coverage: Coverage) -> Iterator[tuple[Cell, ...]]:
    days = coverage.within(coverage.snapshot.days, MONTH)
    heard = coverage.within(coverage.snapshot.heard, MONTH)
    for day in reversed(coverage.last(min(MONTH, coverage.known_days))):
        of_day = days.filter(pl.col("day") == day)
        delays = int(of_day["delays"].sum())
        hours = 0
        for mask in of_day["hours"]:
            hours |= int(mask)
        yield (
            day.isoformat(),
            int(of_day["events"].sum()),
            of_day.height,
            heard.filter(pl.col("day") == day)["host"].n_unique(),
            24 - hours.bit_count(),
            round(float(of_day["delay_sum"].sum()) / delays) if delays else None,
        )
