"""Columns being filled, record by record, with raw values; decoded all at once when the chunk is full."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import polars as pl

from rempart.directory.attributes import Attribute
from rempart.directory.decode import decode
from rempart.directory.snapshot import TABLE_SCHEMAS

Flaws = list[tuple[int, str]]
"""Rows whose value could not be decoded, and why."""


class Column(Protocol):
    """The values of one attribute in the chunk being filled, with the rows they belong to."""

    name: str
    rows: list[int]

    def take(self, row: int, values: list[bytes]) -> None:
        """Keep the values of one record."""
        ...

    def series(self, height: int) -> pl.Series:
        """Return the column of a chunk of `height` rows, null where no record had a value."""
        ...

    def clear(self) -> Flaws:
        """Forget the chunk; return what was wrong in it."""
        ...


class Single:
    """An attribute of one value; a second one does not count."""

    def __init__(self, attribute: Attribute) -> None:
        self.name = attribute.name
        self.rows: list[int] = []
        self._attribute = attribute
        self._values: list[bytes] = []
        self._flaws: Flaws = []

    def take(self, row: int, values: list[bytes]) -> None:
        """Keep the first value of a record."""
        if values:
            self.rows.append(row)
            self._values.append(values[0])

    def series(self, height: int) -> pl.Series:
        """Return the decoded column."""
        decoded, broken = decode(self._attribute, self._values)
        self._flaws = [(self.rows[place], problem) for place, problem in broken]
        return spread(decoded, self.rows, height)

    def clear(self) -> Flaws:
        """Forget the chunk, return its flaws."""
        flaws, self.rows, self._values, self._flaws = self._flaws, [], [], []
        return flaws


class Many:
    """An attribute of several values, kept in the order of the source; broken values are left out."""

    def __init__(self, attribute: Attribute) -> None:
        self.name = attribute.name
        self.rows: list[int] = []
        self._attribute = attribute
        self._counts: list[int] = []
        self._values: list[bytes] = []
        self._flaws: Flaws = []

    def take(self, row: int, values: list[bytes]) -> None:
        """Keep the values of a record."""
        if values:
            self.rows.append(row)
            self._counts.append(len(values))
            self._values.extend(values)

    def series(self, height: int) -> pl.Series:
        """Return the decoded column of lists."""
        decoded, broken = decode(self._attribute, self._values)
        owners = np.repeat(np.array(self.rows, dtype=np.int64), self._counts)
        self._flaws = [(int(owners[place]), problem) for place, problem in broken]
        lists = (
            pl.DataFrame([decoded.alias("value"), pl.Series("row", owners)])
            .drop_nulls("value")
            .group_by("row", maintain_order=True)
            .agg("value")
        )
        return spread(lists["value"].alias(self.name), lists["row"].to_numpy(), height)

    def clear(self) -> Flaws:
        """Forget the chunk, return its flaws."""
        flaws, self.rows, self._counts, self._values, self._flaws = self._flaws, [], [], [], []
        return flaws


class Descriptors:
    """Security descriptors: most objects share a few hundred, so each distinct one is kept once."""

    name = "sd"

    def __init__(self) -> None:
        self.rows: list[int] = []
        self._seen: dict[bytes, int] = {}
        self._ids: list[int] = []

    def take(self, row: int, values: list[bytes]) -> None:
        """Keep the descriptor of a record."""
        if values:
            self.rows.append(row)
            self._ids.append(self._seen.setdefault(values[0], len(self._seen)))

    def series(self, height: int) -> pl.Series:
        """Return the rows of `table`."""
        return spread(pl.Series(self.name, self._ids, dtype=pl.UInt32), self.rows, height)

    def clear(self) -> Flaws:
        """Forget the chunk; what was seen stays."""
        self.rows, self._ids = [], []
        return []

    def rows_of(self, raw: pl.Series) -> pl.Series:
        """Return the row in `table` of each descriptor of a column of bytes, nulls kept."""
        distinct = raw.drop_nulls().unique(maintain_order=True)
        ids = [self._seen.setdefault(descriptor, len(self._seen)) for descriptor in distinct]
        known = pl.DataFrame({"raw": distinct, "sd": ids}, schema={"raw": pl.Binary, "sd": pl.UInt32})
        return raw.to_frame("raw").join(known, on="raw", how="left", maintain_order="left")["sd"]

    def table(self) -> pl.DataFrame:
        """Return the table of descriptors of a snapshot."""
        return pl.DataFrame({"sd": range(len(self._seen)), "bytes": list(self._seen)}, TABLE_SCHEMAS["descriptors"])


class _Ignored:
    """An attribute the snapshot does not keep."""

    name = ""
    rows: list[int] = []  # noqa: RUF012 — never filled

    def take(self, row: int, values: list[bytes]) -> None:
        """Forget the values."""

    def series(self, height: int) -> pl.Series:
        """Return a column of nulls."""
        return pl.Series([None] * height)

    def clear(self) -> Flaws:
        """Return no flaw."""
        return []


Ignored: Column = _Ignored()


def spread(values: pl.Series, rows: Sequence[int] | np.ndarray, height: int) -> pl.Series:
    """Return a column of `height` rows with `values` at `rows`; of two values for one row, the first stays."""
    places = np.full(height, -1, dtype=np.int64)
    backwards = np.asarray(rows, dtype=np.int64)[::-1]
    places[backwards] = np.arange(len(backwards) - 1, -1, -1)
    return values.gather(pl.Series(places).replace(-1, None))
