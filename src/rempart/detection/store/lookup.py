"""One event of a store, whole: what an alert shows of it."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.events import FILE, LENGTH, OFFSET, TEXT, EventClass
from rempart.detection.store.layout import HOUR, Part
from rempart.detection.store.manifest import parts
from rempart.detection.store.reading import Damaged, part_of

Event = dict[str, str | tuple[str, ...]]
_KEPT = 4


class Reference(Protocol):
    """Where an event stands: as in the columns FILE, OFFSET and LENGTH."""

    @property
    def file(self) -> str:
        """The file of logs it came from."""

    @property
    def offset(self) -> int:
        """Where it starts there."""

    @property
    def length(self) -> int:
        """Its bytes."""


class Known(NamedTuple):
    """Where to look first: the class and the moment of an event."""

    event_class: EventClass
    time: datetime | None


def event(folder: Path, reference: Reference) -> Event:
    """Return every field of an event under its native name; a field of several values is a tuple.

    Empty when the store does not have it. All files are looked at: for many events, use `Events`.

    Raises:
        InputError: the folder is no store, or its manifests were altered.

    """
    return Events(folder)(reference)


class Events:
    """Gives whole events of a store.

    Args:
        folder: the store.
        matched: table of matches: the class and the moment of an event tell which file it is in.

    """

    def __init__(self, folder: Path, matched: pa.Table | None = None) -> None:
        self._folder = folder
        self._parts = parts(folder)
        self._known: dict[tuple[str, int], Known] = {}
        self._batches: OrderedDict[str, pa.RecordBatch | None] = OrderedDict()
        if matched is not None:
            columns = (matched.column(name).to_pylist() for name in ("file", "offset", "source", "code", "time"))
            for file, offset, source, code, time in zip(*columns, strict=True):
                self._known[file, offset] = Known(EventClass(source, code), time)

    def __call__(self, reference: Reference) -> Event:
        """Return a whole event, empty when the store does not have it."""
        for part in self._where(reference):
            batch = self._batch(part)
            if batch is None:
                continue
            same = pc.and_(
                pc.equal(batch.column(OFFSET), reference.offset), pc.equal(batch.column(LENGTH), reference.length)
            )
            for row in pc.indices_nonzero(same).to_pylist():
                if batch.column(FILE)[row].as_py() == reference.file:
                    return _event(batch, row)
        return {}

    def _where(self, reference: Reference) -> Sequence[Part]:
        known = self._known.get((reference.file, reference.offset))
        if known is None:
            return self._parts
        since = known.time
        until = since + HOUR if since else None
        return [
            part
            for part in self._parts
            if part.event_class == known.event_class
            and (part.first is None) == (since is None)
            and part.meets(since, until)
        ]

    def _batch(self, part: Part) -> pa.RecordBatch | None:
        """Return all of a file; the last ones are kept."""
        if part.path not in self._batches:
            try:
                self._batches[part.path] = part_of(self._folder, part, None)
            except Damaged:  # told where the store is read
                self._batches[part.path] = None
            while len(self._batches) > _KEPT:
                self._batches.popitem(last=False)
        self._batches.move_to_end(part.path)
        return self._batches[part.path]


def _event(batch: pa.RecordBatch, row: int) -> Event:
    told: Event = {}
    for name in batch.schema.names:
        if name == TEXT or not name.startswith("@"):
            value = batch.column(name)[row].as_py()
            if value is not None:
                told[name] = tuple(value) if isinstance(value, list) else str(value)
    return told
