"""Files as splits, and the events of a split: what the engines share out when nothing else is asked."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import BinaryIO, Literal

from rempart.detection.census import Census
from rempart.detection.collect.blocks import Blocks, Piece
from rempart.detection.collect.kinds import HEAD_BYTES, Chunk, Format, Opened, Workshop
from rempart.detection.collect.plan import files_of, reader_of
from rempart.detection.collect.read import Options, read
from rempart.detection.collect.sources import Declarations, Declared
from rempart.detection.collect.wanted import Wanted
from rempart.detection.engines.work import Split, Work, cut, lines_between
from rempart.detection.events import Block
from rempart.detection.kernel import match
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.reading import reading

LONGEST_LINE = 16 << 20
"""A line longer than this is cut: its reader counts it as a flaw."""
ALONE = ("json",)
"""Formats whose lines may be read apart, when their file has one event a line (`Format.next_start`)."""


def here(paths: Sequence[Path | Literal["-"]], compiled: Compiled, options: Options | None = None) -> Work:
    """Return the work of matching files, folders, archives or standard input on this machine, for `threads.run`.

    Raises:
        InputError: a path does not exist (when the work is done).

    """
    return Work(compiled, (Split(0, tuple(str(path) for path in paths)),), partial(_read_all, options), match)


def on_cluster(paths: Sequence[Path], compiled: Compiled, declarations: Declarations | None = None) -> Work:
    """Return the work of matching files, folders or archives on machines that see them under the same names.

    Raises:
        InputError: a path does not exist.

    """
    declared = declarations or Declarations()
    files = [Path(file).resolve() for file in files_of(paths)]
    return Work(compiled, cut(files, partial(stands_alone, declared)), partial(read_split, declared), match)


def stands_alone(declarations: Declarations, file: Path) -> bool:
    """Tell whether a file may be read from the start of any of its lines."""
    head, declared = _head(declarations, file)
    form = reader_of(head, str(file), declared, Census())
    with file.open("rb") as stream:
        return form.name in ALONE and form.next_start(stream, 1, head) is not None


def read_split(declarations: Declarations, split: Split, compiled: Compiled, census: Census) -> Iterator[Block]:
    """Yield the events of a split, read by one thread: in a cluster, each core has a split of its own."""
    if split.start is None or split.end is None:
        yield from _read_all(Options(threads=1, declarations=declarations), split, compiled, census)
        return
    file = split.paths[0]
    head, declared = _head(declarations, Path(file))
    form = reader_of(head, file, declared, census if split.start == 0 else Census())  # the file is counted once
    wanted, workshop = _wanted(_Keyed(compiled)), Workshop()
    reader = form(Opened(file, head, wanted, census, workshop, declared))
    blocks = Blocks(wanted, census)
    for pieces in (_pieces(reader, file, lines_between(file, split.start, split.end), census), workshop.drain()):
        for piece in pieces:
            yield from blocks.add(piece)
    yield from blocks.rest()


def _read_all(options: Options | None, split: Split, compiled: Compiled, census: Census) -> Iterator[Block]:
    paths: list[Path | Literal["-"]] = ["-" if path == "-" else Path(path) for path in split.paths]
    return read(paths, reading(compiled), census, options=options)


def _head(declarations: Declarations, file: Path) -> tuple[bytes, Declared]:
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    return head, declarations.of(str(file), head, datetime.fromtimestamp(file.stat().st_mtime, UTC))


class _Keyed:
    """Rules told apart by their digest, so that what is made of them is made once."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.compiled.digest == self.compiled.digest

    def __hash__(self) -> int:
        return hash(self.compiled.digest)


@lru_cache(maxsize=2)
def _wanted(keyed: _Keyed) -> Wanted:
    return Wanted(reading(keyed.compiled))


def _pieces(reader: Format, file: str, lines: tuple[int, int], census: Census) -> Iterator[Piece]:
    """Hand over some lines of a file in chunks of whole lines."""
    offset, end = lines
    if offset >= end:
        return
    with Path(file).open("rb") as stream:
        stream.seek(offset)
        kept = b""
        while data := _some(stream, end, reader.chunk_bytes):
            census.bytes += len(data)
            kept += data
            cut_at = reader.whole(kept) if len(kept) <= LONGEST_LINE else reader.whole(kept) or len(kept)
            if cut_at:
                yield from reader.read(Chunk(offset, kept[:cut_at]))
                offset, kept = offset + cut_at, kept[cut_at:]
        yield from reader.read(Chunk(offset, kept, last=True))
    yield from reader.finish()


def _some(stream: BinaryIO, end: int, most: int) -> bytes:
    return stream.read(min(most, end - stream.tell()))
