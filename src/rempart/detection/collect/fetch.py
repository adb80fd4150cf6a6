"""The whole of an event, read again from where it stands: what an alert shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from rempart.detection.census import Census
from rempart.detection.collect import evtx, formats, json
from rempart.detection.collect.blocks import Piece
from rempart.detection.collect.containers import Readable, member
from rempart.detection.collect.evtx import CHUNK, HEADER, Evtx
from rempart.detection.collect.kinds import HEAD_BYTES, Chunk, Format, Opened, Workshop
from rempart.detection.collect.plan import reader_of
from rempart.detection.collect.sources import Declarations
from rempart.detection.collect.unpacking import BROKEN, Peeked
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import OFFSET, TEXT, Reading

_ = (evtx, formats, json)  # importing them registers their formats
_EVERYTHING = Reading({"*": frozenset({"Message"})}, text=frozenset({"linux/*", "unknown"}), every_field=True)
_STEP = 4 << 20

Event = dict[str, str | tuple[str, ...]]


class Reference(Protocol):
    """Where an event stands: as in the columns FILE, OFFSET and LENGTH."""

    @property
    def file(self) -> str:
        """The file, `archive!member` in an archive."""

    @property
    def offset(self) -> int:
        """Where it starts; its number in an EVTX file."""

    @property
    def length(self) -> int:
        """Its bytes."""


def fetch(reference: Reference, declarations: Declarations | None = None) -> Event:
    """Return every field of an event under its native name; a field of several values is a tuple.

    Empty when the event is not there any more: its file was rotated away or changed, or was standard input.

    Args:
        reference: where it stands.
        declarations: what the hospital says of its files, as when it was read.

    """
    told = declarations or Declarations()
    for piece in _pieces(reference, told):
        rows = piece.batch.column(OFFSET).to_numpy(zero_copy_only=False) == reference.offset
        for row in rows.nonzero()[0].tolist():
            return _event(piece.batch, row)
    return {}


def _pieces(reference: Reference, declarations: Declarations) -> Iterator[Piece]:
    census, workshop = Census(), Workshop()
    try:
        encoding = declarations.of(reference.file, b"").encoding
        for found in member(reference.file, encoding=encoding):
            stream = Peeked(found.stream)
            head = stream.peek(HEAD_BYTES)
            declared = declarations.of(reference.file, head, found.modified)
            form = reader_of(head, reference.file, declared, census)
            reader = form(Opened(reference.file, head, Wanted(_EVERYTHING), census, workshop, declared))
            for chunk in _chunks(reference, stream, form, plain=found.plain):
                yield from reader.read(chunk)
            yield from reader.finish()
            yield from workshop.drain()
    except BROKEN:
        return
    finally:
        workshop.close()


def _chunks(reference: Reference, stream: Readable, form: type[Format], *, plain: bool) -> Iterator[Chunk]:
    """Yield the bytes of the event and what completes it, or, if it has but a number, the chunks that may hold it.

    Of a plain file, nothing that stands before is read.
    """
    if form is not Evtx:
        start = max(reference.offset - form.around, 0)
        size = reference.offset - start + reference.length + form.around
        data = _on_disk(reference.file, start, size) if plain else _further(stream, start, size)
        cut = data.find(b"\n", 0, reference.offset - start) + 1 if start else 0
        yield Chunk(start + cut, data[cut:], last=True)
        return
    offset = len(_exactly(stream, HEADER))
    while len(data := _exactly(stream, CHUNK)) == CHUNK:
        first, last = (int.from_bytes(data[place : place + 8], "little") for place in (24, 32))
        if first <= reference.offset <= last:
            yield Chunk(offset, data)
        offset += CHUNK


def _on_disk(file: str, start: int, size: int) -> bytes:
    with Path(file).open("rb") as stream:
        stream.seek(start)
        return stream.read(size)


def _further(stream: Readable, start: int, size: int) -> bytes:
    _skip(stream, start)
    return _exactly(stream, size)


def _skip(stream: Readable, size: int) -> None:
    while size and (data := stream.read(min(size, _STEP))):
        size -= len(data)


def _exactly(stream: Readable, size: int) -> bytes:
    """Return that many bytes, fewer at the end of the stream."""
    parts = []
    while size and (data := stream.read(size)):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


def _event(batch: pa.RecordBatch, row: int) -> Event:
    event: Event = {}
    for name in batch.schema.names:
        value = batch.column(name)[row].as_py()
        if value is not None and (name == TEXT or not name.startswith("@")):
            event[name] = tuple(value) if isinstance(value, list) else str(value)
    return event
