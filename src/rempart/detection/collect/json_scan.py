"""JSON to pieces: the bytes are walked once by compiled loops, which come back here only for what they never met."""

from collections.abc import Iterator

import numpy as np

from rempart.detection.census import Census
from rempart.detection.collect.blocks import Piece
from rempart.detection.collect.names import is_provider, names
from rempart.detection.collect.native import intern, route, scan
from rempart.detection.collect.native.raw import PADDING
from rempart.detection.collect.native.strings import SHORT
from rempart.detection.collect.paths import Paths
from rempart.detection.collect.tables import CLASSES, Tables
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
_DROPPED_IN_STORE = frozenset({"Message"})
"""Windows' own sentence about an event: its fields say the same, and it is half of the bytes."""


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
        self.out = scan.Out(
            *(a.ctypes.data for a in (self._spans, self._events, self._novel, self._flaws, self._stack, self.counts)),
            *(_SPANS, _EVENTS, _NOVEL, _FLAWS),
        )

    def slab(self, view: "View", at: int, limit: int) -> Iterator[Piece]:
        """Read the events that start before `limit`; `view.at` then says where to go on, `view.short` what is left."""
        while True:
            self.counts[:] = 0
            self.counts[scan.CLOSED] = self.paths.closed
            after, why = scan.scan(view.address, at, limit, view.end, view.lines, self.paths.tree, self.out)
            if not self._learned(view) and not self._routed_all(view):
                break
        view.at, view.short = after, why == SHORT
        self._tell(view)
        event = 0
        while event < self.counts[scan.EVENTS]:
            store = self.tables.store(view.file, view.base, LARGEST if view.end > SLAB else view.end)
            first = int(self.tables.counts[intern.ROWS])
            done = intern.intern(view.address, event, self.paths.tree, self.out, self._routes(), store)
            if view.numbers is not None:
                self._number(view, event, done, first)
            event = done
            if event < self.counts[scan.EVENTS]:
                yield from self.tables.drain()
        if self.tables.crowded:
            yield from self.tables.drain()
            self._forget()

    def _routes(self) -> route.Routes:
        arrays = (self._routed, self._classes, self._pairs, self._new, self._times)
        return route.Routes(
            self._hashes.ctypes.data,
            self._numbers.ctypes.data,
            _ROUTES - 1,
            self._slots.ctypes.data,
            self._slots.shape[1],
            *(array.ctypes.data for array in arrays),
            _NEW,
            self._seed,
        )

    def _learned(self, view: "View") -> bool:
        """Learn the keys never met; tell whether there were any."""
        count = int(self.counts[scan.NOVEL])
        for parent, start, end in self._novel[:count].tolist():
            self.paths.learn(parent, view.bytes(start, end))
        if self.paths.closed and count:
            view.census.flaw(view.place(0), "more different keys than any honest log has: the others are left out")
        return count > 0

    def _routed_all(self, view: "View") -> bool:
        """Route the events; learn classes and fields until all are known. Tell whether to walk again for more fields."""
        again = False
        while True:
            self._room()
            if not route.route(view.address, self.paths.tree, self.out, self._routes()):
                return again
            for row in self._classes[: self._new[0]].tolist():
                again = self._learn_class(view, row) or again
            for number, field in self._pairs[: self._new[1]].tolist():
                self._slots[number, field] = self._slot(number, field)
            if again and not self._new[0] and not self._new[1]:
                return again

    def _room(self) -> None:
        """Make the table of slots as large as classes and fields need."""
        rows, columns = self._slots.shape
        need = (max(rows, 2 * len(self.tables.classes) + _NEW // 8), max(columns, 2 * len(self.paths.fields)))
        if len(self.tables.classes) + _NEW >= rows or len(self.paths.fields) >= columns:
            larger = np.zeros((max(need[0], len(self.tables.classes) + _NEW + 1), need[1]), np.int32)
            larger[:rows, :columns] = self._slots
            self._slots = larger

    def _learn_class(self, view: "View", row: list[int]) -> bool:
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

    def _class(self, marks: int, channel: str, code: str, order: int, view: "View") -> EventClass:
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
        source, taken = event_class.source, self.wanted.fields(*event_class)
        native = name
        if not self._takes(name, taken):
            for alias, known, order in names().aliases(source):
                if alias == name and (self.wanted.every_field or known in taken):
                    native, rank = known, min(3 + order, route.RANKS - 1)
                    break
            else:
                return route.DROPPED
        elif self.wanted.every_field:
            alias_of = next((one for one in names().aliases(source) if one[0] == name and one[2] == 0), None)
            if alias_of is not None:
                native, rank = alias_of[1], min(3 + alias_of[2], route.RANKS - 1)
        slot = self.tables.slot_number(number, native)
        return route.FIRST_SLOT + slot * route.RANKS + rank

    def _takes(self, name: str, taken: frozenset[str]) -> bool:
        if self.wanted.every_field:
            return name not in _DROPPED_IN_STORE
        return name in taken

    def _tell(self, view: "View") -> None:
        """Count the flaws of the slab."""
        for at, why in self._flaws[: self.counts[scan.FLAWS]].tolist():
            problem = "longer than 16 MiB" if why == scan.FULL else "not a JSON object, or cut short"
            view.census.flaw(view.place(at), problem)
        if mended := int(self.tables.counts[intern.MENDED]):
            view.census.flaw(view.place(0), "values that were not UTF-8 were read with U+FFFD", mended)
            self.tables.counts[intern.MENDED] = 0

    def _number(self, view: "View", first: int, last: int, row: int) -> None:
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

    @property
    def full(self) -> bool:
        """Whether the next class might find no place."""
        return self._known > _ROUTES // 2 or len(self.tables.classes) > CLASSES - _NEW

    def drain(self) -> Iterator[Piece]:
        """Give all that was gathered."""
        yield from self.tables.drain()


def _code(code: str) -> str:
    """Return an EventID as decimal text; what is none is no code (`EventID` is still a field)."""
    return str(int(code)) if code.isascii() and code.isdecimal() and len(code) < _CODE_DIGITS else ""


class View:
    """The bytes being walked: a buffer that ends with spare zeros, and what they are of.

    Attributes:
        base: offset, in the file, of the first byte of the buffer.
        end: of the bytes.
        lines: every event is a line.
        at, short: where the walk stopped, and whether an event was cut there.
        source: what was declared that the events are, None: as they say.
        numbers: numbers of the records and where each starts, for a container without offsets.

    """

    def __init__(self, file: str, census: Census, size: int = 8 << 20) -> None:
        self.file, self.census = file, census
        self.buffer = np.zeros(size + PADDING, np.uint8)
        self.base = self.end = self.at = 0
        self.lines = True
        self.short = False
        self.source: str | None = None
        self.numbers: tuple[np.ndarray, np.ndarray] | None = None  # type: ignore[type-arg]

    @property
    def address(self) -> int:
        """Where the buffer is."""
        return int(self.buffer.ctypes.data)

    def bytes(self, start: int, end: int) -> bytes:
        """Return some of the bytes."""
        return self.buffer[start:end].tobytes()

    def text(self, start: int, end: int) -> str:
        """Return some of the bytes as text, a few hundred at most."""
        return self.bytes(start, min(end, start + 512)).decode("utf-8", "replace")

    def place(self, at: int) -> str:
        """Return the place of a flaw."""
        return f"{self.file}:{self.base + at}"

    def number_at(self, starts: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        """Return the numbers of the records that start there."""
        if self.numbers is None:
            raise ValueError("records without numbers")
        numbers, begins = self.numbers
        return numbers[np.searchsorted(begins, starts, side="right") - 1]

    def take(self, data: bytes) -> None:
        """Put more bytes after those that are left from `at` on."""
        left = self.end - self.at
        size = left + len(data)
        target = self.buffer if self.buffer.size >= size + PADDING else np.zeros(size + (4 << 20) + PADDING, np.uint8)
        target[:left] = self.buffer[self.at : self.end].copy()
        target[left:size] = np.frombuffer(data, np.uint8)
        target[size : size + PADDING] = 0
        self.buffer = target
        self.base += self.at
        self.at, self.end = 0, size
