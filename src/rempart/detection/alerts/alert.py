"""An alert: what a rule says of some events of this hospital."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rempart.detection.rules.form import About


@dataclass(frozen=True)
class Reference:
    """Where an event stands: file, offset and length as in the columns of a block."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True)
class Because:
    """One reason of a match: the field, what the rule looks for there, and the value found."""

    field: str
    sought: str
    value: str


@dataclass(frozen=True)
class Alert:
    """What a rule found.

    Attributes:
        id: the same for the same rule and the same events, whatever the engine, order or block size (hexadecimal).
        about: the rule, its author and licence.
        source, code: class of the (first) event; empty for a correlation of several.
        first, last: moments of the events, None when they say none.
        host, user, address: entity, empty when unknown.
        keys: for a correlation, the fields it groups by and their values.
        measured: for a correlation, the count, sum... that met its condition.
        events: where the events stand, by time.
        because: why the rule matched the first event.
        event: the whole first event (field to value), empty when it was not asked or cannot be read again.
        count: how many events it stands for; `events` may tell only the first ones.

    """

    id: str
    about: About
    source: str
    code: str
    first: datetime | None
    last: datetime | None
    host: str
    user: str
    address: str
    events: tuple[Reference, ...]
    keys: tuple[tuple[str, str], ...] = ()
    measured: float | None = None
    because: tuple[Because, ...] = ()
    event: Mapping[str, str | tuple[str, ...]] | None = None
    count: int = 1
