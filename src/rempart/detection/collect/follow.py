"""Files that grow: what is added, through rotation (renamed, truncated, copied then truncated), until told to stop."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import BinaryIO

from rempart.detection.collect.containers import STDIN

PIECE = 4 << 20
"""Bytes handed over at once, at most; a line that is longer is cut there."""
_KNOWN_BY = 256
"""First bytes of a file that tell it from another that took its place without being renamed."""
EVERY = 0.5
"""Seconds between two looks."""


@dataclass(frozen=True)
class Grown:
    """Whole lines that were added to a file.

    Attributes:
        file: its name.
        offset: of the first byte.
        data: the bytes.
        fresh: the first of a file: what was remembered of the one before is over.
        last: this file is over (it was rotated away).

    """

    file: str
    offset: int
    data: bytes
    fresh: bool = False
    last: bool = False


@dataclass
class _Followed:
    path: Path
    stream: BinaryIO | None = None
    identity: tuple[int, int] | None = None
    offset: int = 0
    begun: bytes = b""
    fresh: bool = True
    waiting: bytearray = field(default_factory=bytearray)

    def look(self, *, from_end: bool) -> Iterator[Grown]:
        """Give what was added since the last look."""
        if self.stream is None and not self._open(from_end=from_end):
            return
        if self._truncated():
            yield from self._over(read=False)
            self._open(from_end=False)
        yield from self._added()
        if self._replaced():
            yield from self._added()  # what was written between the look and the renaming
            yield from self._over(read=True)
            if self._open(from_end=False):
                yield from self._added()

    def _open(self, *, from_end: bool) -> bool:
        try:
            stream = self.path.open("rb", buffering=0)
            state = os.fstat(stream.fileno())
        except OSError:
            return False
        self.stream, self.identity = stream, (state.st_dev, state.st_ino)
        self.begun, self.fresh = b"", True
        self.waiting.clear()
        self.offset = stream.seek(0, os.SEEK_END) if from_end else 0
        return True

    def _added(self) -> Iterator[Grown]:
        while self.stream is not None and (data := self.stream.read(PIECE)):
            if len(self.begun) < _KNOWN_BY and self.offset + len(self.waiting) == len(self.begun):
                self.begun += data[: _KNOWN_BY - len(self.begun)]
            self.waiting += data
            end = self.waiting.rfind(b"\n") + 1
            if not end and len(self.waiting) >= PIECE:
                end = len(self.waiting)
            if end:
                yield self._given(end)

    def _given(self, end: int, *, last: bool = False) -> Grown:
        grown = Grown(str(self.path), self.offset, bytes(self.waiting[:end]), self.fresh, last)
        del self.waiting[:end]
        self.offset += end
        self.fresh = False
        return grown

    def _over(self, *, read: bool) -> Iterator[Grown]:
        """End a file: its last line may have no line feed; of a truncated one, what is gone is gone."""
        if read or self.waiting:
            yield self._given(len(self.waiting), last=True)
        if self.stream is not None:
            self.stream.close()
        self.stream = None

    def _truncated(self) -> bool:
        if self.stream is None:
            return False
        size = os.fstat(self.stream.fileno()).st_size
        if size < self.offset + len(self.waiting):
            return True
        if not self.begun:
            return False
        return os.pread(self.stream.fileno(), len(self.begun), 0) != self.begun

    def _replaced(self) -> bool:
        try:
            state = self.path.stat()
        except OSError:
            return False  # renamed, and no new one yet: the old one may still grow
        return (state.st_dev, state.st_ino) != self.identity

    def close(self) -> Iterator[Grown]:
        """Give the last line, whole or not."""
        if self.stream is not None:
            yield from self._over(read=True)


def follow(
    paths: Sequence[Path],
    stop: Event,
    *,
    from_end: bool = False,
    every: float = EVERY,
    looked: Callable[[], None] = lambda: None,
) -> Iterator[Grown]:
    """Give what is added to files until told to stop; then their last lines.

    Args:
        paths: files; one that does not exist yet is waited for.
        stop: set from elsewhere (a signal) to end; what is there is given first.
        from_end: of files that exist at first, only what is added.
        every: seconds between two looks.
        looked: called after each look, when all that was there was given.

    """
    followed = [_Followed(path) for path in paths]
    first = from_end
    while True:
        last_look = stop.is_set()
        for one in followed:
            yield from one.look(from_end=first)
        first = False
        looked()
        if last_look or stop.wait(every):
            if last_look:
                break
            continue
    for one in followed:
        yield from one.close()


def stdin(stream: BinaryIO | None = None, name: str = STDIN) -> Iterator[Grown]:
    """Give the lines of standard input as they come, until it ends."""
    source = stream or sys.stdin.buffer
    read = getattr(source, "read1", source.read)
    waiting, offset, fresh = bytearray(), 0, True
    while data := read(PIECE):
        waiting += data
        end = waiting.rfind(b"\n") + 1 or (len(waiting) if len(waiting) >= PIECE else 0)
        if end:
            yield Grown(name, offset, bytes(waiting[:end]), fresh)
            del waiting[:end]
            offset, fresh = offset + end, False
    if waiting or not fresh:
        yield Grown(name, offset, bytes(waiting), fresh, last=True)
