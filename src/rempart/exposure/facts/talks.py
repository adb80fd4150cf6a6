"""What the facts about services share: the talks of one probe, read one by one, into a frame of one row an endpoint."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import polars as pl

from rempart.exposure.facts import ENDPOINT, asked
from rempart.exposure.protocols import Malformed
from rempart.exposure.snapshot import Snapshot

ENDPOINT_SCHEMA: Mapping[str, pl.DataType] = {
    "address": pl.String(),
    "port": pl.UInt16(),
    "transport": pl.String(),
    "name": pl.String(),
}
Row = dict[str, Any]
Parsed = TypeVar("Parsed")


def read_talks(snapshot: Snapshot, probe: str, reader: Callable[[bytes], Parsed]) -> Iterator[tuple[Row, Row, Parsed]]:
    """Yield endpoint columns, the whole observation and what `reader` makes of it, for the answers that can be read.

    A loop over observations: each is bytes of its own to parse.
    """
    for row in asked(snapshot, probe).iter_rows(named=True):
        if not row["received"]:
            continue
        try:
            parsed = reader(row["received"])
        except Malformed:
            continue
        yield {column: row[column] for column in ENDPOINT}, row, parsed


def detail_of(row: Row) -> Row:
    """Return what the probe said beside the bytes of an observation."""
    found: Row = json.loads(row["detail"] or "{}")
    return found


def in_tls(row: Row) -> bool:
    """Tell whether the talk of an observation was inside TLS."""
    return "tls" in detail_of(row)


def frame(rows: list[Row], columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return rows as a frame with the endpoint's columns first; the last of equal rows is kept once."""
    return pl.DataFrame(rows, schema={**ENDPOINT_SCHEMA, **columns}, orient="row").unique(maintain_order=True)


def merged(rows: list[Row], columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return one row an endpoint: of each column, the last value that is known."""
    found = frame(rows, columns)
    return found.group_by(ENDPOINT, maintain_order=True).agg(pl.col(column).drop_nulls().last() for column in columns)
