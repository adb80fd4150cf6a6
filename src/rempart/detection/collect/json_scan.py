"""JSON to pieces: the bytes are walked once by compiled loops, which come back here only for what they never met."""

from collections.abc import Iterator

import numpy as np

from rempart.detection.collect.blocks import Piece
from rempart.detection.collect.names import is_provider, names
from rempart.detection.collect.native import intern, route, scan
from rempart.detection.collect.native.strings import SHORT
from rempart.detection.collect.paths import Paths
from rempart.detection.collect.tables import Tables
from rempart.detection.collect.view import View
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import TEXT, EventClass
from rempart.detection.logsources import source_of_channel

SLAB = 2 << 20
"""Bytes whose events are walked, routed and gathered together: they stay in the cache of the processor."""
LARGEST = 16 << 20
"""No event is longer."""
_SPANS, _EVENTS, _NOVEL, _FLAWS, _NEW = 1 << 17, 1 << 14, 4096, 1024, 4096
_ROUTES = 1 << 16
_FIELDS = 1024
_CODE_DIGITS = 10
_SAID_TWICE = dict.fromkeys(("windows/sysmon", "windows/security", "windows/powershell"), frozenset({"Message"}))
"""Fields a store leaves out unless they are asked by name: a template filled with the other fields of these sources.
It is half of the bytes. Elsewhere the message is often all there is."""


