"""From blocks to files: events parted by hour, compressed, each file whole or not there."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from rempart.detection.census import Census
from rempart.detection.events import LENGTH, OFFSET, TIME, Block
from rempart.detection.store.layout import Part, hour_of, part_path
from rempart.detection.store.manifest import Input, Manifest, begin, commit, write_whole

FEW = 4096
"""Hours that have fewer events of a class share a file with their neighbours: a file alone weighs 10 KB."""
LEVEL = 9
"""Of zstd: what 19 gains is not worth its ten times longer."""
_HOUR = 3_600_000_000
_STEPS = dict.fromkeys((OFFSET, LENGTH, TIME), "DELTA_BINARY_PACKED")
_WHOLE_DICTIONARY = 1 << 30


def write(
    blocks: Iterable[Block], folder: Path, census: Census, *, run: str, inputs: Sequence[Input] = ()
) -> tuple[Part, ...]:
    """Add blocks to a store, all of them or none: call it under `manifest.writing`.

    Memory is that of one block. A run of the same name that was killed leaves nothing.

    Args:
        blocks: events, with every field (`collect.STORED`).
        folder: the store.
        census: fields seen are counted there when the blocks did not come from `collect.read`.
        run: its name, of letters, digits and lines.
        inputs: what was read.

    Returns:
        The files written.

    """
    begin(folder, run)
    parts: list[Part] = []
    for block in blocks:
        census.seen.setdefault(block.event_class.source, set()).update(_fields(block.batch))
        for pieces in parted(block.batch):
            parts.append(write_part(folder, Block(block.event_class, pieces), f"{run}-{len(parts)}"))
    commit(folder, Manifest(run, tuple(inputs), tuple(parts)))
    return tuple(parts)


def parted(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield the events by hour, in order of time; quiet hours together, those without a moment apart."""
    micros = batch.column(TIME).cast(pa.int64())
    undated = micros.is_null().to_numpy(zero_copy_only=False)
    if undated.any():
        yield batch.take(pa.array(np.flatnonzero(undated)))
    dated = np.flatnonzero(~undated)
    times = micros.fill_null(0).to_numpy(zero_copy_only=False)[dated]
    order = np.argsort(times, kind="stable")
    for start, end in _cuts(times[order] // _HOUR):
        yield batch.take(pa.array(dated[order[start:end]]))


def write_part(folder: Path, block: Block, name: str) -> Part:
    """Write events of one class as one file, dictionaries kept; they are in order of time, or have none."""
    batch = _lean(block.batch)
    hours = [hour_of(number) for number in _hours(batch)]
    path = part_path(block.event_class, hours, name)
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_batches([batch]),
        sink,
        row_group_size=max(batch.num_rows, 1),
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=[field.name for field in batch.schema if pa.types.is_dictionary(field.type)],
        column_encoding=_STEPS,
        dictionary_pagesize_limit=_WHOLE_DICTIONARY,
        write_statistics=False,
        store_schema=False,
    )
    content = memoryview(sink.getvalue())
    write_whole(file, content)
    first, last = (hours[0], hours[-1]) if hours else (None, None)
    return Part(path, *block.event_class, batch.num_rows, content.nbytes, sha256(content).hexdigest(), first, last)


def _cuts(hours: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield where files begin and end: at a change of hour, once FEW events are there."""
    start = 0
    for change in [*(np.flatnonzero(np.diff(hours)) + 1).tolist(), len(hours)]:
        if change - start >= FEW or (change == len(hours) and change > start):
            yield start, change
            start = change


def _hours(batch: pa.RecordBatch) -> list[int]:
    times = batch.column(TIME).cast(pa.int64())
    if not batch.num_rows or times.null_count:
        return []
    return [times[0].as_py() // _HOUR, times[-1].as_py() // _HOUR]


def _lean(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Leave out the fields that no event has, and the words of dictionaries that no event says."""
    columns = {
        name: _used(batch.column(name))
        for name in batch.schema.names
        if name.startswith("@") or batch.column(name).null_count < batch.num_rows
    }
    return pa.RecordBatch.from_pydict(columns)


def _used(column: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(column.type):
        return column
    held = column.indices.drop_null().unique()
    if len(held) == len(column.dictionary):
        return column
    places = np.zeros(len(column.dictionary), np.int32)
    places[held.to_numpy()] = np.arange(len(held), dtype=np.int32)
    codes = pa.array(places).take(column.indices)
    return pa.DictionaryArray.from_arrays(codes, column.dictionary.take(held))


def _fields(batch: pa.RecordBatch) -> Iterator[str]:
    return (name for name in batch.schema.names if not name.startswith("@"))
