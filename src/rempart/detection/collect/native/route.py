"""From spans to classes: where an event says it comes from, its code, its moment; what nobody knows yet is noted."""

from typing import NamedTuple

from rempart.detection.collect.native.moments import NO_MOMENT, moment
from rempart.detection.collect.native.paths import FIELD, MARKS, ORDER, ROLE, Tree, about
from rempart.detection.collect.native.raw import compiled, get, get32, hashed, put
from rempart.detection.collect.native.scan import (
    END,
    EVENT,
    EVENT_SPANS,
    EVENTS,
    KIND,
    NODE,
    NULL,
    SPAN,
    START,
    WRITTEN,
    Out,
)

CHANNEL, CODE, MOMENT = 1, 2, 3
"""Roles of a node."""
TIMES = 24
"""Moments an event may hold, in the order of preference."""
RECEIVED, STAMPED, LOCAL = 21, 22, 23
"""Three of them: when it was received by a clock without zone, and by one with; the local time of the machine."""
_QUARTER = 900 * 1_000_000

CLASS, TIME = range(2)
ROUTED = 2
"""Columns of a routed event."""
NEW_MARKS, NEW_CHANNEL, NEW_CHANNEL_END, NEW_CODE, NEW_CODE_END, NEW_HASH, NEW_ORDER = range(7)
NEW = 7
"""Columns of a class nobody knows."""
UNKNOWN, DROPPED, FIRST_SLOT = 0, 1, 2
"""In the table of slots: not decided yet, not wanted, and from there on (slot * RANKS + rank)."""
RANKS = 8


class Routes(NamedTuple):
    """Addresses: known classes by hash, their slots by field, and where to note what is new.

    Attributes:
        hashes, numbers: of `mask` + 1 places: the hash of a class (0: free) and its number.
        slots: int32, one row of `fields` a class.
        routed: of ROUTED columns, one row an event.
        classes: of NEW columns, `new_rows` at most.
        pairs: of two columns: a class and a field whose slot is not decided.
        counts: rows used of `classes` and `pairs`.
        times: scratch, twice TIMES.

    """

    hashes: int
    numbers: int
    mask: int
    slots: int
    fields: int
    routed: int
    classes: int
    pairs: int
    counts: int
    times: int
    new_rows: int
    seed: int


@compiled
def class_of(routes: Routes, key: int) -> int:
    """Return the number of a class by its hash, -1 if it is new."""
    place = key & routes.mask
    while True:
        found = get(routes.hashes, place)
        if found == key:
            return get(routes.numbers, place)
        if found == 0:
            return -1
        place = (place + 1) & routes.mask


@compiled
def _moment(times: int) -> int:
    """Return the moment of an event: the best it has; a local one is moved by what its collector's two clocks say."""
    for order in range(RECEIVED):
        if get(times, order) != NO_MOMENT:
            return get(times, order)
    local, received, stamped = get(times, LOCAL), get(times, RECEIVED), get(times, STAMPED)
    if local == NO_MOMENT:
        return stamped if stamped != NO_MOMENT else received
    if get(times, TIMES + LOCAL) or stamped == NO_MOMENT:
        return local
    if received == NO_MOMENT or get(times, TIMES + RECEIVED):
        return stamped
    return local + (stamped - received + _QUARTER // 2) // _QUARTER * _QUARTER


@compiled
def _class(data: int, first: int, last: int, tree: Tree, out: Out, routes: Routes, event: int) -> int:
    """Read the roles of the spans of an event; return its class, -1 if it is new (and noted)."""
    marks, channel, code, best, code_best = 0, -1, -1, 255, 255
    for order in range(TIMES):
        put(routes.times, order, NO_MOMENT)
    for span in range(first, last):
        node = get(out.spans, span * SPAN + NODE)
        if node < 0:
            continue
        marks |= about(tree, node, MARKS)
        role = about(tree, node, ROLE)
        if role == 0 or get(out.spans, span * SPAN + KIND) & WRITTEN == NULL:
            continue
        order = about(tree, node, ORDER)
        if role == CHANNEL and order < best:
            channel, best = span, order
        elif role == CODE and order <= code_best:
            code, code_best = span, order
        elif role == MOMENT:
            value, told = moment(data, get(out.spans, span * SPAN + START), get(out.spans, span * SPAN + END))
            put(routes.times, order, value)
            put(routes.times, TIMES + order, 1 if told else 0)
    put(routes.routed, event * ROUTED + TIME, _moment(routes.times))
    at, end, code_at, code_end = 0, 0, 0, 0
    if channel >= 0:
        at, end = get(out.spans, channel * SPAN + START), get(out.spans, channel * SPAN + END)
    if code >= 0:
        code_at, code_end = get(out.spans, code * SPAN + START), get(out.spans, code * SPAN + END)
    key = hashed(data, at, end, routes.seed ^ (marks * 31 + best)) ^ (hashed(data, code_at, code_end, routes.seed) >> 1)
    key = key or 1
    number = class_of(routes, key)
    row = get(routes.counts, 0)
    if number < 0 and row < routes.new_rows:
        put(routes.classes, row * NEW + NEW_MARKS, marks)
        put(routes.classes, row * NEW + NEW_CHANNEL, at)
        put(routes.classes, row * NEW + NEW_CHANNEL_END, end)
        put(routes.classes, row * NEW + NEW_CODE, code_at)
        put(routes.classes, row * NEW + NEW_CODE_END, code_end)
        put(routes.classes, row * NEW + NEW_HASH, key)
        put(routes.classes, row * NEW + NEW_ORDER, best)
        put(routes.counts, 0, row + 1)
    return number


@compiled
def route(data: int, tree: Tree, out: Out, routes: Routes) -> int:
    """Find the class and the moment of every event; return how many things were noted as new (0: all is known)."""
    put(routes.counts, 0, 0)
    put(routes.counts, 1, 0)
    for event in range(get(out.counts, EVENTS)):
        first = get(out.events, event * EVENT + EVENT_SPANS)
        last = get(out.events, (event + 1) * EVENT + EVENT_SPANS)
        number = _class(data, first, last, tree, out, routes, event)
        put(routes.routed, event * ROUTED + CLASS, number)
        if number < 0:
            continue
        for span in range(first, last):
            node = get(out.spans, span * SPAN + NODE)
            field = about(tree, node, FIELD) if node >= 0 else -1
            pair = get(routes.counts, 1)
            if field < 0 or get32(routes.slots, number * routes.fields + field) != UNKNOWN or pair >= routes.new_rows:
                continue
            put(routes.pairs, pair * 2, number)
            put(routes.pairs, pair * 2 + 1, field)
            put(routes.counts, 1, pair + 1)
    return get(routes.counts, 0) + get(routes.counts, 1)