class Scanner:
    """What one thread needs to read JSON, kept from file to file: the keys it knows, and the tables it fills."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        reading = wanted.reading
        first = frozenset().union(*reading.fields.values()) if reading.fields else frozenset()
        self.paths = Paths(names(), first, everything=wanted.every_field or bool(reading.text))
        self.tables = Tables()
        self._spans = np.zeros((_SPANS, scan.SPAN), np.int64)
        self._events = np.zeros((_EVENTS + 1, scan.EVENT), np.int64)
        self._novel = np.zeros((_NOVEL, 3), np.int64)
        self._flaws = np.zeros((_FLAWS, 2), np.int64)
        self._stack = np.zeros((scan.DEEPEST, scan.FRAME), np.int64)
        self.counts = np.zeros(5, np.int64)
        self._hashes = np.zeros(_ROUTES, np.int64)
        self._numbers = np.zeros(_ROUTES, np.int64)
        self._slots = np.zeros((64, _FIELDS), np.int32)
        self._routed = np.zeros((_EVENTS, route.ROUTED), np.int64)
        self._classes = np.zeros((_NEW, route.NEW), np.int64)
        self._pairs = np.zeros((_NEW, 2), np.int64)
        self._new = np.zeros(2, np.int64)
        self._times = np.zeros(2 * route.TIMES, np.int64)
        self._seed = int.from_bytes(np.random.default_rng().bytes(7), "little")
        self._known = 0
        self.out = scan.Out._make(
            [
                *(
                    a.ctypes.data
                    for a in (self._spans, self._events, self._novel, self._flaws, self._stack, self.counts)
                ),
                _SPANS,
                _EVENTS,
                _NOVEL,
                _FLAWS,
            ]
        )

    def slab(self, view: View, at: int, limit: int) -> Iterator[Piece]:
        """Read the events that start before `limit`; `view.at` then says where to go on, `view.short` what is left."""
        while True:
            self.counts[:] = 0
            self.counts[scan.CLOSED] = self.paths.closed
            after, why = scan.scan(view.address, at, limit, view.end, view.lines, self.paths.tree, self.out)
            if not self._learned(view) and not self._routed_all(view):
                break
        view.at, view.short = after, why == SHORT
        self._tell(view)
        sizes = self._events[: self.counts[scan.EVENTS], scan.EVENT_END] - self._events[: self.counts[scan.EVENTS], 0]
        longest = int(sizes.max(initial=0))
        event = 0
        while event < self.counts[scan.EVENTS]:
            store = self.tables.store(view.file, view.base, longest)
            first = int(self.tables.counts[intern.ROWS])
            done = intern.intern(view.address, event, self.paths.tree, self.out, self._routes(), store)
            if view.numbers is not None:
                self._number(view, event, done, first)
            self._tell_mended(view, at)
            event = done
            if event < self.counts[scan.EVENTS]:
                yield from self.tables.drain()
        if self.tables.crowded or self._known > _ROUTES // 4:
            yield from self.tables.drain()
            self._forget()

    def _routes(self) -> route.Routes:
        arrays = (self._routed, self._classes, self._pairs, self._new, self._times)
        return route.Routes._make(
            [
                self._hashes.ctypes.data,
                self._numbers.ctypes.data,
                _ROUTES - 1,
                self._slots.ctypes.data,
                self._slots.shape[1],
                *(array.ctypes.data for array in arrays),
                _NEW,
                self._seed,
            ]
        )

    def _learned(self, view: View) -> bool:
        """Learn the keys never met; tell whether there were any."""
        count = int(self.counts[scan.NOVEL])
        for parent, start, end in self._novel[:count].tolist():
            self.paths.learn(parent, view.some(start, end))
        if self.paths.closed and count:
            view.census.flaw(view.place(0), "more different keys than any honest log has: the others are left out")
        return count > 0

    def _routed_all(self, view: View) -> bool:
        """Route the events, learning classes and fields; tell whether to walk again for more fields."""
        again = False
        while True:
            self._room()
            if not route.route(view.address, self.paths.tree, self.out, self._routes()):
                return again
            for row in self._classes[: self._new[0]].tolist():
                again = self._learn_class(view, row) or again
            self._room()
            for number, field in self._pairs[: self._new[1]].tolist():
                self._slots[number, field] = self._slot(number, field)
            if again and not self._new[0] and not self._new[1]:
                return again

    def _room(self) -> None:
        """Make the table of slots as large as classes and fields need."""
        rows, columns = self._slots.shape
        classes, fields = len(self.tables.classes), len(self.paths.fields)
        if classes < rows and fields <= columns:
            return
        larger = np.zeros((max(rows, 2 * classes), max(columns, 2 * fields)), np.int32)
        larger[:rows, :columns] = self._slots
        self._slots = larger

    def _learn_class(self, view: View, row: list[int]) -> bool:
        """Number a class never met; tell whether it wants fields that were not taken until now."""
        marks, channel, channel_end, code, code_end, key, order = row
        event_class = self._class(marks, view.text(channel, channel_end), view.text(code, code_end), order, view)
        number = self.tables.class_number(event_class)
        place = key & (_ROUTES - 1)
        while self._hashes[place] not in {0, key}:
            place = (place + 1) & (_ROUTES - 1)
        self._known += self._hashes[place] == 0
        self._hashes[place], self._numbers[place] = key, number
        if self.wanted.text(event_class.source):
            self.tables.text[number] = self.tables.slot_number(number, TEXT) + 1
        return self.paths.want(self.wanted.fields(*event_class))

    def _class(self, marks: int, channel: str, code: str, order: int, view: View) -> EventClass:
        if view.source is not None:
            return EventClass(view.source, code)
        if channel and is_provider(order):
            channel = names().channel_of_provider(channel) or ""
            if not channel and code:
                return EventClass("windows/other", _code(code))
        if channel:
            return EventClass(source_of_channel(channel), _code(code))
        return EventClass(names().product(marks) or "unknown", "")

    def _slot(self, number: int, field: int) -> int:
        """Return what the table of slots says of a field in a class."""
        event_class, name, rank = self.tables.classes[number], self.paths.fields[field], self.paths.ranks[field]
        called = names().aliases(event_class.source).get(name, [])
        taken = self.wanted.fields(*event_class)
        if self.wanted.every_field:
            if name in _SAID_TWICE.get(event_class.source, ()) and name not in taken:
                return route.DROPPED
            called = [one for one in called if one[1] == 0]
        elif name in taken:
            called = []
        else:
            called = [one for one in called if one[0] in taken]
            if not called:
                return route.DROPPED
        if called:
            name, rank = called[0][0], min(3 + called[0][1], route.RANKS - 1)
        return route.FIRST_SLOT + self.tables.slot_number(number, name) * route.RANKS + rank

    def _tell(self, view: View) -> None:
        """Count the flaws of the slab."""
        for at, why in self._flaws[: self.counts[scan.FLAWS]].tolist():
            problem = "longer than 16 MiB" if why == scan.FULL else "not a JSON object, or cut short"
            view.census.flaw(view.place(at), problem)

    def _tell_mended(self, view: View, at: int) -> None:
        """Count the values that were not UTF-8; their events are kept."""
        if mended := int(self.tables.counts[intern.MENDED]):
            view.census.flaw(view.place(at), "values that were not UTF-8 were read with U+FFFD", mended)
            self.tables.counts[intern.MENDED] = 0

    def _number(self, view: View, first: int, last: int, row: int) -> None:
        """Put record numbers in place of offsets, where the container has no bytes of its own to point to."""
        starts = self._events[first:last, scan.EVENT_START]
        rows = self.tables.rows[row : row + last - first]
        rows[:, intern.ROW_OFFSET] = view.number_at(starts)
        rows[:, intern.ROW_LENGTH] = 0

    def _forget(self) -> None:
        self.tables.forget()
        self._hashes[:] = 0
        self._slots = np.zeros((64, self._slots.shape[1]), np.int32)
        self._known = 0

    def drain(self) -> Iterator[Piece]:
        """Give all that was gathered."""
        yield from self.tables.drain()


def _code(code: str) -> str:
    """Return an EventID as decimal text; what is none is no code (`EventID` is still a field)."""
    return str(int(code)) if code.isascii() and code.isdecimal() and len(code) < _CODE_DIGITS else ""
