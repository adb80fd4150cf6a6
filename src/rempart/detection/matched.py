"""The table that matching gives and correlation takes: one row a rule and event."""

import pyarrow as pa

from rempart.detection.events import MOMENT

CARRIED = "="
"""Before the Sigma name of a field that some correlation reads: its column in the table of matches."""

MATCHED = pa.schema(
    {
        "rule": pa.int32(),  # number in Compiled
        "source": pa.string(),
        "code": pa.string(),
        "file": pa.string(),
        "offset": pa.int64(),
        "length": pa.int32(),
        "time": MOMENT,
        "host": pa.string(),
        "user": pa.string(),
        "address": pa.string(),
    }
)
"""Then one string column `=<field>` for each field of `Compiled.carried`, null where the event lacks it."""

CORRELATED = pa.schema(
    {
        "rule": pa.int32(),  # number in Compiled, after the simple rules
        "first": MOMENT,
        "last": MOMENT,
        "keys": pa.list_(pa.string()),  # in the order of group_by
        "measured": pa.float64(),
        "rows": pa.list_(pa.int64()),  # of the table of matches it was given, by time
    }
)


def matched_schema(carried: tuple[str, ...]) -> pa.Schema:
    """Return the schema of a table of matches that carries these fields."""
    schema = MATCHED
    for name in carried:
        schema = schema.append(pa.field(CARRIED + name, pa.string()))
    return schema
