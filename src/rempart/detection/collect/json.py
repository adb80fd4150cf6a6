"""JSON: one object a line, lists of objects, objects printed over many lines; and those that wrap a list of events."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from rempart.detection.collect.blocks import Piece
from rempart.detection.collect.json_scan import LARGEST, SLAB, Scanner
from rempart.detection.collect.kinds import Chunk, Format, Opened, Workshop, kind
from rempart.detection.collect.native.raw import line_end
from rempart.detection.collect.native.strings import value_end
from rempart.detection.collect.view import View

_WRAPPED = re.compile(rb"\s*\{\s*\"(?:Records|records|value|events|Events|logs|hits)\"\s*:\s*(\[)\s*\{")
_BEGINS = re.compile(rb"[\s\x1e]*(?:\{\s*[\"}]|\[\s*\{\s*[\"}])")
_MARK = b"\xef\xbb\xbf"


def scanner_of(workshop: Workshop, opened: Opened) -> Scanner:
    """Return the scanner of a thread, made at its first file."""
    kept = workshop.kept.get("json")
    if isinstance(kept, Scanner) and kept.wanted is opened.wanted:
        return kept
    made = Scanner(opened.wanted)
    workshop.kept["json"] = made
    workshop.drains.append(made.drain)
    return made


@kind("json")
class Json(Format):
    """A file of JSON. Its events stay in the tables of the thread until they are many, whatever the files."""

    chunk_bytes = 8 << 20

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._scanner = scanner_of(opened.workshop, opened)
        self._view = View(opened.file, opened.census)
        head = opened.head.removeprefix(_MARK)
        wrapped = _WRAPPED.match(head)
        self._skip = (len(opened.head) - len(head) + wrapped.start(1)) if wrapped else len(opened.head) - len(head)
        self._wrapped = wrapped is not None
        self._view.lines = not self._wrapped and by_lines(head)
        self._view.source = getattr(opened.settings, "source", None)
        self._first = True
        self._skips = False

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the first bytes are enough
        """Be sure of an object with a key, or a list of them, at the beginning."""
        return 0.9 if _BEGINS.match(head.removeprefix(_MARK)) else 0.0

    @classmethod
    def next_start(cls, stream: BinaryIO, offset: int, head: bytes) -> int | None:
        """Return where the next line starts, when each event is a line."""
        if not by_lines(head.removeprefix(_MARK)) or _WRAPPED.match(head):
            return None
        stream.seek(offset - 1)
        while data := stream.read(1 << 16):
            if (found := data.find(b"\n")) >= 0:
                return stream.tell() - len(data) + found + 1
        return None

    def whole(self, data: bytes) -> int:
        """Take any bytes: what is cut is kept here."""
        return len(data)

    def read(self, chunk: Chunk) -> Iterator[Piece]:
        """Walk the bytes, slab by slab."""
        view, data = self._view, chunk.data
        if self._first:
            view.base = chunk.offset
            if chunk.offset == 0 and self._skip:
                data, view.base = data[self._skip :], self._skip
            self._first = False
        view.take(data)
        if self._skips:
            self._next_line()
        while view.at < view.end:
            before = view.at
            yield from self._scanner.slab(view, before, min(before + SLAB, view.end))
            if view.short and not self._cut(last=chunk.last):
                break

    def _cut(self, *, last: bool) -> bool:
        """Tell whether to go on after an event that the end of the bytes cuts: at the end, or when it is too long."""
        view = self._view
        if not last and view.end - view.at <= LARGEST:
            return False
        ends = self._wrapped and view.some(view.at, view.at + 1) != b"{"
        if not ends:
            view.census.flaw(view.place(view.at), "cut short, or longer than 16 MiB")
        self._next_line()
        return True

    def _next_line(self) -> None:
        """Leave the line being read, which may end in a later chunk."""
        view = self._view
        end = line_end(view.address, view.at, view.end)
        self._skips = end >= view.end
        view.at = min(end + 1, view.end)


def by_lines(head: bytes) -> bool:
    """Tell whether each event is one line: the first object ends before its line does, or its line is very long."""
    if not head.lstrip(b" \t\r\n\x1e").startswith(b"{"):
        return False
    start = head.index(b"{")
    line = head.find(b"\n", start)
    if line < 0:
        return True
    padded = np.frombuffer(head[start:line] + bytes(64), np.uint8)
    return value_end(padded.ctypes.data, 0, line - start) > 0
