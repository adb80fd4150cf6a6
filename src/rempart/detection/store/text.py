"""The text of events whose store keeps only the fields: their values, as keyword rules read them."""

import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.events import NULL


def text_of(batch: pa.RecordBatch) -> pa.Array:
    """Return every value of each event joined by line feeds, as `events.TEXT`, in the order of the columns.

    What the store leaves out (the message of Windows, a template filled with these same values) is not in it.
    """
    values = [_plain(batch.column(name)) for name in batch.schema.names if not name.startswith("@")]
    if not values:
        return pa.repeat(pa.scalar("", pa.large_string()), batch.num_rows)
    return pc.binary_join_element_wise(*values, pa.scalar("\n", pa.large_string()), null_handling="skip")


def _plain(column: pa.Array) -> pa.Array:
    """Return a field as text, null where the event lacks it or says an explicit null."""
    if pa.types.is_list(column.type):
        return pc.binary_join(column.cast(pa.list_(pa.large_string())), pa.scalar("\n", pa.large_string()))
    if pa.types.is_dictionary(column.type):
        words = column.dictionary.cast(pa.large_string())
        return pc.if_else(pc.equal(words, NULL), None, words).take(column.indices)
    text = column.cast(pa.large_string())
    return pc.if_else(pc.equal(text, NULL), None, text)
