"""Several runs of one perimeter: the last report, with what the earlier ones say of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rempart.exposure.annexes import annex
from rempart.exposure.audit import audit
from rempart.exposure.life import Finding, Run, State, findings, silent_controls
from rempart.exposure.pairs import Pair, pair
from rempart.exposure.snapshot import Snapshot
from rempart.measurement.acceptance import Acceptance
from rempart.measurement.annex import Annex
from rempart.measurement.compare import Trend, compare
from rempart.measurement.control import Control
from rempart.measurement.report import Report

WANTED = 3
"""The level the pair is asked at when nobody says: the call's own threshold is not public."""
_ORDER = (State.NEW, State.BACK, State.STILL, State.NOT_OBSERVED, State.ACCEPTED, State.FIXED)


@dataclass(frozen=True)
class History:
    """What several runs say: the last report with its annexes, the trend, each finding's life, the pair."""

    report: Report
    trend: Trend
    findings: tuple[Finding, ...]
    pair: Pair


def history(
    snapshots: Sequence[Snapshot],
    *,
    acceptances: tuple[Acceptance, ...] = (),
    wanted: int = WANTED,
    on: date | None = None,
    name: str | None = None,
) -> History:
    """Judge two snapshots or more, each at its own date by today's rules, and return what they say together.

    `on` is the day the pair is judged at (default: the last run's).

    Raises:
        InputError: fewer than two snapshots, or other perimeters.

    """
    ordered = sorted(snapshots, key=lambda snapshot: snapshot.manifest.taken_at)
    runs = [Run(each, audit(each, acceptances=acceptances, name=name)) for each in ordered]
    trend = compare([run.report for run in runs])
    lives = tuple(sorted(findings(runs), key=lambda each: (_ORDER.index(each.state), each.level or 9, each.identity)))
    standing = pair([run.report for run in runs], wanted, on or runs[-1].at.date())
    last = runs[-1].report
    more = (*_annexes(lives, standing, last.controls, silent_controls(runs)), *last.annexes)
    return History(last.model_copy(update={"annexes": more}), trend, lives, standing)


def _annexes(
    lives: Sequence[Finding], standing: Pair, controls: dict[str, Control], silent: Sequence[tuple[str, datetime]]
) -> Iterator[Annex]:
    days = (standing.first, standing.second, standing.opens, standing.closes)
    yield annex("pair", [(standing.standing.value, *(day.isoformat() if day else None for day in days))])
    yield annex(
        "findings",
        (
            (
                each.state.value,
                each.level,
                controls[each.control].title,
                each.name,
                f"{each.first:%Y-%m-%d}",
                f"{each.seen[-1]:%Y-%m-%d}",
                each.until,
            )
            for each in lives
        ),
    )
    if silent:
        yield annex("silent", ((controls[name].title, f"{at:%Y-%m-%d}") for name, at in silent))
