"""The on-call roster: who answers at a given moment, in what order, and where nobody does. Pure: time is an argument.

Hours are those of a clock on the wall (Europe/Paris unless the file says otherwise), so that a night with 23 or 25
hours is covered as people understand it.
"""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from rempart.detection.watch.settings import mistakes
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = time(0)


def _clock(value: Any) -> Any:  # noqa: ANN401 — whatever TOML holds
    """Return the time of `08:00`, `18:30` (text or TOML time); 24:00 is midnight."""
    if isinstance(value, str):
        return _MIDNIGHT if value == "24:00" else time.fromisoformat(value)
    return value


Clock = Annotated[time, BeforeValidator(_clock)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Person(_Part):
    """Somebody who can be called."""

    id: str = Field(pattern=r"[a-z0-9][a-z0-9._-]*")
    name: str
    mail: str | None = Field(default=None, pattern=r"[^@\s]+@[^@\s]+")


class Period(_Part):
    """Hours of some days, every week.

    Attributes:
        days: mon to sun, and `holiday`; a public holiday is a `holiday` only, when some period names it.
        start, end: hours on the wall; an end that is not after the start is the next day's.
        people: who answers, first called first.
        turn: instead, one group of people a week, in turn; `turn_from` is the Monday of the first.
        since, until: first and last day (of the start of the hours) when it holds.

    """

    days: tuple[Day, ...] = _DAYS
    start: Clock = Field(alias="from", default=_MIDNIGHT)
    end: Clock = Field(alias="to", default=_MIDNIGHT)
    people: tuple[str, ...] = ()
    turn: tuple[tuple[str, ...], ...] = ()
    turn_from: date | None = None
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if bool(self.people) == bool(self.turn):
            raise ValueError("give either people or turn")
        if self.turn and self.turn_from is None:
            raise ValueError("turn needs turn_from")
        if any(not group for group in self.turn):
            raise ValueError("a week of turn has nobody")
        return self

    def who(self, day: date) -> tuple[str, ...]:
        """Return who answers for the hours that begin on a day."""
        if self.people or self.turn_from is None:
            return self.people
        monday = self.turn_from - timedelta(days=self.turn_from.weekday())
        return self.turn[(day - monday).days // 7 % len(self.turn)]


class Replacement(_Part):
    """Somebody answers in place of another, from a moment to a moment (of the wall, the end left out)."""

    absent: str
    by: str
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")


class Gap(NamedTuple):
    """Nobody answers from a moment to a moment (UTC)."""

    start: datetime
    end: datetime


class Roster(_Part):
    """The whole file."""

    zone: str = "Europe/Paris"
    french_holidays: bool = True
    holidays: tuple[date, ...] = ()
    people: tuple[Person, ...] = Field(alias="person")
    periods: tuple[Period, ...] = Field(alias="period")
    replacements: tuple[Replacement, ...] = Field(alias="replacement", default=())

    @model_validator(mode="after")
    def _known(self) -> Self:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown zone {self.zone}") from error
        ids = [person.id for person in self.people]
        if len(ids) != len(set(ids)):
            raise ValueError("two people have the same id")
        named = {name for period in self.periods for group in (period.people, *period.turn) for name in group}
        named |= {name for each in self.replacements for name in (each.absent, each.by)}
        if unknown := named - set(ids):
            raise ValueError(f"nobody is called {', '.join(sorted(unknown))}")
        for each in self.replacements:
            if each.start.tzinfo or each.end.tzinfo or each.start >= each.end:
                raise ValueError("a replacement goes from a moment of the wall to a later one, without a zone")
        return self

    @property
    def clock(self) -> ZoneInfo:
        """The zone of the clock on the wall."""
        return ZoneInfo(self.zone)

    def on_call(self, at: datetime) -> tuple[Person, ...]:
        """Return who answers at a moment (with its zone), first called first, each once."""
        wall = at.astimezone(self.clock).replace(tzinfo=None, fold=0)
        names: dict[str, None] = {}
        for period in self.periods:
            for day in (wall.date(), wall.date() - timedelta(days=1)):
                if self._holds(period, day) and _covers(period, day, wall):
                    names.update(dict.fromkeys(self._present(name, wall) for name in period.who(day)))
        known = {person.id: person for person in self.people}
        return tuple(known[name] for name in names)

    def gaps(self, start: datetime, end: datetime) -> tuple[Gap, ...]:
        """Return when nobody answers between two moments (with their zone), to the second, by time."""
        moments = [start.astimezone(UTC), *self._changes(start, end), end.astimezone(UTC)]
        found: list[Gap] = []
        for first, last in pairwise(moments):
            if self.on_call(first):
                continue
            if found and found[-1].end == first:
                found[-1] = Gap(found[-1].start, last)
            else:
                found.append(Gap(first, last))
        return tuple(found)

    def _changes(self, start: datetime, end: datetime) -> list[datetime]:
        """Return the moments between two others when something of the roster may change."""
        first = start.astimezone(self.clock).date() - timedelta(days=1)
        days = (end.astimezone(self.clock).date() - first).days + 2
        clocks = {_MIDNIGHT, *(hour for period in self.periods for hour in (period.start, period.end))}
        walls = [datetime.combine(first + timedelta(days=number), hour) for number in range(days) for hour in clocks]
        walls += [moment for each in self.replacements for moment in (each.start, each.end)]
        moments = {moment for wall in walls for moment in self._moments(wall)}
        moments |= set(self._shifts(first, days))
        return sorted(moment for moment in moments if start < moment < end)

    def _moments(self, wall: datetime) -> Iterator[datetime]:
        """Yield the moments when the clock shows that: two in the night that has an hour more."""
        for fold in (0, 1):
            yield wall.replace(tzinfo=self.clock, fold=fold).astimezone(UTC)

    def _shifts(self, first: date, days: int) -> Iterator[datetime]:
        """Yield the hours around which the clock itself is moved."""
        for number in range(days):
            noon = datetime.combine(first + timedelta(days=number), time(0), tzinfo=self.clock)
            following = noon + timedelta(days=1)
            if noon.utcoffset() != following.utcoffset():
                yield from (noon.astimezone(UTC) + timedelta(hours=hour) for hour in range(25))

    def _present(self, name: str, wall: datetime) -> str:
        for each in self.replacements:
            if each.absent == name and each.start <= wall < each.end:
                return each.by
        return name

    def _holds(self, period: Period, day: date) -> bool:
        if (period.since and day < period.since) or (period.until and day > period.until):
            return False
        if self._is_holiday(day) and any("holiday" in each.days for each in self.periods):
            return "holiday" in period.days
        return _DAYS[day.weekday()] in period.days

    def _is_holiday(self, day: date) -> bool:
        return day in self.holidays or (self.french_holidays and day in french_holidays(day.year))


def _covers(period: Period, day: date, wall: datetime) -> bool:
    start = datetime.combine(day, period.start)
    end = datetime.combine(day, period.end)
    return start <= wall < (end if end > start else end + timedelta(days=1))


@lru_cache(maxsize=64)
def french_holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year (Code du travail, article L3133-1); Easter by Meeus's rule."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    easter = date(year, f // 31, f % 31 + 1)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (1, 39, 50)  # Easter Monday, Ascension Day, Whit Monday
    return frozenset((*(date(year, *each) for each in fixed), *(easter + timedelta(days=days) for days in moving)))


def open_roster(path: Path) -> Roster:
    """Read a roster.

    Raises:
        InputError: the file cannot be read, or says something that cannot be: every mistake, with its place.

    """
    try:
        return Roster(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            Text(fr=f"tableau d'astreinte illisible ({error})", en=f"cannot read the roster ({error})"), where=str(path)
        ) from error
    except (ValidationError, TypeError) as error:
        raise InputError(
            Text(fr="tableau d'astreinte incorrect", en="the roster is wrong"), where=str(path), advice=mistakes(error)
        ) from error
