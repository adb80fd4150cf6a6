"""A block's fields as distinct values, and which rows hold each of them."""

from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from rempart.detection.kernel.text import Text, beyond_ascii, lowered, text_of

Rows = NDArray[np.int32]
ABSENT = -1
_SORT_BELOW = 16  # fewer rows than one in so many: sorting them costs less than walking all


class Column:
    """One field of a block.

    Attributes:
        values: distinct texts, none null; an explicit null is the text NULL among them.
        codes: for each entry the number of its value, ABSENT where there is none.
        entry_rows: the row of each entry, increasing; None when entries are the rows: no list of values.
        there: rows where the field is there, null included.

    """

    def __init__(self, values: pa.Array, codes: Rows, entry_rows: Rows | None, there: NDArray[np.bool_]) -> None:
        self.values = values
        self.codes = codes
        self.entry_rows = entry_rows
        self.there = there
        self.rows = len(there)

    @cached_property
    def raw(self) -> Text:
        """The values as written."""
        return text_of(self.values)

    @cached_property
    def beyond(self) -> NDArray[np.bool_]:
        """Which values hold a character beyond ASCII."""
        return beyond_ascii(self.raw)

    @cached_property
    def lowered(self) -> Text:
        """The values after `str.lower`."""
        return lowered(self.raw)

    @cached_property
    def nulls(self) -> Rows:
        """Numbers of the values that are an explicit null."""
        data, places = self.raw
        short = np.flatnonzero(np.diff(places) == 1)
        return short[data[places[short]] == 0].astype(np.int32) if len(short) else short.astype(np.int32)

    @cached_property
    def _by_value(self) -> tuple[NDArray[np.int64], Rows]:
        bounds, entries = _counted(self.codes, len(self.values))
        return bounds, entries if self.entry_rows is None else self.entry_rows[entries]

    def counts(self) -> NDArray[np.int64]:
        """Return how many rows hold each value."""
        return np.diff(self._by_value[0])

    def rows_of(self, values: Rows, alive: Rows | None) -> Rows:
        """Return the rows (among `alive`, None: all), increasing, that hold one of these values."""
        if not len(values):
            return values
        if self.entry_rows is not None:
            rows = np.unique(_gathered(values, *self._by_value))
            return rows if alive is None else rows[self.mask(alive)[rows]]
        if alive is None:
            bounds, by_value = self._by_value
            if int((bounds[values + 1] - bounds[values]).sum()) * _SORT_BELOW < self.rows:
                return np.sort(_gathered(values, bounds, by_value))
        flags = np.zeros(len(self.values) + 1, dtype=np.bool_)  # the last one answers for ABSENT
        flags[values] = True
        return np.flatnonzero(flags[self.codes]).astype(np.int32) if alive is None else alive[flags[self.codes[alive]]]

    def values_in(self, alive: Rows | None) -> Rows:
        """Return the distinct values that these rows hold, without the explicit null."""
        flags = np.zeros(len(self.values) + 1, dtype=np.bool_)
        if alive is None:
            flags[self.codes] = True
        elif self.entry_rows is None:
            flags[self.codes[alive]] = True
        else:
            flags[self.codes[self.mask(alive)[self.entry_rows]]] = True
        flags[self.nulls] = False
        return np.flatnonzero(flags[:-1]).astype(np.int32)

    def entries(self, alive: Rows) -> tuple[Rows, Rows]:
        """Return the rows and the values of what these rows hold, without the explicit null."""
        if self.entry_rows is None:
            rows, codes = alive, self.codes[alive]
        else:
            kept = self.mask(alive)[self.entry_rows]
            rows, codes = self.entry_rows[kept], self.codes[kept]
        kept = (codes != ABSENT) & ~np.isin(codes, self.nulls)
        return rows[kept], codes[kept]

    def mask(self, rows: Rows) -> NDArray[np.bool_]:
        """Return a flag a row of the block."""
        flags = np.zeros(self.rows, dtype=np.bool_)
        flags[rows] = True
        return flags


def column(batch: pa.RecordBatch, name: str) -> Column | None:
    """Return a field of the block, None when no event has it."""
    at = batch.schema.get_field_index(name)
    if at < 0:
        return None
    array = batch.column(at)
    if array.null_count == len(array):
        return None
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        rows = pc.list_parent_indices(array).to_numpy(zero_copy_only=False).astype(np.int32)
        values, codes = _encoded(pc.list_flatten(array))
        return Column(values, codes, rows, array.is_valid().to_numpy(zero_copy_only=False))
    values, codes = _encoded(array)
    return Column(values, codes, None, codes != ABSENT)


def _encoded(array: pa.Array) -> tuple[pa.Array, Rows]:
    """Return distinct values and codes; those of a dictionary come free."""
    if not pa.types.is_dictionary(array.type):
        if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
            array = array.cast(pa.large_string())
        array = array.dictionary_encode()
    values = array.dictionary
    indices = array.indices
    codes = (indices.fill_null(ABSENT) if indices.null_count else indices).to_numpy(zero_copy_only=False)
    codes = codes.astype(np.int32)  # a copy: one kind of array for the compiled passes, not two
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        values = values.cast(pa.large_string())
    return _used(values, codes)


def _used(values: pa.Array, codes: Rows) -> tuple[pa.Array, Rows]:
    """Leave out the values of a dictionary that no row holds (a slice of a block) and null ones."""
    if len(values) <= len(codes) and not values.null_count:
        return values, codes
    used = np.zeros(len(values) + 1, dtype=np.bool_)
    used[codes] = True
    used[-1] = False
    used[:-1] &= values.is_valid().to_numpy(zero_copy_only=False)
    renumbered = np.full(len(used), ABSENT, dtype=np.int32)
    renumbered[used] = np.arange(np.count_nonzero(used), dtype=np.int32)
    return values.take(pa.array(np.flatnonzero(used))), renumbered[codes]


@njit(cache=True, nogil=True)
def _counted(codes: Rows, count: int) -> tuple[NDArray[np.int64], Rows]:  # pragma: no cover - compiled
    """Sort entries by value, and keep their order within one."""
    bounds = np.zeros(count + 1, dtype=np.int64)
    for code in codes:
        if code >= 0:
            bounds[code + 1] += 1
    for value in range(count):
        bounds[value + 1] += bounds[value]
    following = bounds[:-1].copy()
    out = np.empty(bounds[-1], dtype=np.int32)
    for entry in range(len(codes)):
        code = codes[entry]
        if code >= 0:
            out[following[code]] = entry
            following[code] += 1
    return bounds, out


@njit(cache=True, nogil=True)
def _gathered(values: Rows, bounds: NDArray[np.int64], rows: Rows) -> Rows:  # pragma: no cover - compiled
    """Return the rows of these values, one value after the other."""
    size = 0
    for value in values:
        size += bounds[value + 1] - bounds[value]
    out = np.empty(size, dtype=np.int32)
    at = 0
    for value in values:
        for one in range(bounds[value], bounds[value + 1]):
            out[at] = rows[one]
            at += 1
    return out
