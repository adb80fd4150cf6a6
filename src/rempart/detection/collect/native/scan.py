"""JSON text to spans: one walk over the bytes of many events, each value that matters noted where it stands."""

from typing import NamedTuple

from rempart.detection.collect.native.paths import (
    ENTERS,
    FIELD,
    NONE,
    PAIR_NAME,
    PAIRED,
    PARENT,
    PART,
    ROOT,
    Tree,
    about,
    place_of,
)
from rempart.detection.collect.native.raw import byte, compiled, get, line_end, put
from rempart.detection.collect.native.strings import FAULT, SHORT, gap_end, scalar_end, string_end, value_end

FULL = -3
"""The arrays are full: what was noted must be taken away first."""

NODE, START, END, KIND = range(4)
SPAN = 4
"""Columns of a span: the node of its key, where its value stands, and how it is written."""
PLAIN, ESCAPED, RAW, NULL = range(4)
"""A string without escapes, one with, a number or a word, null (or a list of nothing)."""
WRITTEN = 3
"""Bits of KIND that say how the value is written."""
MORE = 4
"""Bit of KIND: one more value of a list."""

EVENT_START, EVENT_END, EVENT_SPANS = range(3)
EVENT = 3
"""Columns of an event: where it stands, and its first span. One row more ends the spans of the last."""

DEEPEST = 64
LONGEST_KEY = 4096
"""Bytes of a key: no honest log has a longer one, and its value is left out."""
_FRAME_NODE, _FRAME_LIST, _FRAME_COUNT, _FRAME_NAME, _FRAME_NAME_END, _FRAME_SPAN = range(6)
FRAME = 6


class Out(NamedTuple):
    """Where the walk writes: addresses of arrays of int64, and how many rows they have.

    Attributes:
        spans: of SPAN columns.
        events: of EVENT columns.
        novel: of three: parent node, start and end of keys never met.
        flaws: of two: start of what is no event, and why (FAULT, SHORT, FULL).
        stack: scratch, of FRAME columns, DEEPEST rows.
        counts: used rows of the first four, and whether the table of nodes takes no more.

    """

    spans: int
    events: int
    novel: int
    flaws: int
    stack: int
    counts: int
    span_rows: int
    event_rows: int
    novel_rows: int
    flaw_rows: int


SPANS, EVENTS, NOVEL, FLAWS, CLOSED = range(5)
"""Places in `counts`."""


@compiled
def _noted(out: Out, node: int, start: int, end: int, kind: int) -> bool:
    """Write a span; False when there is no room."""
    row = get(out.counts, SPANS)
    if row >= out.span_rows:
        return False
    put(out.spans, (row) * SPAN + NODE, node)
    put(out.spans, (row) * SPAN + START, start)
    put(out.spans, (row) * SPAN + END, end)
    put(out.spans, (row) * SPAN + KIND, kind)
    put(out.counts, SPANS, row + 1)
    return True


@compiled
def _child(data: int, parent: int, start: int, end: int, tree: Tree, out: Out) -> int:
    """Return the node of a key; a new one is noted, and NONE."""
    if end - start > LONGEST_KEY:
        return NONE
    node = place_of(tree, parent, data, start, end)[0]
    if node == NONE and not get(out.counts, CLOSED) and get(out.counts, NOVEL) < out.novel_rows:
        row = get(out.counts, NOVEL)
        put(out.novel, (row) * 3 + 0, parent)
        put(out.novel, (row) * 3 + 1, start)
        put(out.novel, (row) * 3 + 2, end)
        put(out.counts, NOVEL, row + 1)
    return node


@compiled
def _pushed(out: Out, depth: int, node: int, is_list: int) -> None:
    put(out.stack, depth * FRAME + _FRAME_NODE, node)
    put(out.stack, depth * FRAME + _FRAME_LIST, is_list)
    put(out.stack, depth * FRAME + _FRAME_COUNT, 0)
    put(out.stack, depth * FRAME + _FRAME_NAME, NONE)
    put(out.stack, depth * FRAME + _FRAME_SPAN, get(out.counts, SPANS))


@compiled
def _pair_closed(data: int, depth: int, tree: Tree, out: Out) -> bool:
    """Give the values of a pair (`{"Name": ..., "#text": ...}`) to the key its name says; False: no room."""
    node = get(out.stack, depth * FRAME + _FRAME_NODE)
    name, name_end = get(out.stack, depth * FRAME + _FRAME_NAME), get(out.stack, depth * FRAME + _FRAME_NAME_END)
    first = get(out.stack, depth * FRAME + _FRAME_SPAN)
    if name < 0:
        return True
    named = _child(data, about(tree, node, PARENT), name, name_end, tree, out)
    target = named if named != NONE and about(tree, named, FIELD) != NONE else NONE
    if get(out.counts, SPANS) == first:
        return target == NONE or _noted(out, target, name, name, PLAIN)
    for row in range(first, get(out.counts, SPANS)):
        if row == first:
            put(out.spans, row * SPAN + KIND, get(out.spans, row * SPAN + KIND) & WRITTEN)
        put(out.spans, row * SPAN + NODE, target)
    return True


@compiled
def _named(out: Out, depth: int, start: int, end: int) -> None:
    """Keep the name of the pair being read: the frame of the pair is the nearest that is no list, or the one above."""
    for level in (depth, depth - 1):
        if level >= 0:
            put(out.stack, level * FRAME + _FRAME_NAME, start)
            put(out.stack, level * FRAME + _FRAME_NAME_END, end)


