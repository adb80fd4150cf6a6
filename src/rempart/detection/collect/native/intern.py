"""From spans to dictionaries: each distinct value of a field of a class is copied once, each cell is a number."""

from typing import NamedTuple

from rempart.detection.collect.native.paths import FIELD, Tree, about
from rempart.detection.collect.native.raw import compiled, copied, get, get32, hashed, put, put8, put32, same
from rempart.detection.collect.native.route import CLASS, FIRST_SLOT, RANKS, ROUTED, TIME, Routes
from rempart.detection.collect.native.scan import (
    END,
    ESCAPED,
    EVENT,
    EVENT_END,
    EVENT_SPANS,
    EVENT_START,
    EVENTS,
    KIND,
    MORE,
    NODE,
    NULL,
    SPAN,
    START,
    WRITTEN,
    Out,
)
from rempart.detection.collect.native.strings import unescaped
from rempart.detection.collect.native.unicode import is_ascii, is_utf8, mended

ROW_CLASS, ROW_OFFSET, ROW_LENGTH, ROW_TIME, ROW_FILE = range(5)
ROW = 5
"""Columns of a row."""
CELL_SLOT, CELL_ROW, CELL_CODE = range(3)
CELL = 3
"""Columns of a cell, int32."""
DEAD = 0xFFFFFFFF
"""The slot of a cell that a better one replaced."""
ENTRY_SLOT, ENTRY_AT, ENTRY_SIZE, ENTRY_CODE = range(4)
ENTRY = 4
"""Columns of a distinct value."""
SLOT_ROW, SLOT_CELL, SLOT_RANK, SLOT_VALUES, SLOT_LISTED, SLOT_CELLS = range(6)
SLOT = 6
"""Columns of a slot (a field of a class): the last row that has it, its first cell there, the rank of what gave it,
how many distinct values, whether some row has several, how many cells."""
ROWS, CELLS, ENTRIES, POOL, MENDED, TOTAL = range(6)
"""Places in `counts`; MENDED counts values that were no UTF-8, TOTAL the cells that live."""


class Store(NamedTuple):
    """Addresses of the tables being filled, and how much they take; `text` (int64 a class): slot of TEXT plus one."""

    rows: int
    cells: int
    entries: int
    pool: int
    table: int
    slots: int
    text: int
    counts: int
    scratch: int
    row_limit: int
    cell_limit: int
    entry_limit: int
    pool_limit: int
    mask: int
    seed: int
    file: int
    base: int


@compiled
def _entered(data: int, start: int, end: int, slot: int, store: Store) -> int:
    """Return the code of a value in its slot; a new one is copied, made UTF-8 if it is not."""
    size = end - start
    key = hashed(data, start, end, store.seed + slot)
    tag = (key >> 31) << 31
    place = key & store.mask
    while True:
        found = get(store.table, place)
        if found == 0:
            break
        if (found >> 31) << 31 == tag:
            entry = (found & 0x7FFFFFFF) - 1
            at = get(store.entries, entry * ENTRY + ENTRY_AT)
            if (
                get(store.entries, entry * ENTRY + ENTRY_SLOT) == slot
                and get(store.entries, entry * ENTRY + ENTRY_SIZE) == size
                and same(data, start, store.pool, at, size)
            ):
                return get(store.entries, entry * ENTRY + ENTRY_CODE)
        place = (place + 1) & store.mask
    entry, at = get(store.counts, ENTRIES), get(store.counts, POOL)
    code = get(store.slots, slot * SLOT + SLOT_VALUES)
    put(store.entries, entry * ENTRY + ENTRY_SLOT, slot)
    put(store.entries, entry * ENTRY + ENTRY_AT, at)
    put(store.entries, entry * ENTRY + ENTRY_SIZE, size)
    put(store.entries, entry * ENTRY + ENTRY_CODE, code)
    put(store.slots, slot * SLOT + SLOT_VALUES, code + 1)
    put(store.counts, POOL, copied(data, start, end, store.pool, at))
    put(store.counts, ENTRIES, entry + 1)
    put(store.table, place, tag | (entry + 1))
    return code


@compiled
def _code(data: int, start: int, end: int, written: int, slot: int, store: Store) -> int:
    """Return the code of a value as it is written in JSON."""
    if written == NULL:
        put8(store.scratch, 0, 0)
        return _entered(store.scratch, 0, 1, slot, store)
    if written == ESCAPED:
        end = unescaped(data, start, end, store.scratch, 0)
        data, start = store.scratch, 0
    if not is_ascii(data, start, end) and not is_utf8(data, start, end):
        put(store.counts, MENDED, get(store.counts, MENDED) + 1)
        after = mended(data, start, end, store.scratch, end + 64 if data == store.scratch else 0)
        start = end + 64 if data == store.scratch else 0
        data, end = store.scratch, after
    return _entered(data, start, end, slot, store)


