"""Quiet hours: wall-clock windows of every day in Paris, which may cross midnight."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rempart.exposure.perimeter.model import Quiet

PARIS = ZoneInfo("Europe/Paris")
_MOST_WINDOWS = 100


def quiet_until(windows: Sequence[Quiet], at: datetime) -> datetime | None:
    """Return when the silence that holds `at` ends; None outside. Windows that touch make one silence."""
    moment = at
    for _ in range(_MOST_WINDOWS):  # each turn ends one window; windows that cover the day would never end
        ends = [end for window in windows if (end := _end_of(window, moment)) is not None]
        if not ends:
            break
        moment = max(ends)
    return None if moment == at else moment


def _end_of(window: Quiet, at: datetime) -> datetime | None:
    """Return the end of the window that holds `at` (its first minute is in, its last is out)."""
    local = at.astimezone(PARIS)
    if window.begins == window.ends:
        return None
    for day in (local.date() - timedelta(days=1), local.date()):
        begins = _on(day, window.begins)
        ends = _on(day if window.begins < window.ends else day + timedelta(days=1), window.ends)
        if begins <= at < ends:
            return ends.astimezone(at.tzinfo)
    return None


def _on(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, PARIS)
