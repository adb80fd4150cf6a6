"""Reading a store: blocks like those of the logs, only the columns wanted, dictionaries as they stand on the disk."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rempart.detection.census import Census
from rempart.detection.collect.blocks import FULL_BYTES, MOST_ROWS
from rempart.detection.collect.merging import DICTIONARY, VALUES, merged
from rempart.detection.events import ORIGIN, TEXT, TIME, Block, Reading
from rempart.detection.store.layout import Part, inside
from rempart.detection.store.manifest import kept_still, parts
from rempart.detection.store.text import Hunted, joined_of, values_of

ENOUGH = 1 << 12
"""Events that make a block: making one dictionary of those of several files costs more than blocks are worth."""
_LARGEST = 2 << 30
"""Bytes of a file once unpacked: no block of ours has as many."""
_WORDS = pa.large_string()


class Damaged(Exception):  # noqa: N818 — told in the census, not raised to people
    """A file of the store that is not what was written."""


def read(
    folder: Path,
    reading: Reading,
    census: Census,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Block]:
    """Give the events of a store, class by class and by time, for `kernel.match` to run on like those of logs.

    The files of a source of which nothing is wanted are counted, not opened.

    Args:
        folder: the store.
        reading: the fields to take; only their columns are read.
        census: counts the events given, and tells each file that is missing or damaged.
        since: the first moment of the period.
        until: its end, left out. Events without a moment may be of any period: they are always given.

    Raises:
        InputError: the folder is no store, or its manifests were altered.

    """
    with kept_still(folder):
        found = []
        for part in parts(folder):
            if not part.meets(since, until):
                continue
            if looked_at(part, reading) or not part.within(since, until):
                found.append(part)
            else:
                census.events[part.event_class] += part.rows
                census.undated += part.rows if part.first is None else 0
        for block in gathered(folder, found, reading, census):
            batch = block.batch
            if since is not None or until is not None:
                batch = batch.filter(_of_period(batch.column(TIME), since, until))
            if batch.num_rows:
                census.events[block.event_class] += batch.num_rows
                census.undated += batch.column(TIME).null_count
                yield Block(block.event_class, batch)


def looked_at(part: Part, reading: Reading) -> bool:
    """Tell whether something is wanted of the events of a file."""
    return reading.every_field or reading.wants_text(part.source) or bool(reading.of(part.source))


def gathered(folder: Path, found: Sequence[Part], reading: Reading, census: Census) -> Iterator[Block]:
    """Give the events of files in this order, small files of one class together."""
    waiting: list[pa.RecordBatch] = []
    rows = weight = 0
    for place, part in enumerate(found):
        try:
            batch = part_of(folder, part, reading)
        except Damaged as error:
            census.flaw(part.path, str(error), max(part.rows, 1))
        else:
            census.files["store"] += 1
            census.bytes += part.bytes
            census.seen.setdefault(part.source, set()).update(n for n in batch.schema.names if not n.startswith("@"))
            waiting.append(batch)
            rows, weight = rows + batch.num_rows, weight + batch.get_total_buffer_size()
        after = found[place + 1] if place + 1 < len(found) else None
        full = rows >= ENOUGH or weight >= FULL_BYTES or (after is not None and rows + after.rows > MOST_ROWS)
        if waiting and (full or after is None or after.event_class != part.event_class):
            yield Block(part.event_class, _finished(merged(waiting), part.source, reading))
            waiting, rows, weight = [], 0, 0


def part_of(folder: Path, part: Part, reading: Reading | None) -> pa.RecordBatch:
    """Return the wanted columns of one file; all as they were written without a reading.

    Raises:
        Damaged: it is missing, is no Parquet, or does not hold what its manifest tells.

    """
    path = inside(folder, part.path)
    if path is None:
        raise Damaged("not a file of this store")
    try:
        content = pa.py_buffer(_content(path, part))
        with pq.ParquetFile(content) as opened:
            kinds, metadata = _checked(opened, part), opened.metadata
        words = [name for name, kind in kinds.items() if _is_word(name, kind)]
        with pq.ParquetFile(content, metadata=metadata, read_dictionary=words) as opened:
            return _batch(opened, kinds, part, reading)
    except FileNotFoundError:
        raise Damaged("the file is missing") from None
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise Damaged(
            f"cannot be read: {str(error).splitlines()[0][:200] if str(error) else type(error).__name__}"
        ) from error


def _content(path: Path, part: Part) -> bytes:
    """Return a file that is byte for byte what was written: some megabytes at most."""
    if path.stat().st_size != part.bytes:
        raise Damaged("is not the file that was written")
    content = path.read_bytes()
    if sha256(content).hexdigest() != part.digest:
        raise Damaged("is not the file that was written")
    return content


def _checked(opened: pq.ParquetFile, part: Part) -> dict[str, pa.DataType]:
    """Return the columns of a file that is what it should be."""
    told = opened.metadata
    if told.num_rows != part.rows or told.num_row_groups != 1:
        raise Damaged("does not hold the events that were written")
    group = told.row_group(0)
    if sum(group.column(number).total_uncompressed_size for number in range(group.num_columns)) > _LARGEST:
        raise Damaged("would unpack to more than 2 GiB")
    kinds = {field.name: field.type for field in opened.schema_arrow}
    for name, kind in kinds.items():
        wanted = ORIGIN.get(name)
        expected = wanted is None or kind == (pa.string() if pa.types.is_dictionary(wanted) else wanted)
        if not expected or not (wanted is not None or kind == pa.string() or _is_list(kind)):
            raise Damaged(f"the column {name!r} is not of its type")
    if not ORIGIN.keys() <= kinds.keys():
        raise Damaged("a column of the origin of events is missing")
    return kinds


def _batch(
    opened: pq.ParquetFile, kinds: dict[str, pa.DataType], part: Part, reading: Reading | None
) -> pa.RecordBatch:
    """Return the wanted columns; every field where the text has to be made of them."""
    asked = list(kinds)
    if reading is not None:
        text = reading.wants_text(part.source)
        every = reading.every_field or (text and TEXT not in kinds)
        fields = reading.of(part.source)
        own = [name for name in kinds if not name.startswith("@") and (every or name in fields)]
        asked = [*ORIGIN, *([TEXT] if text and TEXT in kinds else []), *own]
    table = opened.read(columns=asked, use_threads=True)
    return pa.RecordBatch.from_pydict({name: _array(table.column(name), name) for name in asked})


def _finished(batch: pa.RecordBatch, source: str, reading: Reading) -> pa.RecordBatch:
    """Make the text of events where it is wanted and was not stored, and leave out what only it needed."""
    if not reading.wants_text(source) or TEXT in batch.schema.names:
        return batch
    apart = isinstance(reading, Hunted) and not reading.wants_joined(source)
    text = values_of(batch) if apart else joined_of(batch)
    fields = reading.of(source)
    kept = [name for name in batch.schema.names if name in ORIGIN or reading.every_field or name in fields]
    return pa.RecordBatch.from_pydict({name: batch.column(name) for name in kept} | {TEXT: text})


def _array(column: pa.ChunkedArray, name: str) -> pa.Array:
    """Return a column as one array of the type blocks have."""
    if column.num_chunks != 1:
        column = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column
        array = column.combine_chunks()
        column = pa.chunked_array([array], array.type) if not isinstance(array, pa.ChunkedArray) else array
    array = column.chunk(0) if column.num_chunks else pa.nulls(0, column.type)
    if name == TEXT:
        return array.cast(_WORDS)
    if name in ORIGIN:
        return array if array.type == ORIGIN[name] else array.cast(ORIGIN[name])
    return array.cast(VALUES) if _is_list(array.type) else array.cast(DICTIONARY)


def _of_period(times: pa.Array, since: datetime | None, until: datetime | None) -> pa.Array:
    kept: pa.Array = times.is_null()
    within = pa.repeat(pa.scalar(value=True), len(times))
    if since is not None:
        within = pc.and_(within, pc.greater_equal(times, pa.scalar(since, times.type)))
    if until is not None:
        within = pc.and_(within, pc.less(times, pa.scalar(until, times.type)))
    return pc.or_(kept, within.fill_null(pa.scalar(value=False)))


def _is_word(name: str, kind: pa.DataType) -> bool:
    return kind == pa.string() and name != TEXT


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) and kind.value_type == pa.string())
