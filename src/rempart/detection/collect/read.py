"""Reading logs: files, folders, archives, standard input; whatever the format, blocks of events come out.

Order of blocks: the same for the same files and the same number of threads; the events are the same for any number.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from rempart.detection.census import Census
from rempart.detection.collect import evtx, formats, json
from rempart.detection.collect.blocks import Blocks, Piece
from rempart.detection.collect.containers import STDIN, Member, Readable, members
from rempart.detection.collect.crew import Crew, Work
from rempart.detection.collect.kinds import HEAD_BYTES, Chunk, Format, Opened, Workshop
from rempart.detection.collect.plan import Task, files_of, items, reader_of, tasks
from rempart.detection.collect.sources import Declarations, Declared
from rempart.detection.collect.unpacking import Limits, Peeked
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import Block, Reading

_ = (evtx, formats, json)  # importing them registers their formats
_LONGEST_LINE = 16 << 20


@dataclass(frozen=True)
class Options:
    """How to read.

    Attributes:
        threads: that read at once.
        progress: told (bytes read, bytes in all or None when nobody knows).
        declarations: what the hospital says of its files.
        limits: of what archives may unpack to.

    """

    threads: int = 2
    progress: Callable[[int, int | None], None] | None = None
    declarations: Declarations = field(default_factory=Declarations)
    limits: Limits = field(default_factory=Limits)


def read(
    paths: Sequence[Path | Literal["-"]], reading: Reading, census: Census, *, options: Options | None = None
) -> Iterator[Block]:
    """Give the events of files, of folders (walked in order of names), of archives, of standard input (`-`).

    Args:
        paths: where to read.
        reading: what to take.
        census: where all that was read, and what was not, is counted.
        options: how to read.

    Raises:
        InputError: a path does not exist. What is broken inside a file is a flaw of the census, never an error.

    """
    asked = options or Options()
    files = list(files_of(paths))
    wanted = Wanted(reading)
    blocks = Blocks(wanted, census)
    told = _Told(files, asked)
    plan = items(tasks(files, asked.declarations, census, asked.threads))
    works = (_work(item, wanted, asked, told) for item in plan)
    for piece in Crew(asked.threads).run(works, census):
        told.say()
        yield from blocks.add(piece)
    told.say()
    yield from blocks.rest()


class _Told:
    """How far reading is. Threads add to it; who takes the blocks tells it."""

    def __init__(self, files: Sequence[str], options: Options) -> None:
        known = STDIN not in files
        self.total = sum(Path(file).stat().st_size for file in files) if known else None
        self.done = 0
        self._progress = options.progress
        self._said = -1

    def say(self) -> None:
        """Tell, when something changed."""
        if self._progress is not None and self.done != self._said:
            self._said = self.done
            self._progress(self.done, self.total)


def _work(item: list[Task], wanted: Wanted, options: Options, told: _Told) -> Work:
    def work(workshop: Workshop, census: Census) -> Iterator[Piece]:
        for task in item:
            try:
                if task.form is None:
                    yield from _packed(task, wanted, options, workshop, census)
                else:
                    yield from _plain(task, wanted, workshop, census)
            except OSError as error:
                census.flaw(task.file, f"cannot be read: {error}")
            told.done += task.size or (Path(task.file).stat().st_size if task.file != STDIN else 0)
        yield from workshop.drain()

    return work


def _plain(task: Task, wanted: Wanted, workshop: Workshop, census: Census) -> Iterator[Piece]:
    """Read a file, or a segment of one, from the disk."""
    if task.form is None:
        return
    opened = Opened(task.file, task.head, wanted, census, workshop, task.declared)
    with Path(task.file).open("rb") as stream:
        stream.seek(task.start)
        yield from _chunks(task.form(opened), _Part(stream, task.size), task.start, opened)


def _packed(task: Task, wanted: Wanted, options: Options, workshop: Workshop, census: Census) -> Iterator[Piece]:
    """Read what is in an archive, or a stream; each member as what it looks like."""
    encoding = task.declared.encoding if task.declared else None
    path: Path | Literal["-"] = "-" if task.file == STDIN else Path(task.file)
    for member in members(path, census, limits=options.limits, encoding=encoding):
        yield from member_pieces(member, options.declarations, wanted, workshop, census)


def member_pieces(
    member: Member, declarations: Declarations, wanted: Wanted, workshop: Workshop, census: Census
) -> Iterator[Piece]:
    """Read one member of an archive."""
    stream = Peeked(member.stream)
    head = stream.peek(HEAD_BYTES)
    declared: Declared = declarations.of(member.name, head, member.modified)
    form = reader_of(head, member.name, declared, census)
    opened = Opened(member.name, head, wanted, census, workshop, declared)
    yield from _chunks(form(opened), stream, 0, opened)


def _chunks(reader: Format, stream: Readable, offset: int, opened: Opened) -> Iterator[Piece]:
    """Hand a stream over in chunks of whole records."""
    kept = b""
    while True:
        data = stream.read(reader.chunk_bytes)
        opened.census.bytes += len(data)
        kept += data
        if not data:
            yield from reader.read(Chunk(offset, kept, last=True))
            break
        cut = reader.whole(kept)
        if cut == 0 and len(kept) > _LONGEST_LINE:
            cut = len(kept)  # a record longer than any log has: its reader says what is wrong with it
        if cut:
            yield from reader.read(Chunk(offset, kept[:cut]))
            offset, kept = offset + cut, kept[cut:]
    yield from reader.finish()


class _Part:
    """Some bytes of a file."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._left = stream, size

    def read(self, size: int = -1, /) -> bytes:
        """Return up to that many bytes, none at the end."""
        data = self._stream.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(data)
        return data
