"""The table of matches as arrays: in one order, its words numbered, its moments as integers."""

from functools import cached_property

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rempart.detection.events import NULL
from rempart.detection.matched import CARRIED

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

UNDATED = np.int64(np.iinfo(np.int64).min)
"""The moment of an event that says none."""
GREATEST = 2.0**62
"""A value of this size or more is not taken for a number: no quantity of a log is so large, some identifiers are."""


def order_of(matched: pa.Table) -> Ints:
    """Return the rows of a table of matches by time, then file, place in it, and rule; undated ones last.

    Every engine gives its matches in this order, so that the same logs give the same table on one machine or on many.
    """
    columns = matched.select(["time", "file", "offset", "rule"])
    frame = pl.DataFrame(columns)
    if frame.height < 2 or _ordered(frame):  # noqa: PLR2004 — one row is in order
        return np.arange(frame.height, dtype=np.int64)
    ranked = pl.arg_sort_by("time", "file", "offset", "rule", nulls_last=True, maintain_order=True)
    return frame.select(ranked).to_series().to_numpy().astype(np.int64)


def in_order(matched: pa.Table) -> pa.Table:
    """Return the same matches in the order of `order_of`."""
    return matched.take(pa.array(order_of(matched)))


def _ordered(frame: pl.DataFrame) -> bool:
    """Tell whether moments strictly increase, the cheap case where nothing is left to sort."""
    time = frame["time"]
    return time.null_count() == 0 and bool((np.diff(time.to_physical().to_numpy()) > 0).all())


class Matches:
    """A table of matches in the order of `order_of`, as arrays.

    Attributes:
        table: the table.
        rule: number of the rule of each row.
        time: moment of each row, microseconds since 1970, UNDATED where unknown.

    Args:
        numbers: number of each word known before; new words are added to it.

    """

    def __init__(self, table: pa.Table, numbers: dict[str, int] | None = None) -> None:
        self.table = table
        self.rule: Ints = table["rule"].to_numpy().astype(np.int64)
        self.time: Ints = np.asarray(pc.fill_null(table["time"].cast(pa.int64()), int(UNDATED)), dtype=np.int64)
        self._numbers: dict[str, int] = {} if numbers is None else numbers
        self._codes: dict[str, Ints] = {}
        self._quantities: dict[str, Floats] = {}

    @cached_property
    def event(self) -> Ints:
        """The number of the event of each row: rows of one event (same file, place and moment) share it."""
        files = pc.dictionary_encode(self.table["file"].combine_chunks()).indices.to_numpy()
        offsets = self.table["offset"].to_numpy()
        new = np.ones(len(files), dtype=bool)
        new[1:] = (np.diff(self.time) != 0) | (np.diff(files) != 0) | (np.diff(offsets) != 0)
        return np.cumsum(new)

    @property
    def words(self) -> int:
        """How many words were numbered so far."""
        return len(self._numbers)

    def codes(self, field: str) -> Ints:
        """Return the number of the value of each row for a Sigma field; -1 where the event lacks it or holds a null.

        Values that Sigma takes for equal (`str.lower`) share a number, in whatever field they stand.
        """
        if field not in self._codes:
            self._codes[field] = self._encoded(field)
        return self._codes[field]

    def _encoded(self, field: str) -> Ints:
        if CARRIED + field not in self.table.column_names:
            return np.full(self.table.num_rows, -1, dtype=np.int64)
        column = self.table[CARRIED + field].combine_chunks()
        encoded = pc.dictionary_encode(column)
        known = [-1 if word == NULL else self._number(word.lower()) for word in encoded.dictionary.to_pylist()]
        numbers = np.array([*known, -1], dtype=np.int64)  # the last one for the index -1: a null
        return numbers[np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int64)]

    def _number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers))

    def word(self, number: int) -> str:
        """Return the word of that number, lower-cased."""
        return next(word for word, own in self._numbers.items() if own == number)

    def quantities(self, field: str) -> Floats:
        """Return the value of each row for a Sigma field read as a decimal number, NaN where it is none."""
        if field not in self._quantities:
            self._quantities[field] = self._read(field)
        return self._quantities[field]

    def _read(self, field: str) -> Floats:
        if CARRIED + field not in self.table.column_names:
            return np.full(self.table.num_rows, np.nan)
        column = pl.Series(self.table[CARRIED + field].combine_chunks())
        read: Floats = column.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy().astype(np.float64)
        return np.where(np.abs(read) < GREATEST, read, np.nan)

    def written(self, field: str, row: int) -> str:
        """Return the value of a row for a Sigma field, as the log writes it."""
        return str(self.table[CARRIED + field][row].as_py())
