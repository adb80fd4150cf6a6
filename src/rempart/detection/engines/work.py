"""The work that engines share out: what to read, the pure function on one part of it, and what all parts give."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from rempart.detection.census import Census
from rempart.detection.correlation import correlate_and_count, in_order
from rempart.detection.events import Block
from rempart.detection.findings import Findings
from rempart.detection.matched import matched_schema
from rempart.detection.rules.form import Compiled

SPLIT_BYTES = 64 << 20
"""About how much of the logs makes one task."""


@dataclass(frozen=True)
class Split:
    """A part of the logs, the same whoever reads it and however often.

    Attributes:
        number: from 0.
        paths: whole files, or one.
        start, end: of the one file, the records that start there, in bytes: [start, end); None for the whole files.

    """

    number: int
    paths: tuple[str, ...]
    start: int | None = None
    end: int | None = None


Read = Callable[[Split, Compiled, Census], Iterator[Block]]
"""Reads a split, and counts in the census what it read."""
Match = Callable[[Block, Compiled], pa.Table]
"""Matches a block: `kernel.match`."""


@dataclass(frozen=True)
class Work:
    """What to do: rules, and the parts of the logs. Both functions are importable by name where the work is done."""

    compiled: Compiled
    splits: tuple[Split, ...]
    read: Read
    match: Match

    @property
    def schema(self) -> pa.Schema:
        """The schema of its matches."""
        return matched_schema(tuple(name for name, _ in self.compiled.carried))


def matched_in(split: Split, work: Work) -> tuple[pa.Table, Census]:
    """Return the matches of one split, in order, and what was read: the pure function that every cluster runs."""
    census = Census()
    tables = [work.match(block, work.compiled) for block in work.read(split, work.compiled, census)]
    return in_order(pa.concat_tables([work.schema.empty_table(), *tables])), census


def found(work: Work, tables: Iterable[pa.Table], census: Census) -> Findings:
    """Return what the matches of all parts make together, correlated on this machine."""
    matched = in_order(pa.concat_tables([work.schema.empty_table(), *tables])).combine_chunks()
    correlated, left_out = correlate_and_count(matched, work.compiled)
    return Findings(work.compiled, matched, correlated, census, left_out)


def cut(files: Sequence[Path], by_lines: Callable[[Path], bool], split_bytes: int = SPLIT_BYTES) -> tuple[Split, ...]:
    """Return splits of about `split_bytes`: small files together, large ones in ranges where their lines stand alone.

    Args:
        files: the files, in the order wanted.
        by_lines: whether a file may be read from the start of any line.
        split_bytes: how large a split should be.

    """
    splits: list[Split] = []
    together: list[str] = []
    weight = 0
    for file in files:
        size = file.stat().st_size
        if size > split_bytes and by_lines(file):
            ends = [*range(split_bytes, size, split_bytes), size]
            starts = [0, *ends[:-1]]
            splits += [Split(0, (str(file),), start, end) for start, end in zip(starts, ends, strict=True)]
            continue
        if together and weight + size > split_bytes:
            splits.append(Split(0, tuple(together)))
            together, weight = [], 0
        together.append(str(file))
        weight += size
    if together:
        splits.append(Split(0, tuple(together)))
    return tuple(Split(number, one.paths, one.start, one.end) for number, one in enumerate(splits))


def lines_between(path: str, start: int, end: int) -> tuple[int, int]:
    """Return where the lines that start in [start, end) are: from the first of them to the end of the last."""
    with Path(path).open("rb") as file:
        return _line_start(file.fileno(), start), _line_start(file.fileno(), end)


def _line_start(descriptor: int, position: int) -> int:
    """Return where the first line that starts at `position` or after does; the size of the file when none does."""
    if position == 0:
        return 0
    at = position - 1
    while piece := os.pread(descriptor, 1 << 16, at):
        feed = piece.find(b"\n")
        if feed >= 0:
            return at + feed + 1
        at += len(piece)
    return at