@compiled
def scan_event(data: int, at: int, end: int, tree: Tree, out: Out) -> int:
    """Read the object that starts at `at` (a brace); return where it ends, or FAULT, SHORT, FULL."""
    depth = 0
    more = 0
    _pushed(out, 0, ROOT, 0)
    at += 1
    while True:
        at = gap_end(data, at)
        if at >= end:
            return SHORT
        now = byte(data, at)
        is_list = get(out.stack, depth * FRAME + _FRAME_LIST)
        node = get(out.stack, depth * FRAME + _FRAME_NODE)
        count = get(out.stack, depth * FRAME + _FRAME_COUNT)
        if now == (0x5D if is_list else 0x7D):
            if not is_list and about(tree, node, PAIRED) and not _pair_closed(data, depth, tree, out):
                return FULL
            nothing = is_list and count == 0 and about(tree, node, FIELD) != NONE
            if nothing and not _noted(out, node, at, at, NULL | (MORE if more > 0 else 0)):
                return FULL
            depth -= 1
            at += 1
            if depth < 0:
                return at
            if get(out.stack, depth * FRAME + _FRAME_LIST) and get(out.stack, depth * FRAME + _FRAME_COUNT) > 1:
                more -= 1
            continue
        if count > 0:
            if now != 0x2C:
                return FAULT
            at = gap_end(data, at + 1)
        put(out.stack, depth * FRAME + _FRAME_COUNT, count + 1)
        child = node
        if not is_list:
            if byte(data, at) != 0x22:
                return SHORT if at >= end else FAULT
            close = string_end(data, at + 1, end)[0]
            if close < 0:
                return close
            child = _child(data, node, at + 1, close, tree, out)
            at = gap_end(data, close + 1)
            if byte(data, at) != 0x3A:
                return SHORT if at >= end else FAULT
            at = gap_end(data, at + 1)
        again = more > 0 or (is_list and count > 0)
        now = byte(data, at)
        if now == 0x22:
            close, escaped = string_end(data, at + 1, end)
            if close < 0:
                return close
            if child != NONE:
                if about(tree, child, PART) == PAIR_NAME:
                    _named(out, depth, at + 1, close)
                elif about(tree, child, FIELD) != NONE:
                    kind = (ESCAPED if escaped else PLAIN) | (MORE if again else 0)
                    if not _noted(out, child, at + 1, close, kind):
                        return FULL
            at = close + 1
        elif now == 0x7B or now == 0x5B:
            deeper = child != NONE and depth + 1 < DEEPEST
            if deeper and now == 0x7B:
                deeper = about(tree, child, ENTERS) != 0
            elif deeper:
                deeper = about(tree, child, ENTERS) != 0 or about(tree, child, FIELD) != NONE
            if not deeper:
                at = value_end(data, at, end)
                if at < 0:
                    return at
                continue
            depth += 1
            if is_list and count > 0:
                more += 1
            _pushed(out, depth, child, 1 if now == 0x5B else 0)
            at += 1
        else:
            close = scalar_end(data, at, end)
            if close == at:
                return SHORT if at >= end else FAULT
            if close >= end:
                return SHORT
            if child != NONE and about(tree, child, FIELD) != NONE:
                kind = NULL if byte(data, at) == 0x6E else RAW
                if not _noted(out, child, at, close, kind | (MORE if again else 0)):
                    return FULL
            at = close


@compiled
def next_event(data: int, at: int, end: int) -> int:
    """Return the brace of the next event, past commas, brackets of a list of events and white space; `end` if none."""
    while at < end:
        now = byte(data, at)
        if now == 0x7B:
            return at
        if now > 0x20 and now != 0x2C and now != 0x5B and now != 0x5D:
            return at
        at += 1
    return end


@compiled
def resumed(data: int, at: int, end: int, lines: int) -> int:
    """Return where to go on: after what is no event when its brackets close, else at a line that begins one."""
    if not lines and byte(data, at) == 0x7B:
        after = value_end(data, at, end)
        if after > 0:
            return after
    while at < end:
        at = line_end(data, at, end) + 1
        place = at
        while place < end and (byte(data, place) == 0x20 or byte(data, place) == 0x09):
            place += 1
        if lines or (place < end and byte(data, place) == 0x7B):
            return min(place, end)
    return end


@compiled
def scan(data: int, at: int, limit: int, end: int, lines: int, tree: Tree, out: Out) -> tuple[int, int]:
    """Read the events that start before `limit`; return where to go on, and why it stopped: 0, SHORT or FULL.

    With `lines`, an event ends with its line. What is no event is noted in `flaws`, and reading goes on after it.
    """
    while True:
        at = next_event(data, at, end)
        if at >= limit:
            return at, 0
        before = get(out.counts, SPANS)
        row = get(out.counts, EVENTS)
        if row + 1 >= out.event_rows or get(out.counts, FLAWS) >= out.flaw_rows:
            return at, FULL
        stop = line_end(data, at, end) if lines else end
        after = scan_event(data, at, stop, tree, out) if byte(data, at) == 0x7B else FAULT
        if (after == SHORT and stop == end) or (after == FULL and row > 0):
            put(out.counts, SPANS, before)
            return at, after
        if after < 0:
            put(out.counts, SPANS, before)
            flaw = get(out.counts, FLAWS)
            put(out.flaws, flaw * 2 + 0, at)
            put(out.flaws, flaw * 2 + 1, after)
            put(out.counts, FLAWS, flaw + 1)
            at = resumed(data, at, end, lines)
            continue
        put(out.events, row * EVENT + EVENT_START, at)
        put(out.events, row * EVENT + EVENT_END, after)
        put(out.events, row * EVENT + EVENT_SPANS, before)
        put(out.events, (row + 1) * EVENT + EVENT_SPANS, get(out.counts, SPANS))
        put(out.counts, EVENTS, row + 1)
        at = after
