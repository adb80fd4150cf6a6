"""What of some logs a store already holds: known by their bytes, whatever their name has become."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa

from rempart.detection.collect.containers import packing, wide
from rempart.detection.collect.kinds import HEAD_BYTES
from rempart.detection.events import FILE, LENGTH, OFFSET, TIME, Block
from rempart.detection.store.manifest import Input

_STEP = 8 << 20
_LONGEST_LINE = 16 << 20

Numbers = Mapping[str, frozenset[tuple[int, int | None]]]
"""By file, the numbers and the moments (microseconds) of the events that the store has of it."""


@dataclass(frozen=True)
class Fresh:
    """A file that has something new.

    Attributes:
        input: what it is now.
        start: events that start before were read already, under this name or another.
        translated: it is packed or UTF-16: places in it are not those of its bytes.

    """

    input: Input
    start: int = 0
    translated: bool = False


def fresh(file: str, known: Sequence[Input]) -> Fresh | None:
    """Return what a file has that was not read, None when all of it was.

    Raises:
        OSError: it cannot be read.

    """
    told = {(one.size, one.digest): one.size for one in known} | {(one.end, one.start): one.end for one in known}
    marks = sorted({size for size, _ in told if size})
    translated = _translated(Path(file))
    end = 0 if translated else line_end(Path(file))
    digests, size = _digests(Path(file), {*marks, end})
    if (size, digests[size]) in told:
        return None
    start = max((mark for mark in marks if mark <= size and (mark, digests.get(mark)) in told), default=0)
    return Fresh(Input(file, size, digests[size], end, digests[end]), 0 if translated else start, translated)


def _translated(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    return packing(head) is not None or wide(head) is not None


def line_end(path: Path) -> int:
    """Return where the last whole line of a file ends; 0 when none does in its last 16 MiB."""
    with path.open("rb") as stream:
        at = stream.seek(0, 2)
        least = max(at - _LONGEST_LINE, 0)
        while at > least:
            before = max(at - (1 << 16), least)
            stream.seek(before)
            feed = stream.read(at - before).rfind(b"\n")
            if feed >= 0:
                return before + feed + 1
            at = before
    return 0


def _digests(path: Path, marks: Iterable[int]) -> tuple[dict[int, str], int]:
    """Return the digest of the first bytes of a file at each mark, and of all of it; and its size."""
    told, found, at = sha256(), {0: sha256().hexdigest()}, 0
    with path.open("rb") as stream:
        for mark in [*sorted(marks), None]:
            while mark is None or at < mark:
                data = stream.read(_STEP if mark is None else min(_STEP, mark - at))
                if not data:
                    break
                told.update(data)
                at += len(data)
            found[at] = told.hexdigest()
    return found, at


def new_events(blocks: Iterable[Block], starts: Mapping[str, int], numbers: Numbers) -> Iterator[Block]:
    """Yield the events that the store has not.

    Args:
        blocks: all the events of some files.
        starts: by file, where what was not read yet starts.
        numbers: of the files whose events are known by number, or by place when it was translated, those that the
            store has.

    """
    for block in blocks:
        kept = _new(block.batch, starts, numbers)
        if kept is None:
            yield block
        elif len(kept):
            yield Block(block.event_class, block.batch.take(pa.array(kept)))


def _new(batch: pa.RecordBatch, starts: Mapping[str, int], numbers: Numbers) -> np.ndarray | None:
    """Return the rows that are new, None: all."""
    files = batch.column(FILE)
    names = files.dictionary.to_pylist()
    if not any(name in starts or name in numbers for name in names):
        return None
    codes = files.indices.to_numpy(zero_copy_only=False)
    offsets = batch.column(OFFSET).to_numpy(zero_copy_only=False)
    numbered = batch.column(LENGTH).to_numpy(zero_copy_only=False) == 0
    bounds = np.array([starts.get(name, 0) for name in names], np.int64)
    keep = numbered | (offsets >= bounds[codes])
    times = batch.column(TIME).cast(pa.int64())
    for code, name in enumerate(names):
        if had := numbers.get(name):  # only for a journal that was read before: Python is fast enough
            for row in np.flatnonzero(codes == code).tolist():
                keep[row] = (int(offsets[row]), times[row].as_py()) not in had
    return np.flatnonzero(keep)
