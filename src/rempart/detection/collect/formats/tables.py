"""From a table of text to a frame: its columns named by a header, each record led back to its place."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from rempart.detection.collect.formats import bytes as loops
from rempart.detection.collect.formats.lines import LINE, LONGEST, Text, text_of
from rempart.detection.collect.formats.spans import MOST_FIELDS, strings
from rempart.detection.collect.formats.table_scan import cells
from rempart.detection.events import LENGTH, OFFSET

WIDTH = "@width"
"""Column: how many cells a record has."""


class Scanned(NamedTuple):
    """The places of the cells of a table: the text, (record, column, start, end, escaped), (start, end) of records."""

    text: Text
    cells: loops.Places
    records: loops.Places


def scanned(data: bytes, separator: str, *, multiline: bool) -> Scanned:
    """Find the cells of a table."""
    text = text_of(data)
    found, records = cells(text.raw, ord(separator), multiline)
    return Scanned(text, found, records)


def raw(table: Scanned, start: int, end: int) -> str:
    """Return a part of the text between two places of the raw bytes."""
    first, last = table.text.at(np.array([start, end]))
    return table.text.bytes[first:last].tobytes().decode("utf-8", "replace")


def row(table: Scanned, number: int) -> list[str]:
    """Return the cells of one record: a header."""
    mine = table.cells[table.cells[:, 0] == number]
    return [
        raw(table, start, end).replace('""', '"' if escaped else '""')
        for _, _, start, end, escaped in mine[:MOST_FIELDS]
    ]


def frame(table: Scanned, names: Sequence[str], first: int, last: int, offset: int) -> pl.DataFrame:
    """Return the records from `first` to before `last`.

    Args:
        table: the places.
        names: of the columns; an empty one is left out, cells beyond are too.
        first: the first record.
        last: the one after the last.
        offset: of the text in the file.

    Returns:
        LINE, OFFSET, LENGTH, WIDTH, then the columns; null where a record is too short.

    """
    rows = last - first
    low, high = np.searchsorted(table.cells[:, 0], [first, last])
    mine = table.cells[low:high]
    column = np.ascontiguousarray(mine[:, 1])
    order, starts = loops.by_number(np.where(column < len(names), column, -1), len(names))
    begins, ends = (
        np.ascontiguousarray(table.records[first:last, 0]),
        np.ascontiguousarray(table.records[first:last, 1]),
    )
    widths = np.bincount(mine[:, 0] - first, minlength=rows)
    first_shown, last_shown = table.text.at(begins), table.text.at(ends).copy()
    loops.cut_ends(table.text.bytes, first_shown, last_shown, LONGEST)
    made = {
        LINE: strings(table.text.bytes, first_shown, last_shown),
        OFFSET: pl.Series(begins + offset),
        LENGTH: pl.Series((ends - begins).astype(np.int32)),
        WIDTH: pl.Series(widths.astype(np.int32)),
    }
    for number, name in enumerate(names):
        if name and name not in made:
            picked = mine[order[starts[number] : starts[number + 1]]]
            made[name] = _column(table.text, picked, first, rows)
    return pl.DataFrame(made)


def _column(text: Text, picked: loops.Places, first: int, rows: int) -> pl.Series:
    begins, ends, there = np.zeros(rows, np.int64), np.zeros(rows, np.int64), np.zeros(rows, np.bool_)
    at = picked[:, 0] - first
    begins[at], ends[at], there[at] = text.at(picked[:, 2]), text.at(picked[:, 3]), True
    loops.cut_ends(text.bytes, begins, ends, LONGEST)
    values = strings(text.bytes, begins, ends, there)
    return values.str.replace_all('""', '"', literal=True) if picked[:, 4].any() else values
