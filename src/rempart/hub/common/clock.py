"""Deadlines are Europe/Paris days, inclusive to the last second; the clock itself is read at the edge only."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def paris_day(moment: datetime) -> date:
    """Return the day it is in Paris at `moment` (aware)."""
    return moment.astimezone(PARIS).date()


def start_of(day: date) -> datetime:
    """Return the first moment of a Paris day."""
    return datetime.combine(day, time.min, PARIS)


def end_of(day: date) -> datetime:
    """Return the last moment of a Paris day: a deadline is inclusive to 23:59:59."""
    return datetime.combine(day, time(23, 59, 59, 999_999), PARIS)
