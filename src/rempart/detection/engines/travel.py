"""What travels between the machines of a cluster: the work one way, matches and counts the other."""

import pickle
from collections.abc import Iterator
from functools import lru_cache

import msgpack
import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.census import Census
from rempart.detection.correlation import correlate_and_count
from rempart.detection.engines.work import Work, matched_in
from rempart.detection.events import EventClass
from rempart.detection.matched import CARRIED, CORRELATED
from rempart.measurement.report import Flaw

ROWS_A_BATCH = 50_000
SPLIT, CENSUS = "split", "census"
ROW = "row"


def packed_work(work: Work) -> bytes:
    """Return the work as bytes; they go from the machine that asks to those of its own cluster, nowhere else."""
    return pickle.dumps(work)


@lru_cache(maxsize=2)
def unpacked_work(data: bytes) -> Work:
    """Return the work in these bytes."""
    work: Work = pickle.loads(data)  # noqa: S301 — a cluster already runs the code that its owner sends
    return work


def plain(schema: pa.Schema) -> pa.Schema:
    """Return a schema of matches with names any engine takes: `=process.name` becomes `c0`."""
    carried = iter(range(len(schema)))
    return pa.schema(
        [pa.field(f"c{next(carried)}", field.type) if field.name.startswith(CARRIED) else field for field in schema]
    )


def sent_schema(work: Work) -> pa.Schema:
    """Return the schema of what a split sends back: its matches, then one row with what was read."""
    return plain(work.schema).append(pa.field(SPLIT, pa.int64())).append(pa.field(CENSUS, pa.binary()))


def match_split(data: bytes, number: int) -> pa.Table:
    """Do one split, and return what it sends back (`sent_schema`)."""
    work = unpacked_work(data)
    table, census = matched_in(work.splits[number], work)
    schema = sent_schema(work)
    table = table.rename_columns(plain(work.schema).names)
    table = table.append_column(SPLIT, pa.array([number] * table.num_rows, pa.int64()))
    table = table.append_column(CENSUS, pa.nulls(table.num_rows, pa.binary()))
    last = {name: [None] for name in schema.names} | {SPLIT: [number], CENSUS: [packed_census(census)]}
    return pa.concat_tables([table.cast(schema), pa.table(last, schema=schema)])


def match_splits(data: bytes, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Do the splits whose numbers come in a column `id`: the function of `mapInArrow`."""
    for batch in batches:
        for number in batch.column("id").to_pylist():
            yield from match_split(data, number).to_batches(max_chunksize=ROWS_A_BATCH)


def received(work: Work, sent: pa.Table) -> tuple[pa.Table, Census]:
    """Return the matches and the counts of what splits sent back, each split once however often it was done."""
    whole = sent.filter(pc.is_valid(sent[CENSUS])).select([SPLIT, CENSUS])
    census = Census()
    told = {int(row[SPLIT]): row[CENSUS] for row in whole.to_pylist()}
    for number in sorted(told):
        census.add(unpacked_census(told[number]))
    matches = sent.filter(pc.is_null(sent[CENSUS])).drop_columns([SPLIT, CENSUS])
    return matches.rename_columns(work.schema.names).cast(work.schema), census


LEFT = ("undated", "keyless", "valueless")


def correlated_schema() -> pa.Schema:
    """Return the schema of what one part of the correlations sends back: results, then one row a correlation."""
    schema = CORRELATED
    for name in LEFT:
        schema = schema.append(pa.field(name, pa.int64()))
    return schema


def correlate_part(data: bytes, only: tuple[int, ...], table: pa.Table) -> pa.Table:
    """Correlate some whole groups: matches with their number ROW in the whole table."""
    work = unpacked_work(data)
    rows = table[ROW].to_numpy()
    matched = table.select(plain(work.schema).names).rename_columns(work.schema.names).cast(work.schema)
    correlated, left = correlate_and_count(matched, work.compiled, only)
    lists = correlated["rows"].combine_chunks()
    numbers = pa.ListArray.from_arrays(lists.offsets, pa.array(rows[lists.values.to_numpy()]))
    correlated = correlated.set_column(CORRELATED.get_field_index("rows"), CORRELATED.field("rows"), numbers)
    for name in LEFT:
        correlated = correlated.append_column(name, pa.nulls(correlated.num_rows, pa.int64()))
    schema = correlated_schema()
    counts = {name: [None] * len(left) for name in schema.names} | {"rule": [one.rule for one in left]}
    counts |= {name: [getattr(one, name) for one in left] for name in LEFT}
    return pa.concat_tables([correlated.cast(schema), pa.table(counts, schema=schema)])


def packed_census(census: Census) -> bytes:
    """Return a census as bytes."""
    packed: bytes = msgpack.packb(
        {
            "files": dict(census.files),
            "bytes": census.bytes,
            "events": [[*key, count] for key, count in census.events.items()],
            "flawed": census.flawed,
            "flaws": [[flaw.place, flaw.problem] for flaw in census.flaws],
            "undated": census.undated,
            "seen": {source: sorted(fields) for source, fields in census.seen.items()},
        }
    )
    return packed


def unpacked_census(data: bytes) -> Census:
    """Return the census in these bytes."""
    kept = msgpack.unpackb(data)
    census = Census(bytes=kept["bytes"], flawed=kept["flawed"], undated=kept["undated"])
    census.files.update(kept["files"])
    census.events.update({EventClass(source, code): count for source, code, count in kept["events"]})
    census.flaws = [Flaw(place=place, problem=problem) for place, problem in kept["flaws"]]
    census.seen = {source: set(fields) for source, fields in kept["seen"].items()}
    return census
