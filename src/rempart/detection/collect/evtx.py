"""EVTX, the log files of Windows: decoded in a child process, then read as JSON."""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from rempart.detection.collect.blocks import Piece
from rempart.detection.collect.evtx_parent import Answer, Child
from rempart.detection.collect.json import scanner_of
from rempart.detection.collect.json_scan import SLAB
from rempart.detection.collect.kinds import Chunk, Format, Opened, Workshop, kind
from rempart.detection.collect.view import View

MAGIC = b"ElfFile\x00"
HEADER = 4096
CHUNK = 65536
"""A file is a header, then chunks that are decoded each by itself."""
_GROUP = 64 * CHUNK


def child_of(workshop: Workshop) -> Child:
    """Return the child process of a thread, made at its first file."""
    kept = workshop.kept.get("evtx")
    if isinstance(kept, Child):
        return kept
    made = Child()
    workshop.kept["evtx"] = made
    workshop.closes.append(made.stop)
    return made


@kind("evtx")
class Evtx(Format):
    """A file of EVTX; OFFSET is the number of the record, LENGTH is 0."""

    chunk_bytes = 4 << 20

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._scanner = scanner_of(opened.workshop, opened)
        self._child = child_of(opened.workshop)
        self._view = View(opened.file, opened.census, 1 << 20)
        self._header = opened.head[:HEADER].ljust(HEADER, b"\x00")

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the first bytes are enough
        """Be sure of the first bytes."""
        return 1.0 if head.startswith(MAGIC) else 0.0

    @classmethod
    def next_start(cls, stream: BinaryIO, offset: int, head: bytes) -> int | None:  # noqa: ARG003 — computed
        """Return where the next chunk starts."""
        return HEADER + -(-(offset - HEADER) // CHUNK) * CHUNK

    def whole(self, data: bytes) -> int:
        """Return where the last whole chunk ends."""
        start = HEADER if data.startswith(MAGIC) else 0
        return start + (len(data) - start) // CHUNK * CHUNK if len(data) > start else 0

    def read(self, chunk: Chunk) -> Iterator[Piece]:
        """Decode whole chunks, and read what they say."""
        data, offset = chunk.data, chunk.offset
        if offset == 0:
            data, offset = data[HEADER:], HEADER
        for start in range(0, len(data), _GROUP):
            yield from self._group(data[start : start + _GROUP], offset + start)

    def _group(self, data: bytes, offset: int) -> Iterator[Piece]:
        """Decode some chunks together; where that fails, each by itself, and keep what the bad one gave."""
        answer = self._child.ask(self._header + data)
        if not answer.failed or len(data) <= CHUNK:
            yield from self._scanned(answer, offset)
            return
        for start in range(0, len(data), CHUNK):
            part = data[start : start + CHUNK]
            yield from self._scanned(self._child.ask(self._header + part), offset + start)

    def _scanned(self, answer: Answer, offset: int) -> Iterator[Piece]:
        census = self.opened.census
        for flaw in (*answer.flaws, *([answer.failed] if answer.failed else [])):
            census.flaw(f"{self.opened.file}:{offset}", flaw)
        for numbers, begins, text in answer.records:
            view = self._view
            view.at = view.end = view.base = 0
            view.take(text)
            view.numbers = (np.frombuffer(numbers, np.int64), np.frombuffer(begins, np.int64))
            while view.at < view.end:
                yield from self._scanner.slab(view, view.at, min(view.at + SLAB, view.end))
                if view.short:
                    census.flaw(f"{self.opened.file}:{offset}", "a record that is not whole JSON")
                    break
