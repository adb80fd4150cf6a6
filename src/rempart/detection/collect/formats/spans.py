"""From places in bytes to columns of text, without copying the text."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from rempart.detection.collect.formats import bytes as loops
from rempart.detection.collect.formats.bytes import Bytes, Places
from rempart.detection.collect.formats.pairs_scan import data_pairs, spread_pairs, word_pairs

MOST_CELLS = 12_000_000
"""A frame has no more cells than that: a text of nothing but new keys must not fill the memory."""
FEWEST_FIELDS, MOST_FIELDS = 64, 1024
"""Between these, as many different keys as MOST_CELLS allows."""


class Flat(NamedTuple):
    """Texts in one buffer: the bytes, and where each text starts (one more place than texts: the end)."""

    data: Bytes
    offsets: Places


class Pairs(NamedTuple):
    """The columns of `key=value` texts, those where some value holds a backslash, and how many pairs were refused."""

    columns: dict[str, pl.Series]
    escaped: frozenset[str]
    refused: int


def frozen(data: Bytes) -> Bytes:
    """Return the array read-only: the loops are compiled for one kind."""
    data.flags.writeable = False
    return data


def flat(texts: pl.Series) -> Flat:
    """Return the texts of a String column in one buffer; a null is an empty text."""
    array = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    if not len(array):
        return Flat(np.frombuffer(b"", np.uint8), np.zeros(1, np.int64))
    _, offsets, data = array.buffers()
    places = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    content = np.frombuffer(data if data is not None else b"", np.uint8)[: places[-1]]
    return Flat(content, places.copy())


def strings(data: Bytes, starts: Places, ends: Places, there: np.ndarray | None = None) -> pl.Series:
    """Return a String column of parts of `data`; null where `there` is false."""
    made = pa.py_buffer(loops.views(data, starts, ends))
    held = None if there is None else pa.py_buffer(np.packbits(there, bitorder="little"))
    array = pa.Array.from_buffers(pa.string_view(), len(starts), [held, made, pa.py_buffer(data)])
    return pl.Series(array, dtype=pl.String)


def most_fields(rows: int) -> int:
    """Return how many different keys a frame of that many rows may have."""
    return max(FEWEST_FIELDS, min(MOST_FIELDS, MOST_CELLS // max(rows, 1)))


def gathered(texts: Flat, found: Places) -> Pairs:
    """Return one column a key from the places of pairs; of two values of a key in one text, the first.

    Args:
        texts: where the places are.
        found: rows of (text, key start, key end, value start, value end, escaped).

    """
    rows = len(texts.offsets) - 1
    found = np.ascontiguousarray(found.T)
    numbers, firsts, refused = loops.interned(texts.data, found[1], found[2], most_fields(rows))
    order, starts = loops.by_number(numbers, len(firsts))
    columns: dict[str, pl.Series] = {}
    escaped = set()
    for number, first in enumerate(firsts):
        mine = order[starts[number] : starts[number + 1]][::-1]  # so that the first of a text is written last
        name = texts.data[found[1][first] : found[2][first]].tobytes().decode("utf-8", "replace")
        begins, ends, there = np.zeros(rows, np.int64), np.zeros(rows, np.int64), np.zeros(rows, np.bool_)
        at = found[0][mine]
        begins[at], ends[at], there[at] = found[3][mine], found[4][mine], True
        columns[name] = strings(texts.data, begins, ends, there)
        if found[5][mine].any():
            escaped.add(name)
    return Pairs(columns, frozenset(escaped), int(refused))


def words(texts: pl.Series, *, audit: bool = False, comma: bool = False) -> Pairs:
    """Return the columns of texts of `key=value` between blanks (logfmt, firewalls, auditd)."""
    content = flat(texts)
    return gathered(content, word_pairs(content.data, content.offsets, audit, comma)[0])


def spread(texts: pl.Series, separator: str = " ") -> Pairs:
    """Return the columns of the extension of CEF or LEEF."""
    content = flat(texts)
    return gathered(content, spread_pairs(content.data, content.offsets, ord(separator))[0])


def unescaped(pairs: Pairs, escapes: Mapping[str, str]) -> dict[str, pl.Series]:
    """Return the columns with their escapes (two characters each) undone, in one pass."""
    columns = dict(pairs.columns)
    for name in pairs.escaped:
        columns[name] = columns[name].str.replace_many(list(escapes), list(escapes.values()))
    return columns


def without(columns: Mapping[str, pl.Series], names: Iterable[str]) -> dict[str, pl.Series]:
    """Return the columns but these, and none whose name starts by `@`: those are ours."""
    left = set(names)
    return {name: column for name, column in columns.items() if name not in left and not name.startswith("@")}


def gathered_data(texts: pl.Series) -> dict[str, pl.Series]:
    """Return the `<Data Name="...">...</Data>` of XML texts, one column a name, entities as written."""
    content = flat(texts)
    return gathered(content, data_pairs(content.data, content.offsets)[0]).columns
