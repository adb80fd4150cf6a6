"""From verdicts to the level: the lowest failed threshold; 5 when none fails (ANSSI's rule for directories)."""

from collections.abc import Iterable

from rempart.measurement.report import Level
from rempart.measurement.verdict import Status, Verdict

TOP = 5


def level(verdicts: Iterable[Verdict]) -> Level:
    """Return the level, and whether a threshold that could not be evaluated might lower it."""
    scored = [verdict for verdict in verdicts if verdict.level is not None]
    failed = min((v.level or TOP for v in scored if v.status is Status.FAILED), default=TOP)
    unknown = min((v.level or TOP for v in scored if v.status is Status.NOT_EVALUATED), default=TOP)
    return Level(value=failed, at_most=unknown < failed)
