"""Days and words of verdicts: Paris days, inclusive; dates in full, in both languages."""

from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from rempart.measurement.text import Text

PARIS = ZoneInfo("Europe/Paris")
_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_TENTHS = Decimal("0.1")


def day_of(moment: datetime) -> date:
    """Return the day it is in Paris at `moment` (aware): every boundary of a rule is such a day."""
    return moment.astimezone(PARIS).date()


@lru_cache(maxsize=4096)
def day_text(day: date) -> Text:
    """Return a day in full: `1er avril 2026`, `1 April 2026`."""
    first = "1er" if day.day == 1 else str(day.day)
    return Text(fr=f"{first} {_FR[day.month - 1]} {day.year}", en=f"{day.day} {_EN[day.month - 1]} {day.year}")


def percent(share: Decimal) -> Text:
    """Return a share as people read it, rounded down so that 65.99 % never reads as 66 %."""
    tenths = (share * 100).quantize(_TENTHS, ROUND_DOWN).normalize()
    figure = f"{tenths:f}"
    return Text(fr=f"{figure.replace('.', ',')} %", en=f"{figure}%")


def joined(parts: tuple[Text, ...], fr: str = ", ", en: str = ", ") -> Text:
    """Return the texts one after the other."""
    return Text(fr=fr.join(part.fr for part in parts), en=en.join(part.en for part in parts))


def from_to(first: date | None, last: date | None) -> Text:
    """Return a span of days, both ends included."""
    if first and last:
        a, b = day_text(first), day_text(last)
        return Text(fr=f"du {a.fr} au {b.fr} inclus", en=f"from {a.en} to {b.en} inclusive")
    if first:
        a = day_text(first)
        return Text(fr=f"à partir du {a.fr} inclus", en=f"from {a.en} on")
    if last:
        b = day_text(last)
        return Text(fr=f"jusqu’au {b.fr} inclus", en=f"up to {b.en} inclusive")
    return Text(fr="sans condition de date", en="at any date")
