"""From cells to the buffers of Arrow's columns."""

from typing import Any

import numpy as np

from rempart.detection.collect.native.intern import (
    CELL_CODE,
    CELL_ROW,
    CELL_SLOT,
    ENTRY_AT,
    ENTRY_SIZE,
    ENTRY_SLOT,
    ROW_CLASS,
)
from rempart.detection.collect.native.raw import compiled


@compiled
def ranked(rows: Any, classes: int) -> tuple[Any, Any, Any]:
    """Sort rows by class: their order, where each class starts in it, and the place of each row in its class."""
    starts = np.zeros(classes + 1, np.int64)
    places = np.empty(len(rows), np.int32)
    for row in range(len(rows)):
        number = rows[row, ROW_CLASS]
        places[row] = starts[number + 1]
        starts[number + 1] += 1
    starts = np.cumsum(starts)
    order = np.empty(len(rows), np.int64)
    for row in range(len(rows)):
        order[starts[rows[row, ROW_CLASS]] + places[row]] = row
    return order, starts, places


@compiled
def by_slot(table: Any, column: int, slots: int) -> tuple[Any, Any]:
    """Sort the rows of a table by the slot in a column, those without (negative) left out: order, and starts."""
    starts = np.zeros(slots + 1, np.int64)
    for row in range(len(table)):
        if table[row, column] >= 0:
            starts[table[row, column] + 1] += 1
    starts = np.cumsum(starts)
    order = np.empty(starts[-1], np.int64)
    used = starts[:-1].copy()
    for row in range(len(table)):
        slot = table[row, column]
        if slot >= 0:
            order[used[slot]] = row
            used[slot] += 1
    return order, starts


@compiled
def codes_of(cells: Any, order: Any, places: Any, rows: int) -> tuple[Any, Any, int]:
    """Return the codes of a column of single values, its bitmap of validity, and how many rows lack one."""
    codes = np.zeros(rows, np.int32)
    valid = np.zeros((rows + 7) // 8, np.uint8)
    for cell in order:
        row = places[cells[cell, CELL_ROW]]
        codes[row] = cells[cell, CELL_CODE]
        valid[row >> 3] |= np.uint8(1 << (row & 7))
    return codes, valid, rows - len(order)


@compiled
def lists_of(cells: Any, order: Any, places: Any, rows: int) -> tuple[Any, Any, Any]:
    """Return the codes of a column of lists one after the other, where each row's begin, and which rows have none."""
    sizes = np.zeros(rows + 1, np.int32)
    codes = np.empty(len(order), np.int32)
    for index, cell in enumerate(order):
        sizes[places[cells[cell, CELL_ROW]] + 1] += 1
        codes[index] = cells[cell, CELL_CODE]
    return codes, np.cumsum(sizes).astype(np.int32), sizes[1:] == 0


@compiled
def values_of(entries: Any, order: Any, pool: Any) -> tuple[Any, Any]:
    """Return the distinct values of a column, one after the other, and where each begins."""
    offsets = np.zeros(len(order) + 1, np.int32)
    for index, entry in enumerate(order):
        offsets[index + 1] = offsets[index] + entries[entry, ENTRY_SIZE]
    values = np.empty(offsets[-1], np.uint8)
    for index, entry in enumerate(order):
        start = entries[entry, ENTRY_AT]
        for place in range(entries[entry, ENTRY_SIZE]):
            values[offsets[index] + place] = pool[start + place]
    return values, offsets


CELLS_BY, ENTRIES_BY = CELL_SLOT, ENTRY_SLOT
"""The columns that `by_slot` sorts by."""
