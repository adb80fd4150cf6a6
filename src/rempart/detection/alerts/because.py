"""Why a rule matched an event: its own tests, run again on that one event by the kernel."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from rempart.detection import kernel
from rempart.detection.alerts.alert import Because
from rempart.detection.events import MOMENT, NULL, TEXT, TIME, Block, EventClass
from rempart.detection.rules.form import Compiled

Event = Mapping[str, str | tuple[str, ...]]


def because(
    compiled: Compiled, number: int, event_class: EventClass, event: Event, at: datetime | None
) -> tuple[Because, ...]:
    """Return why the rule of that number matches an event; nothing when it does not (the file has changed)."""
    alone = replace(compiled, rules=(compiled.rules[number],), correlations=())  # the others need not be looked through
    found = kernel.reasons(Block(event_class, _row(event, at)), alone, 0)
    return tuple(Because(reason.field, reason.sought, reason.value) for reason in found[0])


def _row(event: Event, at: datetime | None) -> pa.RecordBatch:
    """Return one event as a block of one row: text a field, a list where it holds several values."""
    columns: dict[str, pa.Array] = {
        name: pa.array([value], pa.string())
        if isinstance(value, str)
        else pa.array([list(value)], pa.list_(pa.string()))
        for name, value in event.items()
    }
    columns[TIME] = pa.array([at], MOMENT)
    if TEXT not in columns:
        columns[TEXT] = pa.array(["\n".join(_values(event))], pa.string())
    return pa.RecordBatch.from_pydict(columns)


def _values(event: Event) -> list[str]:
    listed = (value if isinstance(value, tuple) else (value,) for value in event.values())
    return [text for texts in listed for text in texts if text != NULL]
