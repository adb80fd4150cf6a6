"""The tables that the compiled loops fill, and the columns made of them."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rempart.detection.collect.blocks import MOST_ROWS, Piece
from rempart.detection.collect.merging import VALUES
from rempart.detection.collect.native import emit, intern
from rempart.detection.collect.native.moments import NO_MOMENT
from rempart.detection.collect.native.raw import PADDING
from rempart.detection.events import FILE, LENGTH, MOMENT, OFFSET, TEXT, TIME, EventClass

CELLS = 3_000_000
ENTRIES = 800_000
_TABLE = 1 << 21
_FIRST_POOL = 32 << 20
SLOTS = 1 << 16
CLASSES = 1 << 12
"""How much is gathered before it is given away: cells, distinct values, their bytes; fields and classes numbered."""


class Tables:
    """Events being gathered, of any class: each value that differs is held once a class and field."""

    def __init__(self) -> None:
        self.rows = np.empty((MOST_ROWS, intern.ROW), np.int64)
        self.cells = np.empty((CELLS, intern.CELL), np.int32)
        self.entries = np.empty((ENTRIES, intern.ENTRY), np.int64)
        self.pool = np.empty(_FIRST_POOL + PADDING, np.uint8)
        self.table = np.zeros(_TABLE, np.int64)
        self.slots = np.zeros((SLOTS, intern.SLOT), np.int64)
        self.text = np.zeros(CLASSES, np.int64)
        self.counts = np.zeros(6, np.int64)
        self.scratch = np.empty(1 << 20, np.uint8)
        self.files: list[str] = []
        self.classes: list[EventClass] = []
        self.names: list[tuple[int, str]] = []
        self._class_numbers: dict[EventClass, int] = {}
        self._slot_numbers: dict[tuple[int, str], int] = {}
        self._seed = int.from_bytes(np.random.default_rng().bytes(7), "little")

    def class_number(self, event_class: EventClass) -> int:
        """Number a class."""
        number = self._class_numbers.setdefault(event_class, len(self.classes))
        if number == len(self.classes):
            self.classes.append(event_class)
            if number + 1 >= self.text.size:
                self.text = np.concatenate([self.text, np.zeros_like(self.text)])
        return number

    def slot_number(self, number: int, name: str) -> int:
        """Number a field of a class."""
        slot = self._slot_numbers.setdefault((number, name), len(self.names))
        if slot == len(self.names):
            if slot >= len(self.slots):
                self.slots = np.concatenate([self.slots, np.zeros_like(self.slots)])
            self.slots[slot] = 0
            self.slots[slot, intern.SLOT_ROW] = -1
            self.names.append((number, name))
        return slot

    @property
    def crowded(self) -> bool:
        """Whether classes or fields are so many that all must be given away and numbered again."""
        return len(self.names) > SLOTS or len(self.classes) > CLASSES

    def store(self, file: str, base: int, largest: int) -> intern.Store:
        """Return what compiled loops take; events of up to `largest` bytes find room once the tables are empty."""
        if not self.files or self.files[-1] != file:
            self.files.append(file)
        if self.pool.size < 8 * largest + _FIRST_POOL and not self.counts[intern.POOL]:
            self.pool = np.empty(8 * largest + _FIRST_POOL + PADDING, np.uint8)
        if self.scratch.size < 5 * largest + (1 << 16):
            self.scratch = np.empty(5 * largest + (1 << 16), np.uint8)
        arrays = (self.rows, self.cells, self.entries, self.pool, self.table)
        others = (self.slots, self.text, self.counts, self.scratch)
        return intern.Store._make(
            [
                *(array.ctypes.data for array in (*arrays, *others)),
                *(len(self.rows), len(self.cells), len(self.entries), self.pool.size - PADDING),
                *(_TABLE - 1, self._seed, len(self.files) - 1, base),
            ]
        )

    def drain(self) -> Iterator[Piece]:
        """Give all that was gathered, class by class, and start again with empty tables."""
        if not self.counts[intern.ROWS]:
            return
        rows = self.rows[: self.counts[intern.ROWS]]
        order, starts, places = emit.ranked(rows, len(self.classes))
        made = _Made(self, places)
        pieces = [
            Piece(self.classes[number], self._batch(number, rows[order[starts[number] : starts[number + 1]]], made))
            for number in range(len(self.classes))
            if starts[number + 1] > starts[number]
        ]
        self._empty()
        yield from pieces

    def _empty(self) -> None:
        self.counts[:] = 0
        self.table = np.zeros(_TABLE, np.int64)
        self.slots[: len(self.names)] = 0
        self.slots[: len(self.names), intern.SLOT_ROW] = -1
        self.files = self.files[-1:]

    def forget(self) -> None:
        """Forget the numbers of classes and fields, once all is given away."""
        self._empty()
        self.classes, self.names = [], []
        self._class_numbers, self._slot_numbers = {}, {}
        self.text[:] = 0

    def _batch(self, number: int, rows: npt.NDArray[np.int64], made: "_Made") -> pa.RecordBatch:
        times = rows[:, intern.ROW_TIME]
        files = pa.array(rows[:, intern.ROW_FILE].astype(np.int32))
        columns: dict[str, pa.Array] = {
            FILE: pa.DictionaryArray.from_arrays(files, pa.array(self.files, pa.string())),
            OFFSET: pa.array(np.ascontiguousarray(rows[:, intern.ROW_OFFSET])),
            LENGTH: pa.array(rows[:, intern.ROW_LENGTH].astype(np.int32)),
            TIME: pa.array(np.ascontiguousarray(times), mask=times == NO_MOMENT).cast(MOMENT),
        }
        fields = {name: made.column(slot, len(rows)) for slot, name in made.slots_of(number)}
        if TEXT in fields:
            columns[TEXT] = fields.pop(TEXT)
        return pa.RecordBatch.from_pydict({**columns, **fields})


Sorted = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


class _Made:
    """The columns of the fields, made from cells and distinct values, both sorted by slot."""

    def __init__(self, tables: Tables, places: npt.NDArray[np.int32]) -> None:
        self._tables, self._places = tables, places
        self._cells = tables.cells[: tables.counts[intern.CELLS]]
        self._entries = tables.entries[: tables.counts[intern.ENTRIES]]
        slots = len(tables.names)
        by_slot: Callable[..., Sorted] = emit.by_slot
        self._order, self._starts = by_slot(self._cells, emit.CELLS_BY, slots)
        self._values, self._bounds = by_slot(self._entries, emit.ENTRIES_BY, slots)
        self._of_class: dict[int, list[tuple[int, str]]] = {}
        for slot, (number, name) in enumerate(tables.names):
            self._of_class.setdefault(number, []).append((slot, name))

    def slots_of(self, number: int) -> Iterator[tuple[int, str]]:
        """Yield the fields of a class that some event has."""
        for slot, name in self._of_class.get(number, ()):
            if self._starts[slot + 1] > self._starts[slot]:
                yield slot, name

    def column(self, slot: int, rows: int) -> pa.Array:
        """Return a field as a dictionary, or as lists when an event has several values of it."""
        order = self._order[self._starts[slot] : self._starts[slot + 1]]
        values, offsets = emit.values_of(
            self._entries,
            self._values[self._bounds[slot] : self._bounds[slot + 1]],
            self._tables.pool,
        )
        words = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(values))
        if self._tables.slots[slot, intern.SLOT_LISTED]:
            codes, starts, none = emit.lists_of(self._cells, order, self._places, rows)
            return pa.ListArray.from_arrays(
                pa.array(starts), words.take(pa.array(codes)), type=VALUES, mask=pa.array(none) if none.any() else None
            )
        codes, valid, absent = emit.codes_of(self._cells, order, self._places, rows)
        bitmap = pa.py_buffer(valid) if absent else None
        indices = pa.Array.from_buffers(pa.int32(), rows, [bitmap, pa.py_buffer(codes)], absent)
        return pa.DictionaryArray.from_arrays(indices, words, safe=False)
