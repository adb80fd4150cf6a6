"""How much of the hospital is heard, without a gap, in time, by clocks that agree."""

from collections.abc import Iterator

import polars as pl

from rempart.detection.controls import control
from rempart.detection.coverage import MONTH, WEEK, Coverage
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict, no_subjects

SHARES = {2: 50, 3: 80, 4: 95}
"""Per cent of machines that must be heard, by level."""
MEAN_MINUTES, P95_MINUTES = 15, 5
AHEAD_PER_MILLE, UNDATED_PER_MILLE = 1, 10
_SHORT = Text(
    fr="le registre couvre {known} jours entiers, il en faut {needed}",
    en="the ledger covers {known} whole days, {needed} are needed",
)
_NO_DELAY = Text(
    fr="aucun événement n'a été reçu en direct ces sept jours : le délai n'est pas connu",
    en="no event was received live these seven days: the delay is not known",
)
_NO_EVENT = Text(fr="aucun événement en sept jours", en="no event in seven days")


@control("vuln_machines_heard")
def machines_heard(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge the share of declared machines heard in the last week."""
    declared = coverage.declared_count or 0
    listed = coverage.machines().height > 0
    silent = coverage.silent()
    heard = declared - silent.height if listed else min(declared, coverage.heard()["short"].n_unique())
    percent = heard * 100 // declared if declared else 0
    subjects = silent.select(key=pl.col("name"), name=pl.col("name"), kind="kind") if listed else no_subjects()
    for level in entry.levels:
        measured = {"declared": declared, "heard": heard, "percent": percent, "limit": SHARES[level]}
        if not coverage.known_days:
            yield entry.not_evaluated(_SHORT.filled(known=0, needed=1), level=level)
        else:
            yield entry.judge(subjects, level=level, failed=percent < SHARES[level], measured=measured)


@control("vuln_days_without_gap")
def days_without_gap(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge the hours when nothing came at all, over a week and over a month."""
    for level, days in zip(entry.levels, (WEEK, MONTH), strict=True):
        silent = _silent_hours(coverage, days)
        measured = {"days": days, "silent_hours": sum(hours for _, hours in silent)}
        known = coverage.known_days
        if known < days and not any(hours for _, hours in silent[days - known :]):
            yield entry.not_evaluated(_SHORT.filled(known=known, needed=days), level=level)
            continue
        rows = [(day, day, hours) for day, hours in silent[max(0, days - known) :] if hours]
        schema = {"key": pl.String, "name": pl.String, "silent_hours": pl.Int64}
        yield entry.judge(pl.DataFrame(rows, schema=schema, orient="row"), level=level, measured=measured)


@control("vuln_source_interrupted")
def interrupted(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge the sources that came every day of the week before, and missed a day of the last one."""
    if coverage.known_days < 2 * WEEK:
        yield entry.not_evaluated(_SHORT.filled(known=coverage.known_days, needed=2 * WEEK))
        return
    both = coverage.within(coverage.snapshot.days, 2 * WEEK)
    border = coverage.last(WEEK)[0]
    counted = both.group_by("source").agg(
        before=pl.col("day").filter(pl.col("day") < border).n_unique(),
        since=pl.col("day").filter(pl.col("day") >= border).n_unique(),
    )
    steady = counted.filter(pl.col("before") == WEEK).sort("source")
    lost = steady.filter(pl.col("since") < WEEK)
    subjects = lost.select(key=pl.col("source"), name=pl.col("source"), days_received=pl.col("since").cast(pl.Int64))
    yield entry.judge(subjects, measured={"log_sources": steady.height})


@control("vuln_delay")
def delay(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge how long an event takes to come: on the mean, then for 95 of 100."""
    week = coverage.within(coverage.snapshot.days, WEEK)
    number = int(week["delays"].sum())
    first, second = entry.levels
    if not number:
        yield entry.not_evaluated(_NO_DELAY, level=first)
        yield entry.not_evaluated(_NO_DELAY, level=second)
        return
    mean = round(float(week["delay_sum"].sum()) / number)
    within = _within(coverage, 0.95)
    slow = week.filter(pl.col("delays") > 0).group_by("source").agg(pl.col("delay_sum").sum(), pl.col("delays").sum())
    slow = slow.with_columns(mean_seconds=(pl.col("delay_sum") / pl.col("delays")).round().cast(pl.Int64))
    subjects = slow.filter(pl.col("mean_seconds") > MEAN_MINUTES * 60).sort("source")
    subjects = subjects.select(key=pl.col("source"), name=pl.col("source"), mean_seconds="mean_seconds")
    measured = {"mean_seconds": mean, "p95_seconds": within}
    yield entry.judge(subjects, level=first, failed=mean > MEAN_MINUTES * 60, measured=measured)
    yield entry.judge(subjects, level=second, failed=within is None or within > P95_MINUTES * 60, measured=measured)


@control("vuln_clock")
def clock(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge the events whose clock is ahead of ours, and those without a moment that can be read."""
    week = coverage.within(coverage.snapshot.days, WEEK)
    events, live = int(week["events"].sum()), int(week["delays"].sum())
    if not events or not live:
        yield entry.not_evaluated(_NO_DELAY if events else _NO_EVENT)
        return
    by_source = week.group_by("source").agg(pl.col("events", "delays", "ahead", "undated").sum()).sort("source")
    bad = (pl.col("ahead") * 1000 > AHEAD_PER_MILLE * pl.col("delays")) | (
        pl.col("undated") * 1000 > UNDATED_PER_MILLE * pl.col("events")
    )
    subjects = by_source.filter(bad).select(
        key=pl.col("source"), name=pl.col("source"), ahead="ahead", undated="undated"
    )
    yield entry.judge(subjects, measured={"ahead": int(week["ahead"].sum()), "undated": int(week["undated"].sum())})


@control("warning_unknown_events")
def unknown_events(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Warn of events no rule can look at, for nobody knows what they are: over 5 in 100."""
    week = coverage.within(coverage.snapshot.days, WEEK)
    events = int(week["events"].sum())
    unknown = int(week.filter(pl.col("source") == "unknown")["events"].sum())
    if not events:
        yield entry.not_evaluated(_NO_EVENT)
        return
    measured = {"events": events, "unknown_events": unknown, "percent": unknown * 100 // events}
    yield entry.judge(no_subjects(), failed=unknown * 20 > events, measured=measured)


def _silent_hours(coverage: Coverage, days: int) -> list[tuple[str, int]]:
    """Return, for each of the last days, how many hours nothing came of any source."""
    masks: dict[object, int] = {}
    for day, hours in coverage.within(coverage.snapshot.days, days).select("day", "hours").iter_rows():
        masks[day] = masks.get(day, 0) | int(hours)
    return [(day.isoformat(), 24 - (masks.get(day, 0) & 0xFFFFFF).bit_count()) for day in coverage.last(days)]


def _within(coverage: Coverage, share: float) -> int | None:
    """Return the seconds within which a share of events came (the edge above), None when later than all edges."""
    rows = coverage.within(coverage.snapshot.delays, WEEK).group_by("within").agg(pl.col("events").sum())
    known = rows.filter(pl.col("within").is_not_null()).sort("within")
    wanted = share * float(rows["events"].sum())
    reached = known.with_columns(total=pl.col("events").cum_sum()).filter(pl.col("total") >= wanted)
    return int(reached["within"][0]) if reached.height else None
