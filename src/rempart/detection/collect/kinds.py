"""The formats logs come in: how each is recognised, and what its reader gives for a chunk of whole records."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, ClassVar

from rempart.detection.census import Census
from rempart.detection.collect.blocks import Piece
from rempart.detection.collect.wanted import Wanted

HEAD_BYTES = 65536
"""How much of a file the formats are shown to recognise it by."""


@dataclass(frozen=True)
class Chunk:
    """Bytes of a file that hold whole records, as `Format.whole` cut them; the last of a file may end anywhere.

    Attributes:
        offset: of the first byte, in the unpacked file.
        data: the bytes.
        last: nothing of the file follows.

    """

    offset: int
    data: bytes
    last: bool = False


@dataclass
class Workshop:
    """What one thread keeps from file to file: tables worth reusing, how to empty them, what to end with it."""

    kept: dict[str, Any] = field(default_factory=dict)
    drains: list[Callable[[], Iterator[Piece]]] = field(default_factory=list)
    closes: list[Callable[[], None]] = field(default_factory=list)

    def drain(self) -> Iterator[Piece]:
        """Give what the readers of this thread still hold."""
        for drain in self.drains:
            yield from drain()

    def close(self) -> None:
        """End the processes its readers started."""
        for close in self.closes:
            close()


@dataclass(frozen=True)
class Opened:
    """A file about to be read.

    Attributes:
        file: its name, as in the column FILE.
        head: its first bytes, HEAD_BYTES at most.
        wanted: what to take from it.
        census: where its flaws are counted (events are counted by `blocks.Blocks`).
        workshop: of the thread that reads it.
        settings: what was declared about it; each format knows its own.

    """

    file: str
    head: bytes
    wanted: Wanted
    census: Census
    workshop: Workshop = field(default_factory=Workshop)
    settings: Any = None


class Format(ABC):
    """The reader of one file of a format: it may remember a header, or half an event, from chunk to chunk.

    Attributes:
        chunk_bytes: about how many bytes to hand over at once.
        around: bytes before and after a record that reading it again needs, where records complete each other.

    """

    name: ClassVar[str]
    chunk_bytes: ClassVar[int] = 16 << 20
    around: ClassVar[int] = 0

    def __init__(self, opened: Opened) -> None:
        self.opened = opened

    @classmethod
    @abstractmethod
    def recognises(cls, head: bytes, name: str) -> float:
        """Tell from the first bytes of a file, and its name, how sure it is of this format: 0 not at all, 1 quite."""

    @classmethod
    def next_start(cls, stream: BinaryIO, offset: int, head: bytes) -> int | None:  # noqa: ARG003 — for formats that split
        """Return the first place from `offset` on where some record starts, so that several readers may share a file.

        None: this format, or this file of it, is read from its beginning to its end.
        """
        return None

    def whole(self, data: bytes) -> int:
        """Return where the last whole record of these bytes ends, 0 if none does: after the last line feed."""
        return data.rfind(b"\n") + 1

    @abstractmethod
    def read(self, chunk: Chunk) -> Iterator[Piece]:
        """Give the events of a chunk, or keep them for later.

        A record that cannot be understood is counted in `opened.census.flaw("file:offset", problem)`, never raised.
        """

    def finish(self) -> Iterator[Piece]:
        """Give what was kept, at the end of the file."""
        yield from ()


_FORMATS: dict[str, type[Format]] = {}


def kind(name: str) -> Callable[[type[Format]], type[Format]]:
    """Register a format under its name ("json", "evtx", "syslog"...)."""

    def register(cls: type[Format]) -> type[Format]:
        cls.name = name
        _FORMATS[name] = cls
        return cls

    return register


def formats() -> dict[str, type[Format]]:
    """Return the formats by name, in the order they were registered."""
    return dict(_FORMATS)


def recognise(head: bytes, name: str) -> str | None:
    """Return the name of the format that is surest of these bytes, the first registered of equals; None: unknown."""
    best, surest = None, 0.0
    for key, form in _FORMATS.items():
        sure = form.recognises(head, name)
        if sure > surest:
            best, surest = key, sure
        if surest >= 1:
            break
    return best
