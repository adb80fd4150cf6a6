"""The pair that the call asks for: two successive audits at the level, 45 to 60 days apart (CaRE D1.O2.B)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rempart.measurement.report import Report

LEAST, MOST, WARNING = 45, 60, 40
"""Days between the two audits, both ends included, and the day of the early warning."""


class Standing(StrEnum):
    """Where the establishment stands with the pair."""

    REACHED = "pair_reached"
    TOO_EARLY = "pair_too_early"  # the first audit is there; the second one is not due yet
    DUE_SOON = "pair_due_soon"  # day 40 or later: prepare the second audit
    DUE = "pair_due"  # the window is open today
    NONE = "pair_none"  # no audit at the level, or the window has passed


@dataclass(frozen=True)
class Pair:
    """The standing on a day, the audits it rests on, and the window of the next one."""

    standing: Standing
    first: date | None = None
    second: date | None = None
    opens: date | None = None
    closes: date | None = None


def pair(reports: Sequence[Report], wanted: int, on: date) -> Pair:
    """Return the standing on a day with audits proving the level `wanted` ("at most" proves nothing).

    "Successive" is read strictly: an audit below the level between the two breaks the pair.
    """
    audits = sorted((report.source.taken_at.date(), _proves(report, wanted)) for report in reports)
    unbroken: list[date] = []
    for day, proves in audits:
        if not proves:
            unbroken = []
            continue
        for first in unbroken:
            if LEAST <= (day - first).days <= MOST:
                return Pair(Standing.REACHED, first, day)
        unbroken.append(day)
    for first in unbroken:
        opens, closes = first + timedelta(days=LEAST), first + timedelta(days=MOST)
        if on <= closes:
            return Pair(_waiting((on - first).days), first, None, opens, closes)
    return Pair(Standing.NONE)


def _proves(report: Report, wanted: int) -> bool:
    return report.level.value >= wanted and not report.level.at_most


def _waiting(days: int) -> Standing:
    if days >= LEAST:
        return Standing.DUE
    return Standing.DUE_SOON if days >= WARNING else Standing.TOO_EARLY
