"""Merging the columns of several batches of one class, whose fields and dictionaries differ."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

DICTIONARY = pa.dictionary(pa.int32(), pa.string())
"""Type of a field that holds one value an event."""
VALUES = pa.list_(pa.string())
"""Type of a field that holds several in some event."""


def narrowed(column: pa.ChunkedArray) -> pa.Array:
    """Return a column of text, or of lists of text, of any width as the type blocks use."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        return array.cast(VALUES)
    if pa.types.is_dictionary(array.type):
        return array.cast(DICTIONARY)
    return array.cast(pa.string()).dictionary_encode()


def listed(array: pa.Array) -> pa.Array:
    """Return a column of single values as one of lists of one value."""
    if pa.types.is_list(array.type):
        return array
    plain = array.cast(pa.string())
    offsets = np.concatenate(([0], np.cumsum(np.asarray(plain.is_valid()))))
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()),
        plain.drop_null(),
        type=VALUES,
        mask=plain.is_null() if plain.null_count else None,
    )


def merged(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Return one batch of all rows: a field one batch lacks is null there, dictionaries become one."""
    if len(batches) == 1:
        return batches[0]
    lists = {field.name for batch in batches for field in batch.schema if pa.types.is_list(field.type)}
    tables = [pa.Table.from_batches([_with_lists(batch, lists)]) for batch in batches]
    table = pa.concat_tables(tables, promote_options="default").unify_dictionaries().combine_chunks()
    return table.to_batches()[0]


def _with_lists(batch: pa.RecordBatch, lists: set[str]) -> pa.RecordBatch:
    if lists.isdisjoint(batch.schema.names):
        return batch
    columns = {name: listed(batch.column(name)) if name in lists else batch.column(name) for name in batch.schema.names}
    return pa.RecordBatch.from_pydict(columns)
