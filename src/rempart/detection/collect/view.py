"""The bytes that the compiled loops walk, and what they are of."""

import numpy as np
import numpy.typing as npt

from rempart.detection.census import Census
from rempart.detection.collect.native.raw import PADDING


class View:
    """The bytes being walked: a buffer that ends with spare zeros, and what they are of.

    Attributes:
        base: offset, in the file, of the first byte of the buffer.
        end: of the bytes.
        lines: every event is a line.
        at, short: where the walk stopped, and whether an event was cut there.
        source: what was declared that the events are, None: as they say.
        numbers: numbers of the records and where each starts, for a container without offsets.

    """

    def __init__(self, file: str, census: Census, size: int = 8 << 20) -> None:
        self.file, self.census = file, census
        self.buffer = np.zeros(size + PADDING, np.uint8)
        self.base = self.end = self.at = 0
        self.lines = True
        self.short = False
        self.source: str | None = None
        self.numbers: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None = None

    @property
    def address(self) -> int:
        """Where the buffer is."""
        return int(self.buffer.ctypes.data)

    def some(self, start: int, end: int) -> bytes:
        """Return some of the bytes."""
        return self.buffer[start:end].tobytes()

    def text(self, start: int, end: int) -> str:
        """Return some of the bytes as text, a few hundred at most."""
        return self.some(start, min(end, start + 512)).decode("utf-8", "replace")

    def place(self, at: int) -> str:
        """Return the place of a flaw."""
        return f"{self.file}:{self.base + at}"

    def number_at(self, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the numbers of the records that start there."""
        if self.numbers is None:
            raise ValueError("records without numbers")
        numbers, begins = self.numbers
        return numbers[np.searchsorted(begins, starts, side="right") - 1]

    def take(self, data: bytes) -> None:
        """Put more bytes after those that are left from `at` on."""
        left = self.end - self.at
        size = left + len(data)
        target = self.buffer if self.buffer.size >= size + PADDING else np.zeros(size + (4 << 20) + PADDING, np.uint8)
        target[:left] = self.buffer[self.at : self.end].copy()
        target[left:size] = np.frombuffer(data, np.uint8)
        target[size : size + PADDING] = 0
        self.buffer = target
        self.base += self.at
        self.at, self.end = 0, size
