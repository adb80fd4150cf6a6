"""From the matches of a machine to the table that correlation and alerts read."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.events import ADDRESS, FILE, HOST, LENGTH, NULL, OFFSET, TIME, USER, Block, EventClass, covers
from rempart.detection.kernel.machine import Matches
from rempart.detection.matched import CARRIED, matched_schema
from rempart.detection.rules.form import Compiled

_ORIGINS = {
    "file": FILE,
    "offset": OFFSET,
    "length": LENGTH,
    "time": TIME,
    "host": HOST,
    "user": USER,
    "address": ADDRESS,
}


def table_of(block: Block, compiled: Compiled, matches: Matches) -> pa.Table:
    """Return one row a rule and event, with where the event stands and what correlations read of it."""
    schema = matched_schema(tuple(name for name, _ in compiled.carried))
    rows = pa.array(matches.rows)
    distinct, back = np.unique(matches.rows, return_inverse=True)
    taken = block.batch.take(pa.array(distinct)) if len(distinct) else block.batch.slice(0, 0)
    again = pa.array(back.astype(np.int32))
    columns: dict[str, pa.Array] = {
        "rule": pa.array(matches.rules, pa.int32()),
        "source": pa.repeat(pa.scalar(block.event_class.source), len(rows)),
        "code": pa.repeat(pa.scalar(block.event_class.code), len(rows)),
    }
    for name, origin in _ORIGINS.items():
        columns[name] = _plain(taken, origin, schema.field(name).type).take(again)
    for name, natives in compiled.carried:
        native = _native(natives, block.event_class)
        columns[CARRIED + name] = _carried(_plain(taken, native, pa.string())).take(again)
    return pa.table(columns, schema=schema)


def _native(natives: Sequence[tuple[str, str, str]], event_class: EventClass) -> str:
    """Return what a field is called in a class: what is said of the class itself goes before what is of its source."""
    for wanted in (event_class.code, ""):
        for source, code, native in natives:
            if code == wanted and covers(source, event_class.source):
                return native
    return ""


def _plain(batch: pa.RecordBatch, name: str, kind: pa.DataType) -> pa.Array:
    """Return a column without dictionary; of a list its first value; nulls where the block lacks it."""
    at = batch.schema.get_field_index(name)
    if at < 0:
        return pa.nulls(batch.num_rows, kind)
    array = batch.column(at)
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        array = pc.list_slice(array, 0, 1)
        rows = pc.list_parent_indices(array).to_numpy(zero_copy_only=False)
        places = np.full(len(array), -1)
        places[rows] = np.arange(len(rows))
        array = pc.list_flatten(array).take(pa.array(places, mask=places < 0))
    return array.cast(kind)


def _carried(array: pa.Array) -> pa.Array:
    """Return an explicit null as no value: nothing groups by it."""
    return pc.if_else(pc.equal(array, NULL), pa.scalar(None, pa.string()), array)
