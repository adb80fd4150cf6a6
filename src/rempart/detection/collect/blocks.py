"""The one way out of every format: pieces of events of one class, gathered into large blocks.

A text format hands over a Polars frame (`pieces_of_frame`), a native scanner hands over columns it built itself; both
are pieces, and `Blocks` merges the pieces of a class until they make a block.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.census import Census
from rempart.detection.collect.merging import DICTIONARY, merged, narrowed
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import (
    ADDRESS,
    FILE,
    HOST,
    LENGTH,
    MOMENT,
    OFFSET,
    ORIGIN,
    TEXT,
    TIME,
    USER,
    Block,
    EventClass,
)

SOURCE = "@source"
"""Column of a frame: the source of each event."""
CODE = "@code"
"""Column of a frame: the code of each event; absent means ""."""

FULL_ROWS = 50_000
"""A class is made a block from here on: cost per event falls with rows."""
MOST_ROWS = 100_000
"""No block is larger."""
PENDING_BYTES = 192 << 20
"""Above this, the largest class waiting is made a block whatever its rows: memory stays flat."""
FULL_BYTES = 64 << 20
"""A class that weighs this is made a block whatever its rows."""


@dataclass(frozen=True)
class Piece:
    """Some events of one class, in columns.

    Attributes:
        event_class: their class.
        batch: FILE, OFFSET, LENGTH, TIME, TEXT when wanted, then fields: `dictionary<int32, string>`, or
            `list<string>` where an event holds several values.

    """

    event_class: EventClass
    batch: pa.RecordBatch


def pieces_of_frame(frame: pl.DataFrame, file: str, wanted: Wanted) -> Iterator[Piece]:
    """Cut a frame of events into pieces, class by class; fields nobody wants are dropped.

    Args:
        frame: one row an event: SOURCE, CODE (may be absent), OFFSET, LENGTH (integers), TIME (`Datetime("us", "UTC")`,
            may be absent), TEXT (needed for the sources whose text is wanted), then one column a field under its native
            name, `String` or `List(String)`, null where the event lacks it.
        file: name of the file the events come from.
        wanted: what to keep.

    """
    if CODE not in frame.columns:
        frame = frame.with_columns(pl.lit("").alias(CODE))
    for keys, part in frame.partition_by([SOURCE, CODE], as_dict=True, include_key=False).items():
        event_class = EventClass(*(str(key or "") for key in keys))
        yield Piece(event_class, _columns(part, event_class, file, wanted))


def _columns(part: pl.DataFrame, event_class: EventClass, file: str, wanted: Wanted) -> pa.RecordBatch:
    fields = wanted.fields(*event_class)
    kept = [name for name in part.columns if not name.startswith("@") and (wanted.every_field or name in fields)]
    if wanted.text(event_class.source) and TEXT in part.columns:
        kept.insert(0, TEXT)
    table = part.select(kept).to_arrow(compat_level=pl.CompatLevel.oldest())
    columns = {name: narrowed(table.column(name)) for name in kept if table.column(name).null_count < len(part)}
    return pa.RecordBatch.from_pydict({**_origin(part, file), **columns})


def _origin(part: pl.DataFrame, file: str) -> dict[str, pa.Array]:
    """Return FILE, OFFSET, LENGTH, TIME of a frame."""
    length = part.get_column(LENGTH) if LENGTH in part.columns else pl.repeat(0, len(part), eager=True)
    time = part.get_column(TIME) if TIME in part.columns else pl.repeat(None, len(part), eager=True)
    return {
        FILE: constant(file, len(part)),
        OFFSET: part.get_column(OFFSET).cast(pl.Int64).to_arrow(),
        LENGTH: length.cast(pl.Int32).to_arrow(),
        TIME: time.cast(pl.Datetime("us", "UTC")).to_arrow().cast(MOMENT),
    }


def constant(value: str, rows: int) -> pa.DictionaryArray:
    """Return a column that says the same on every row."""
    codes = pa.repeat(pa.scalar(0, pa.int32()), rows)
    return pa.DictionaryArray.from_arrays(codes, pa.array([value], pa.string()))


class Blocks:
    """Gathers pieces into blocks of FULL_ROWS to MOST_ROWS events a class, in flat memory, and counts what passes."""

    def __init__(self, wanted: Wanted, census: Census) -> None:
        self.wanted = wanted
        self.census = census
        self._pending: dict[EventClass, list[pa.RecordBatch]] = {}
        self._rows: dict[EventClass, int] = {}
        self._bytes: dict[EventClass, int] = {}
        self._total = 0

    def add(self, piece: Piece) -> Iterator[Block]:
        """Take a piece, and give the blocks that are full."""
        for start in range(0, piece.batch.num_rows, MOST_ROWS):
            yield from self._take(piece.event_class, piece.batch.slice(start, MOST_ROWS))

    def rest(self) -> Iterator[Block]:
        """Give all that waits, class by class in the order of their names."""
        for event_class in sorted(self._pending):
            yield self._out(event_class)

    def _take(self, event_class: EventClass, batch: pa.RecordBatch) -> Iterator[Block]:
        if self._rows.get(event_class, 0) + batch.num_rows > MOST_ROWS:
            yield self._out(event_class)
        weight = batch.get_total_buffer_size()
        self._pending.setdefault(event_class, []).append(batch)
        self._rows[event_class] = self._rows.get(event_class, 0) + batch.num_rows
        self._bytes[event_class] = self._bytes.get(event_class, 0) + weight
        self._total += weight
        if self._rows[event_class] >= FULL_ROWS or self._bytes[event_class] >= FULL_BYTES:
            yield self._out(event_class)
        while self._total > PENDING_BYTES:
            yield self._out(max(self._bytes, key=lambda key: self._bytes[key]))

    def _out(self, event_class: EventClass) -> Block:
        batches = self._pending.pop(event_class)
        self._rows.pop(event_class)
        self._total -= self._bytes.pop(event_class)
        block = Block(event_class, finished(merged(batches), event_class, self.wanted))
        self._count(block)
        return block

    def _count(self, block: Block) -> None:
        self.census.events[block.event_class] += block.batch.num_rows
        self.census.undated += block.batch.column(TIME).null_count
        names = {name for name in block.batch.schema.names if not name.startswith("@")}
        self.census.seen.setdefault(block.event_class.source, set()).update(names)


def finished(batch: pa.RecordBatch, event_class: EventClass, wanted: Wanted) -> pa.RecordBatch:
    """Return the columns of a block: ORIGIN filled (who and where are read from the fields), then what is wanted."""
    found = wanted.entities(*event_class)
    columns = {name: batch.column(name) for name in (FILE, OFFSET, LENGTH, TIME)}
    for name, candidates in ((HOST, found.host), (USER, found.user), (ADDRESS, found.address)):
        columns[name] = first_present(batch, candidates)
    if TEXT in batch.schema.names:
        columns[TEXT] = batch.column(TEXT)
    own = (name for name in batch.schema.names if not name.startswith("@") and wanted.keeps(event_class.source, name))
    columns |= {name: batch.column(name) for name in own}
    return pa.RecordBatch.from_pydict(columns)


def first_present(batch: pa.RecordBatch, candidates: Sequence[str]) -> pa.DictionaryArray:
    """Return, for each event, the first of these fields that says something (not empty, not a lone dash)."""
    there = [name for name in candidates if name in batch.schema.names]
    left: pa.Array | None = None
    for name in there:
        column = said(batch.column(name))
        left = column if left is None else pc.coalesce(*(_plain(array) for array in (left, column)))
        if left.null_count == 0:
            break
    if left is None:
        return pa.nulls(batch.num_rows, ORIGIN[HOST])
    return left if left.type == DICTIONARY else left.dictionary_encode()


def said(column: pa.Array) -> pa.Array:
    """Return a column with null where it says nothing: empty, a lone dash, an explicit null; first value of a list."""
    if pa.types.is_list(column.type):
        column = pc.list_element(pc.if_else(pc.equal(pc.list_value_length(column), 0), None, column), 0)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    silent = pc.is_in(column.dictionary, pa.array(["", "-", "\x00"]))
    if not silent.true_count:
        return column
    told = pc.if_else(silent, None, pa.array(range(len(silent)), pa.int32()))
    return pa.DictionaryArray.from_arrays(told.take(column.indices), column.dictionary)


def _plain(array: pa.Array) -> pa.Array:
    return array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array
