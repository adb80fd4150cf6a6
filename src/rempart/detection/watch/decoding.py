"""From new lines of a followed file to blocks of events, by the readers of the formats."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.alerts.alert import Reference
from rempart.detection.census import Census
from rempart.detection.collect.blocks import Blocks, Piece
from rempart.detection.collect.kinds import HEAD_BYTES, Chunk, Opened, Workshop, formats, recognise
from rempart.detection.collect.sources import Declarations
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import OFFSET, Block
from rempart.detection.watch import tail
from rempart.detection.watch.tools import Event

_LINES = "lines"
"""The format of what looks like none: keyword rules still read it."""
_FEED, _BRACE = 10, ord("{")


class Decoder:
    """Reads chunks into blocks; what cannot be understood is counted in the census."""

    def __init__(self, wanted: Wanted, census: Census, declarations: Declarations) -> None:
        self._declarations = declarations
        self._wanted = wanted
        self._census = census
        self._workshop = Workshop()

    def blocks(self, chunks: list[tail.Chunk]) -> Iterator[Block]:
        """Yield the events of some chunks, those of a class together."""
        gathered = Blocks(self._wanted, self._census)
        for chunk in chunks:
            if chunk.flaw:
                self._census.flaw(chunk.file.label, chunk.flaw)
            for piece in self._pieces(chunk):
                yield from gathered.add(piece)
        for piece in self._workshop.drain():
            yield from gathered.add(piece)
        yield from gathered.rest()

    def _pieces(self, chunk: tail.Chunk) -> Iterator[Piece]:
        content = chunk.content or b""
        self._census.bytes += len(content)
        if not content:
            return
        if not chunk.mixed:
            yield from self._read(chunk, content, chunk.file.position, chunk.head)
            return
        for start, end in alike(content):
            yield from self._read(chunk, content[start:end], chunk.file.position + start, b"")

    def _read(self, chunk: tail.Chunk, content: bytes, offset: int, head: bytes) -> Iterator[Piece]:
        first = head or content[:HEAD_BYTES]
        path = chunk.file.path
        declared = self._declarations.of(str(path), first)
        name = declared.format or recognise(first, path.name) or recognise(content[:HEAD_BYTES], path.name) or _LINES
        if name not in formats():
            lines = content.count(b"\n") + (not content.endswith(b"\n"))
            self._census.flaw(f"{chunk.file.label}:{offset}", "unknown format", lines)
            return
        opened = Opened(chunk.file.label, first, self._wanted, self._census, self._workshop, declared)
        reader = formats()[name](opened)
        if head:
            yield from _after(reader.read(Chunk(0, head[: head.rfind(b"\n") + 1])), offset)
        yield from _after(reader.read(Chunk(offset, content, last=True)), offset)
        yield from _after(reader.finish(), offset)

    def event(self, chunk: tail.Chunk, reference: Reference) -> Event | None:
        """Return every field of an event of a chunk of lines, None when it is not there."""
        start = reference.offset - chunk.file.position
        content = (chunk.content or b"")[max(0, start) : start + reference.length]
        if start < 0 or not content:
            return None
        pieces = [*self._read(chunk, content, reference.offset, chunk.head), *self._workshop.drain()]
        for piece in pieces:
            rows = piece.batch.filter(pc.equal(piece.batch.column(OFFSET), reference.offset))
            if rows.num_rows:
                return _fields(rows)
        return None


def _fields(batch: pa.RecordBatch) -> Event:
    """Return what the first event of a batch says, field by field."""
    told: dict[str, str | tuple[str, ...]] = {}
    for name in batch.schema.names:
        value = None if name.startswith("@") else batch.column(name)[0].as_py()
        if value is not None:
            told[name] = tuple(value) if isinstance(value, list) else value
    return told


def alike(content: bytes) -> list[tuple[int, int]]:
    """Return where lines begin and end that follow each other and are alike, JSON or not: a port receives both."""
    data = np.frombuffer(content, dtype=np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(data[:-1] == _FEED) + 1])
    brace = data[starts] == _BRACE
    changes = starts[np.flatnonzero(brace[1:] != brace[:-1]) + 1].tolist()
    return list(pairwise([0, *changes, len(content)]))


def _after(pieces: Iterator[Piece], offset: int) -> Iterator[Piece]:
    """Leave out the events before a place: they were read already, only their file's header was needed."""
    for piece in pieces:
        batch = piece.batch
        old = pc.less(batch.column(OFFSET), offset)
        yield piece if not old.true_count else Piece(piece.event_class, batch.filter(pc.invert(old)))
