"""Sharing what is to be read between threads: small files together, large ones in segments that start at a record."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from rempart.detection.census import Census
from rempart.detection.collect.containers import STDIN, packing, wide
from rempart.detection.collect.kinds import HEAD_BYTES, Format, formats, recognise
from rempart.detection.collect.sources import Declarations, Declared
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

UNKNOWN = "unknown"
"""How the census calls what no format recognises."""
_LINES = "lines"
_LARGEST, _SMALLEST = 128 << 20, 8 << 20
_MOST_FILES = 256
"""Bytes and files that one thread takes at once."""


@dataclass(frozen=True)
class Task:
    """A file, or a segment of one.

    Attributes:
        file: its name, as in the column FILE.
        form: its reader; None: it is packed, or a stream: what is inside is looked at when it is read.
        start, end: the segment, bytes; `end` None: all of it.
        head: first bytes of the file.
        declared: what the hospital says of it.

    """

    file: str
    form: type[Format] | None
    start: int = 0
    end: int | None = None
    head: bytes = b""
    declared: Declared | None = None

    @property
    def size(self) -> int:
        """Bytes to read, 0 when nobody knows."""
        return self.end - self.start if self.end is not None else 0


def files_of(paths: Sequence[Path | Literal["-"]]) -> Iterator[str]:
    """Yield the files of these paths in order, folders walked in the order of names, each file once.

    Raises:
        InputError: a path does not exist.

    """
    met: set[tuple[int, int]] = set()
    for path in paths:
        if path == STDIN:
            yield STDIN
            continue
        if not Path(path).exists():
            raise InputError(
                Text(fr="ce fichier ou dossier n’existe pas", en="this file or folder does not exist"), where=str(path)
            )
        for file in _walk(Path(path)):
            told = file.stat()
            if (told.st_dev, told.st_ino) not in met:
                met.add((told.st_dev, told.st_ino))
                yield str(file)


def _walk(path: Path) -> Iterator[Path]:
    """Yield a file, or the regular files under a folder; links to folders are not followed."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names) if Path(folder, name).is_file())


def reader_of(head: bytes, file: str, declared: Declared, census: Census) -> type[Format]:
    """Return the reader of a file: as declared, else as it looks like, else line by line; count the file."""
    name = declared.format or recognise(head, file)
    census.files[name or UNKNOWN] += 1
    return formats()[name or _LINES]


def tasks(files: Sequence[str], declarations: Declarations, census: Census, threads: int) -> Iterator[Task]:
    """Yield what there is to read, in order; a file that cannot be opened is a flaw."""
    total = sum(Path(file).stat().st_size for file in files if file != STDIN)
    segment = min(max(total // (4 * threads), _SMALLEST), _LARGEST)
    for file in files:
        if file == STDIN:
            yield Task(file, None)
            continue
        try:
            yield from _tasks(Path(file), declarations, census, segment)
        except OSError as error:
            census.files[UNKNOWN] += 1
            census.flaw(file, f"cannot be opened: {error.strerror or error}")


def _tasks(path: Path, declarations: Declarations, census: Census, segment: int) -> Iterator[Task]:
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        declared = declarations.of(str(path), head, datetime.fromtimestamp(path.stat().st_mtime, UTC))
        if packing(head) or wide(head) or declared.encoding:
            yield Task(str(path), None, declared=declared)
            return
        form = reader_of(head, str(path), declared, census)
        start = 0
        while size - start > segment + segment // 2:
            end = form.next_start(stream, start + segment, head)
            if end is None or end >= size:
                break
            yield Task(str(path), form, start, end, head, declared)
            start = end
        yield Task(str(path), form, start, size, head, declared)


def items(every: Iterator[Task]) -> Iterator[list[Task]]:
    """Group small tasks so that each group is worth a thread's while."""
    group: list[Task] = []
    for task in every:
        if group and (task.form is None or _size(group) + task.size > _SMALLEST or len(group) >= _MOST_FILES):
            yield group
            group = []
        group.append(task)
        if task.form is None:
            yield group
            group = []
    if group:
        yield group


def _size(group: list[Task]) -> int:
    return sum(task.size for task in group)
