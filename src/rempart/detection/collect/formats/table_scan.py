"""Reading tables of text byte by byte (CSV, W3C): where the records and their cells stand. Linear, compiled."""

# ruff: noqa: FBT001, FBT003 — loops over bytes, as numba wants them

import numpy as np
from numba import njit

from rempart.detection.collect.formats.bytes import LINE_FEED, QUOTE, RETURN, Bytes, Places

MOST_QUOTED = 1 << 20
"""Bytes of one quoted cell: a quote that is not closed within is a character as another."""
MOST_COLUMNS = 1024
"""Cells of one record that are kept, and one more: that it is too wide is seen."""


@njit(cache=True, nogil=True)
def _closing(data: Bytes, place: int, multiline: bool) -> int:
    """Return the place of the quote that closes the cell opened just before a place, -1 if there is none."""
    end = min(len(data), place + MOST_QUOTED)
    while place < end:
        byte = data[place]
        if byte == QUOTE:
            if place + 1 < len(data) and data[place + 1] == QUOTE:
                place += 2
                continue
            return place
        if byte == LINE_FEED and not multiline:
            return -1
        place += 1
    return -1


@njit(cache=True, nogil=True)
def _cell(data: Bytes, place: int, separator: int, multiline: bool) -> tuple[int, int, int, int]:
    """Return start, end, escaped and the place of what ends a cell: a separator, a line feed or the end."""
    start, escaped = place, 0
    if place < len(data) and data[place] == QUOTE:
        close = _closing(data, place + 1, multiline)
        after = close + 1
        if close >= 0 and (
            after == len(data) or data[after] == separator or data[after] == LINE_FEED or data[after] == RETURN
        ):
            for at in range(place + 1, close):
                if data[at] == QUOTE:
                    escaped = 1
                    break
            while after < len(data) and data[after] != separator and data[after] != LINE_FEED:
                after += 1
            return place + 1, close, escaped, after
    while place < len(data) and data[place] != separator and data[place] != LINE_FEED:
        place += 1
    end = place
    if end > start and data[end - 1] == RETURN:
        end -= 1
    return start, end, escaped, place


@njit(cache=True, nogil=True)
def cells(data: Bytes, separator: int, multiline: bool) -> tuple[Places, Places]:
    """Find the cells of a table; lines without anything are no records.

    Args:
        data: whole records.
        separator: between the cells.
        multiline: a quoted cell may hold line feeds.

    Returns:
        rows of (record, column, start, end, escaped), and of (start, end) of each record.

    """
    separators, feeds = 0, 1
    for byte in data:
        separators += byte == separator
        feeds += byte == LINE_FEED
    most = min(separators + feeds, feeds * (MOST_COLUMNS + 1))
    found, records = np.empty((most, 5), np.int64), np.empty((feeds, 2), np.int64)
    count, record, column, place, begun = 0, 0, 0, 0, 0
    while place < len(data):
        if column == 0:
            begun = place
        start, end, escaped, stop = _cell(data, place, separator, multiline)
        ends = stop >= len(data) or data[stop] == LINE_FEED
        if ends and column == 0 and end == start and not escaped:
            place = stop + 1
            continue
        if column <= MOST_COLUMNS:
            found[count, 0], found[count, 1] = record, column
            found[count, 2], found[count, 3], found[count, 4] = start, end, escaped
            count += 1
        column += 1
        if ends:
            last = stop - 1 if stop > begun and data[stop - 1] == RETURN else stop
            records[record, 0], records[record, 1] = begun, last
            record += 1
            column = 0
        elif stop + 1 == len(data):  # a separator ends the data: one more cell, empty
            found_end = stop + 1
            records[record, 0], records[record, 1] = begun, found_end
            record += 1
            column = 0
        place = stop + 1
    return found[:count], records[:record]


@njit(cache=True, nogil=True)
def last_record(data: Bytes, separator: int) -> int:
    """Return where the last whole record of a CSV ends, 0 if none does."""
    place, last = 0, 0
    while place < len(data):
        if data[place] == QUOTE:
            close = _closing(data, place + 1, True)
            if close < 0 and len(data) - place <= MOST_QUOTED:
                return last  # it may close in what follows
        _, _, _, stop = _cell(data, place, separator, True)
        if stop >= len(data):
            return last
        if data[stop] == LINE_FEED:
            last = stop + 1
        place = stop + 1
    return last
