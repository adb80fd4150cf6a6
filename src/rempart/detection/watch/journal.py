"""What comes by the network is on disk before it is acknowledged: segments of lines, synced, bounded."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

SEGMENT = 64 << 20
"""Bytes after which a new segment begins."""
_TAIL = 8 << 20
"""Bytes looked at to find the last lines."""
_NAME = "received-{:012d}.log"


class Journal:
    """Appends messages to the segments of a folder; only what is synced may be read.

    A segment's name is never used twice, so that a place in the journal means one message for ever. Thread-safe: the
    network appends, the daemon reads and forgets.

    Args:
        folder: where the segments stand.
        most: bytes of all segments; beyond, `full` says so until what was processed is forgotten.
        segment: bytes of a segment.

    """

    def __init__(self, folder: Path, most: int, segment: int = SEGMENT) -> None:
        self._folder = folder
        self._most = most
        self._segment = min(segment, max(1 << 20, most // 4))
        self._lock = threading.RLock()
        self._synced: dict[Path, int] = {}
        self._stream: BinaryIO | None = None
        self._path = folder
        self._written = 0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in self.segments():
            self._synced[path] = _mend(path)
        self._number = max((_number(path) for path in self._synced), default=0)

    def segments(self) -> list[Path]:
        """Return the segments, oldest first."""
        return sorted(self._folder.glob("received-*.log"))

    def append(self, messages: Sequence[bytes]) -> None:
        """Write messages; they count once `sync` has returned."""
        if not messages:
            return
        with self._lock:
            if self._stream is None or self._written >= self._segment:
                self._open()
            content = b"".join(message + b"\n" for message in messages)
            assert self._stream is not None  # noqa: S101 — `_open` has just set it
            self._stream.write(content)
            self._written += len(content)

    def sync(self) -> None:
        """Put on disk what was appended, and let it be read."""
        with self._lock:
            if self._stream is None or self._synced.get(self._path) == self._written:
                return
            stream, path, written = self._stream, self._path, self._written
            stream.flush()
            os.fdatasync(stream.fileno())
            self._synced[path] = written

    def readable(self, path: Path) -> int:
        """Return how many bytes of a segment are on disk for sure."""
        with self._lock:
            return self._synced.get(path, 0)

    def tail(self, count: int) -> list[bytes]:
        """Return the last lines on disk, of the last two segments at most."""
        lines: list[bytes] = []
        for path in self.segments()[-2:]:
            with path.open("rb") as stream:
                stream.seek(max(0, self.readable(path) - _TAIL))
                lines += stream.read(_TAIL).splitlines()
        return lines[-count:]

    @property
    def full(self) -> bool:
        """Whether the folder holds all it may: wait before receiving more."""
        with self._lock:
            return self._held() >= self._most

    def forget(self, processed: Callable[[Path], int]) -> int:
        """Remove the oldest segments that were processed whole, until half of the room is free; return how many.

        Those that stay let people see the whole event of an alert again.
        """
        removed = 0
        with self._lock:
            for path in sorted(self._synced):
                if self._held() <= self._most // 2 or path == self._path or processed(path) < self._synced[path]:
                    break
                path.unlink(missing_ok=True)
                del self._synced[path]
                removed += 1
        return removed

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        with self._lock:
            if self._stream is not None:
                self._stream.close()
                self._stream = None

    def _held(self) -> int:
        active = self._written - self._synced.get(self._path, 0) if self._stream else 0
        return sum(self._synced.values()) + active

    def _open(self) -> None:
        if self._stream is not None:
            self._stream.flush()
            os.fdatasync(self._stream.fileno())
            self._synced[self._path] = self._written
            self._stream.close()
        self._number += 1
        self._path = self._folder / _NAME.format(self._number)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._stream = os.fdopen(descriptor, "wb")
        self._written = 0
        self._synced[self._path] = 0
        _sync_folder(self._folder)


def _number(path: Path) -> int:
    return int(path.stem.removeprefix("received-"))


def _mend(path: Path) -> int:
    """Cut the line a kill left unfinished (nobody was told it had come), and return the bytes that stay."""
    with path.open("r+b") as stream:
        size = stream.seek(0, os.SEEK_END)
        end, step = size, 1 << 16
        while end > 0:
            start = max(0, end - step)
            stream.seek(start)
            found = stream.read(end - start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end < size:
            stream.truncate(end)
        os.fdatasync(stream.fileno())
        return end


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
