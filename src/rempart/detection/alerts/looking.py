"""Reading whole events again, only those that are shown, and telling apart what one rule saw for different reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from rempart.detection.alerts.alert import Alert, Because, Reference
from rempart.detection.alerts.levels import rank
from rempart.detection.alerts.references import identifier
from rempart.detection.events import EventClass
from rempart.detection.rules.form import Compiled
from rempart.measurement.errors import RempartError

Event = Mapping[str, str | tuple[str, ...]]
Fetch = Callable[[Reference], Event | None]
Explain = Callable[[Compiled, int, EventClass, Event, datetime | None], tuple[Because, ...]]

LAST = datetime.max.replace(tzinfo=UTC)
"""Where alerts without a moment stand: after the others."""
DEEP = 5
"""Events of one folded alert that are looked at: those seen for other reasons become alerts of their own."""


class Place(NamedTuple):
    """Where an event stands, when, and the text that tells it from all others."""

    reference: Reference
    time: datetime | None
    event: str


class Raised(NamedTuple):
    """An alert, the number of the simple rule that matched its first event, the class of that one, its first events."""

    alert: Alert
    number: int
    event_class: EventClass
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Looking:
    """How events are looked at: read again by `fetch`, explained by `explain`, at most `most` of them."""

    fetch: Fetch
    explain: Explain
    most: int


class _Seen(NamedTuple):
    place: Place
    event: Event
    because: tuple[Because, ...]


def in_order(alert: Alert) -> tuple[datetime, int, str, str]:
    """Return the place of an alert: by time, the most serious first at one moment; the same on every run."""
    return (alert.first or LAST, -rank(alert.about.level), alert.about.id, alert.id)


def looked(raised: Sequence[Raised], compiled: Compiled, looking: Looking) -> list[Alert]:
    """Return the alerts with their event and why it matched, as far as `most` goes.

    The first alert of each rule comes before the second of any, the first event of each alert before the second.
    """
    met: dict[str, int] = {}
    turns = []
    for place, each in enumerate(raised):
        turn = met[each.alert.about.id] = met.get(each.alert.about.id, -1) + 1
        deep = 1 if each.alert.keys or each.alert.measured is not None else DEEP
        turns += [(depth, turn, -rank(each.alert.about.level), place) for depth in range(len(each.places[:deep]))]
    depths: dict[int, int] = {}
    for depth, *_, place in sorted(turns)[: looking.most]:
        depths[place] = depth + 1
    return [
        alert for place, each in enumerate(raised) for alert in _apart(each, compiled, looking, depths.get(place, 0))
    ]


def _apart(raised: Raised, compiled: Compiled, looking: Looking, depth: int) -> list[Alert]:
    """Return an alert with its first event, and one more for each other set of reasons met in the events looked at."""
    ways: dict[tuple[tuple[str, str], ...], list[_Seen]] = {}
    for place in raised.places[:depth]:
        event = _whole(looking.fetch, place.reference)
        if event is not None:
            why = looking.explain(compiled, raised.number, raised.event_class, event, place.time)
            ways.setdefault(alike(why), []).append(_Seen(place, event, why))
    if not ways:
        return [raised.alert]
    own, *others = ways.values()
    if own[0].place is not raised.places[0]:  # the first event cannot be read again: nothing is told apart
        return [raised.alert]
    gone = {seen.place.reference for way in others for seen in way}
    return [
        replace(
            raised.alert,
            event=own[0].event,
            because=own[0].because,
            events=tuple(reference for reference in raised.alert.events if reference not in gone),
            count=raised.alert.count - len(gone),
        ),
        *(_of_its_own(raised.alert, way) for way in others),
    ]


def _of_its_own(alert: Alert, way: Sequence[_Seen]) -> Alert:
    times = [seen.place.time for seen in way if seen.place.time is not None]
    return replace(
        alert,
        id=identifier(alert.about.id, [way[0].place.event]),
        first=min(times, default=None),
        last=max(times, default=None),
        events=tuple(seen.place.reference for seen in way),
        event=way[0].event,
        because=way[0].because,
        count=len(way),
    )


def alike(because: Sequence[Because]) -> tuple[tuple[str, str], ...]:
    """Return what tells reasons apart: the fields and what was sought there, whatever was found."""
    return tuple(sorted({(reason.field, reason.sought) for reason in because}))


def _whole(fetch: Fetch, reference: Reference) -> Event | None:
    """Return the whole event, None where it cannot be read again: a log may have been rotated away since."""
    try:
        return fetch(reference) or None
    except (OSError, RempartError):
        return None
