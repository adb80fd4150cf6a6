"""What a block says of each predicate: the values that pass, or that it has to be tried late."""

from collections.abc import Mapping
from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rempart.detection.kernel.columns import Column, Rows, column
from rempart.detection.kernel.globs import verified
from rempart.detection.kernel.needles import NO_LITERAL, Key, Needles
from rempart.detection.kernel.program import Program
from rempart.detection.kernel.scan import FULL, by_literal, scan
from rempart.detection.rules.form import Exists

NONE: Rows = np.zeros(0, dtype=np.int32)
UNSURE = np.inf


class TooMany(Exception):  # noqa: N818 - a way to ask for smaller blocks, not an error
    """A block holds more findings than can be held at once."""


class Facts:
    """Columns of a block and, for every predicate, an upper and a lower bound of the rows it holds on.

    Attributes:
        columns: by field, None for one that no event has.
        most: rows at most, by predicate; UNSURE when it must be tried.
        least: rows at least.

    """

    def __init__(
        self, program: Program, batch: pa.RecordBatch, needles: Mapping[Key, Needles], lock: Lock, most: int
    ) -> None:
        self.batch = batch
        self._program = program
        self._needles = needles
        self._lock = lock
        self._most = most
        self.columns: dict[str, Column | None] = {name: column(batch, name) for name in program.fields}
        self.most: NDArray[np.float64] = np.full(len(program.predicates), UNSURE)
        self.least = np.zeros(len(program.predicates))
        self._values: dict[int, Rows] = {}
        self._candidates: dict[int, NDArray[np.bool_]] = {}
        self._presence()

    def _presence(self) -> None:
        """Settle what the presence of fields alone settles."""
        for name, predicates in self._program.fields.items():
            if self.columns[name] is None:
                self.most[predicates] = 0
        for number in self._program.of_presence:
            self.most[number] = self.least[number] = len(self.presence(number))

    def presence(self, number: int) -> Rows:
        """Return the rows where a field is nothing, or exists."""
        predicate = self._program.predicates[number]
        held = self.columns[predicate.field]
        there = np.zeros(self.batch.num_rows, dtype=np.bool_) if held is None else held.there
        if isinstance(predicate.test, Exists):
            return np.flatnonzero(there).astype(np.int32)
        nothing = ~there
        if held is not None:
            nothing[held.rows_of(held.nulls, None)] = True
        return np.flatnonzero(nothing).astype(np.int32)

    def unread(self) -> list[Key]:
        """Return the fields whose patterns are still to be looked for, those with least text first."""
        keys = [key for key in self._needles if self.columns[key[0]] is not None]
        return sorted(keys, key=lambda key: int(self._column(key).raw.places[-1]))

    def read(self, key: Key) -> None:
        """Look for all patterns of a field in its distinct values.

        Raises:
            TooMany: more findings than can be held; smaller blocks have fewer.

        """
        needles, held = self._needles[key], self._column(key)
        text = held.raw if key[1] else held.lowered
        found = scan(text, needles.index(text, self._lock), self._most)
        if found.size == FULL and held.rows > 1:
            raise TooMany
        bounds, values = by_literal(found, len(needles.wanted))
        counts = held.counts()
        for predicate, required in needles.hints.items():
            self._hint(predicate, [values[bounds[one] : bounds[one + 1]] for one in required], held)
        predicates, literals = needles.served
        empty = (literals != NO_LITERAL) & (bounds[literals] == bounds[literals + 1])
        self.most[predicates[empty]] = 0
        for predicate, literal in zip(predicates[~empty].tolist(), literals[~empty].tolist(), strict=True):
            hits = values[bounds[literal] : bounds[literal + 1]] if literal != NO_LITERAL else held.values_in(None)
            glob = needles.globs.get(predicate)
            self._values[predicate] = hits if glob is None else verified(text, hits, glob)
            self.most[predicate] = counts[self._values[predicate]].sum()

    def values(self, number: int) -> Rows:
        """Return the values on which a pattern holds, once its field was read."""
        return self._values.get(number, NONE)

    def candidates(self, number: int) -> NDArray[np.bool_] | None:
        """Return which values may match a regular expression, None when nothing is known."""
        return self._candidates.get(number)

    def _hint(self, predicate: int, hits: list[Rows], held: Column) -> None:
        """Keep the values that hold what an expression requires; beyond ASCII it may be written otherwise."""
        flags = held.beyond.copy()
        for values in hits:
            flags[values] = True
        self._candidates[predicate] = flags
        if not flags.any():
            self.most[predicate] = 0

    def _column(self, key: Key) -> Column:
        held = self.columns[key[0]]
        if held is None:
            raise LookupError(key)
        return held
