"""The test events of the pack: for each rule, what it must find and what it must leave alone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rempart.detection.events import EventClass
from rempart.detection.pack import folder

_EVENTS = folder().with_name("events")


@dataclass(frozen=True)
class Event:
    """A test event, under the native names of its source."""

    event_class: EventClass
    at: datetime
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """Events taken together, and whether the rule must find something in them."""

    name: str
    matches: bool
    events: tuple[Event, ...]


def events_file(rule: Path) -> Path:
    """Return the file of the test events of a rule file."""
    return _EVENTS / rule.relative_to(folder()).with_suffix(".jsonl")


def cases(rule: Path) -> tuple[Case, ...]:
    """Return the cases of a rule file, in the order of its events.

    Lines of the same `@case` go together. `@repeat` and `@every` (seconds) make several events of a line, whose values
    may hold `{n}`.
    """
    found: dict[str, Case] = {}
    for line in events_file(rule).read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        name, matches = str(told["@case"]), bool(told["@match"])
        case = found.setdefault(name, Case(name, matches, ()))
        found[name] = replace(case, events=(*case.events, *_repeated(told)))
    return tuple(found.values())


def _repeated(told: Mapping[str, object]) -> Iterator[Event]:
    event_class = EventClass(str(told["@source"]), str(told["@code"]))
    first = datetime.fromisoformat(str(told["@time"])).astimezone(UTC)
    count, every = int(str(told.get("@repeat", 1))), int(str(told.get("@every", 0)))
    fields = {name: str(value) for name, value in told.items() if not name.startswith("@")}
    for n in range(1, count + 1):
        values = {name: value.replace("{n}", str(n)) for name, value in fields.items()}
        yield Event(event_class, first + timedelta(seconds=every * (n - 1)), values)