@compiled
def _kept(slot: int, rank: int, row: int, more: int, store: Store) -> bool:
    """Tell whether a value is to be kept: what was there before it, if anything, is replaced, joined or better."""
    base = slot * SLOT
    if get(store.slots, base + SLOT_ROW) != row:
        put(store.slots, base + SLOT_ROW, row)
        put(store.slots, base + SLOT_CELL, get(store.counts, CELLS))
        put(store.slots, base + SLOT_RANK, rank)
        return True
    before = get(store.slots, base + SLOT_RANK)
    if rank > before:
        return False
    if more and rank == before:
        put(store.slots, base + SLOT_LISTED, 1)
        return True
    for cell in range(get(store.slots, base + SLOT_CELL), get(store.counts, CELLS)):
        if get32(store.cells, cell * CELL + CELL_SLOT) == slot:
            put32(store.cells, cell * CELL + CELL_SLOT, DEAD)
            put(store.slots, base + SLOT_CELLS, get(store.slots, base + SLOT_CELLS) - 1)
    put(store.slots, base + SLOT_RANK, rank)
    return True


@compiled
def _celled(slot: int, row: int, code: int, store: Store) -> None:
    cell = get(store.counts, CELLS)
    put32(store.cells, cell * CELL + CELL_SLOT, slot)
    put32(store.cells, cell * CELL + CELL_ROW, row)
    put32(store.cells, cell * CELL + CELL_CODE, code)
    put(store.counts, CELLS, cell + 1)
    put(store.slots, slot * SLOT + SLOT_CELLS, get(store.slots, slot * SLOT + SLOT_CELLS) + 1)


@compiled
def _text(data: int, first: int, last: int, out: Out, slot: int, row: int, store: Store) -> None:
    """Join every value of an event by line feeds, as one more cell."""
    at = 0
    for span in range(first, last):
        written = get(out.spans, span * SPAN + KIND) & WRITTEN
        start, end = get(out.spans, span * SPAN + START), get(out.spans, span * SPAN + END)
        if written == NULL or start == end:
            continue
        if at:
            put8(store.scratch, at, 0x0A)
            at += 1
        if written == ESCAPED:
            at = unescaped(data, start, end, store.scratch, at)
        else:
            at = copied(data, start, end, store.scratch, at)
    start = 0
    if not is_ascii(store.scratch, 0, at) and not is_utf8(store.scratch, 0, at):
        start = at + 64
        at = mended(store.scratch, 0, at, store.scratch, start)
    _celled(slot, row, _entered(store.scratch, start, at, slot, store), store)


@compiled
def _has_room(first: int, last: int, size: int, store: Store) -> bool:
    """Tell whether the tables take an event of that many spans and bytes, whatever it holds (U+FFFD takes three)."""
    spans = last - first + 1
    return (
        get(store.counts, ROWS) < store.row_limit
        and get(store.counts, CELLS) + spans < store.cell_limit
        and get(store.counts, ENTRIES) + spans < store.entry_limit
        and get(store.counts, POOL) + 6 * size + 2 * spans + 64 < store.pool_limit
    )


@compiled
def intern(data: int, event: int, tree: Tree, out: Out, routes: Routes, store: Store) -> int:
    """Take the cells of the events from `event` on; return the first that was not taken, for want of room."""
    events = get(out.counts, EVENTS)
    while event < events:
        first, last = get(out.events, event * EVENT + EVENT_SPANS), get(out.events, (event + 1) * EVENT + EVENT_SPANS)
        start, end = get(out.events, event * EVENT + EVENT_START), get(out.events, event * EVENT + EVENT_END)
        if not _has_room(first, last, end - start, store):
            return event
        row, number = get(store.counts, ROWS), get(routes.routed, event * ROUTED + CLASS)
        put(store.rows, row * ROW + ROW_CLASS, number)
        put(store.rows, row * ROW + ROW_OFFSET, store.base + start)
        put(store.rows, row * ROW + ROW_LENGTH, end - start)
        put(store.rows, row * ROW + ROW_TIME, get(routes.routed, event * ROUTED + TIME))
        put(store.rows, row * ROW + ROW_FILE, store.file)
        put(store.counts, ROWS, row + 1)
        for span in range(first, last):
            node = get(out.spans, span * SPAN + NODE)
            field = about(tree, node, FIELD) if node >= 0 else -1
            wanted = get32(routes.slots, number * routes.fields + field) - FIRST_SLOT if field >= 0 else -1
            if wanted < 0:
                continue
            kind = get(out.spans, span * SPAN + KIND)
            slot = wanted // RANKS
            if _kept(slot, wanted % RANKS, row, kind & MORE, store):
                at, stop = get(out.spans, span * SPAN + START), get(out.spans, span * SPAN + END)
                _celled(slot, row, _code(data, at, stop, kind & WRITTEN, slot, store), store)
        text = get(store.text, number) - 1
        if text >= 0:
            put(store.slots, text * SLOT + SLOT_ROW, row)
            _text(data, first, last, out, text, row, store)
        event += 1
    return event
