"""What the readers of text know of the file they read, and what they share."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, ClassVar

import polars as pl

from rempart.detection.census import Census
from rempart.detection.collect.blocks import Piece, pieces_of_frame
from rempart.detection.collect.formats.lines import LINE, lines_of
from rempart.detection.collect.kinds import Chunk, Format, Opened
from rempart.detection.collect.sources import Declared
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import TEXT

ROWS = 32_768
"""Lines looked at together: enough to pay for the calls, few enough to bound the cells of a frame."""
MOST_CODES = 200
"""Different codes a file may have; more would make a class of events of every line of a hostile one."""

Events = pl.DataFrame | Piece


@dataclass
class Context:
    """What the readers of one file share.

    Attributes:
        opened: the file.
        declared: what the hospital says of it.
        modified: when it was last written: gives their year to moments that have none.
        codes: those met so far.

    """

    opened: Opened
    declared: Declared
    modified: datetime
    codes: set[str] = field(default_factory=set)

    @property
    def senders(self) -> tuple[Declared, ...]:
        """Return the programs of syslog that the hospital declared."""
        return self.declared.senders

    @property
    def census(self) -> Census:
        """Where flaws are counted."""
        return self.opened.census

    @property
    def wanted(self) -> Wanted:
        """What to take."""
        return self.opened.wanted

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return self.opened.file

    def flaws(self, frame: pl.DataFrame, problem: str) -> None:
        """Count rows that could not be understood; the place told is the first one's."""
        if len(frame):
            self.census.flaw(f"{self.file}:{frame['@offset'][0]}", problem, len(frame))

    def known(self, codes: pl.Series) -> pl.Series:
        """Return the codes, "" for a null and for those of a file that has too many."""
        for code in codes.drop_nulls().unique().sort():
            if len(self.codes) >= MOST_CODES:
                break
            self.codes.add(code)
        return codes.set(~codes.is_in(list(self.codes)), "").fill_null("")


def context_of(opened: Opened) -> Context:
    """Return the context of a file: what is declared of it, else nothing."""
    declared = opened.settings if isinstance(opened.settings, Declared) else Declared()
    return Context(opened, declared, declared.modified or _last_written(opened.file))


def _last_written(file: str) -> datetime:
    """Return when a file was last written; inside an archive, when the archive was; now for a stream."""
    path = Path(file.partition("!")[0])
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError):
        return datetime.now(UTC)


class Textual(Format):
    """A format of text: it has a context, and cuts its frames into pieces."""

    chunk_bytes = 8 << 20

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self.context = context_of(opened)

    @classmethod
    def next_start(cls, stream: BinaryIO, offset: int, head: bytes) -> int | None:  # noqa: ARG003 — some formats look
        """Return the first place from `offset` on where a record starts, None: readers cannot share such a file."""
        return None

    def pieces(self, events: Iterator[Events]) -> Iterator[Piece]:
        """Cut frames into pieces, class by class."""
        for made in events:
            if isinstance(made, Piece):
                yield made
            elif len(made):
                frame = made
                if TEXT not in made.columns and LINE in made.columns:
                    frame = made.with_columns(pl.col(LINE).alias(TEXT))
                yield from pieces_of_frame(frame, self.opened.file, self.opened.wanted)


class TextFormat(Textual):
    """A format of lines: a subclass says what the events of a frame of lines are.

    Attributes:
        splits: no line needs another, so several readers may share a file.

    """

    splits: ClassVar[bool] = True

    @abstractmethod
    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the events of lines (LINE, OFFSET, LENGTH): frames as `blocks.pieces_of_frame` wants, or pieces."""

    @classmethod
    def next_start(cls, stream: BinaryIO, offset: int, head: bytes) -> int | None:  # noqa: ARG003 — some look
        """Return where the next line starts, when lines do not need each other."""
        if not cls.splits:
            return None
        stream.seek(offset - 1)
        while data := stream.read(1 << 16):
            if (found := data.find(b"\n")) >= 0:
                return stream.tell() - len(data) + found + 1
        return None

    def rest(self) -> Iterator[Events]:
        """Give the events that were waiting for what follows, at the end of the file."""
        yield from ()

    def read(self, chunk: Chunk) -> Iterator[Piece]:
        """Give the events of a chunk."""
        lines = lines_of(chunk.data, chunk.offset, self.opened.census, self.opened.file)
        for part in lines.iter_slices(ROWS):
            yield from self.pieces(self.events(part))

    def finish(self) -> Iterator[Piece]:
        """Give what was waiting."""
        yield from self.pieces(self.rest())
