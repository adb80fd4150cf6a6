"""Conditions on a block: folded first with what the facts say, then evaluated as sets of rows, cheapest parts first."""

from collections.abc import Mapping

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rempart.detection.kernel.columns import Column, Rows
from rempart.detection.kernel.facts import NONE, UNSURE, Facts
from rempart.detection.kernel.late import moment, other_field
from rempart.detection.kernel.program import AND, LEAF, NOT, Nodes, Program
from rempart.detection.kernel.together import Together
from rempart.detection.kernel.trials import Trials
from rempart.detection.rules.form import Exists, Nothing, OtherField, Pattern, TimePart

WORTH_SKIPPING = 1 << 18
"""Bytes of text from which it pays to ask first whether a rule still needs a field."""


class Evaluation:
    """The conditions of a program on one block."""

    def __init__(self, program: Program, facts: Facts, togethers: Mapping[str, Together]) -> None:
        self._program = program
        self._facts = facts
        self._count = facts.batch.num_rows
        self._all = np.arange(self._count, dtype=np.int32)
        self._trials = Trials(program.predicates, facts, togethers)
        self._kept: dict[int, Rows] = {}
        self._bounds: tuple[NDArray[np.float64], NDArray[np.float64]]

    def rules(self) -> list[Rows]:
        """Return the rows that each rule of the program matches.

        Raises:
            TooMany: the block is too large.

        """
        alive = self._fold()
        for key in self._facts.unread():
            held = self._facts.columns[key[0]]
            if held is not None and held.raw.places[-1] >= WORTH_SKIPPING:
                alive = self._fold()
            fields = self._program.fields_of_rules
            if any(key[0] in fields[rule] for rule in alive):
                self._facts.read(key)
        out = [NONE] * len(self._program.rules)
        for rule in self._fold():
            out[rule] = self._rows(int(self._program.roots[rule]), None)
        return out

    def holding(self, number: int) -> Rows:
        """Return the rows on which one predicate holds."""
        predicate = self._program.predicates[number]
        for key in self._facts.unread():
            if isinstance(predicate.test, Pattern) and key == (predicate.field, predicate.test.cased):
                self._facts.read(key)
        return self._leaf(number, None) if self._facts.most[number] else NONE

    def _fold(self) -> NDArray[np.intp]:
        """Return the rules that may still match; literals that were not found are false."""
        facts = self._facts
        self._bounds = folded(self._program.nodes, facts.most, facts.least, float(self._count))
        return np.flatnonzero(self._bounds[0][self._program.roots] > 0)

    def _rows(self, node: int, alive: Rows | None) -> Rows:
        """Return the rows, among those alive (None: all), on which a condition holds."""
        most, least = self._bounds
        if most[node] <= 0:
            return NONE
        if least[node] >= self._count:
            return self._all if alive is None else alive
        nodes = self._program.nodes
        kind = nodes.kinds[node]
        if kind == LEAF:
            return self._leaf(int(nodes.predicates[node]), alive)
        parts = nodes.parts[nodes.bounds[node] : nodes.bounds[node + 1]]
        if kind == NOT:
            return self._without(alive, self._rows(int(parts[0]), alive))
        if alive is None:
            if node not in self._kept:
                self._kept[node] = self._and(parts, None) if kind == AND else self._or(parts, None)
            return self._kept[node]
        return self._and(parts, alive) if kind == AND else self._or(parts, alive)

    def _and(self, parts: NDArray[np.int32], alive: Rows | None) -> Rows:
        """Take the rarest part first, and stop when nothing is left."""
        for part in parts[np.argsort(self._bounds[0][parts], kind="stable")]:
            alive = self._rows(int(part), alive)
            if not len(alive):
                break
        return self._all if alive is None else alive

    def _or(self, parts: NDArray[np.int32], alive: Rows | None) -> Rows:
        """Take together the parts that are known, then try the others on the rows that are left."""
        most = self._bounds[0][parts]
        early, late = parts[(most > 0) & (most < UNSURE)], parts[most == UNSURE]
        found = self._union(early, alive)
        for part in late:
            left = self._without(alive, found)
            if not len(left):
                break
            found = _merged(self._count, [found, self._rows(int(part), left)])
        return found

    def _union(self, parts: NDArray[np.int32], alive: Rows | None) -> Rows:
        """Join parts; patterns of one field are joined as values before they become rows."""
        nodes, predicates = self._program.nodes, self._program.predicates
        by_field: dict[str, list[Rows]] = {}
        several: list[Rows] = []
        for part in parts:
            number = int(nodes.predicates[part])
            if nodes.kinds[part] == LEAF and isinstance(predicates[number].test, Pattern):
                by_field.setdefault(predicates[number].field, []).append(self._facts.values(number))
            else:
                several.append(self._rows(int(part), alive))
        for name, values in by_field.items():
            held = self._held(name)
            several.append(held.rows_of(values[0] if len(values) == 1 else _merged(len(held.values), values), alive))
        return _merged(self._count, several)

    def _without(self, alive: Rows | None, taken: Rows) -> Rows:
        if not len(taken):
            return self._all if alive is None else alive
        flags = np.ones(self._count, dtype=np.bool_)
        flags[taken] = False
        return np.flatnonzero(flags).astype(np.int32) if alive is None else alive[flags[alive]]

    def _leaf(self, number: int, alive: Rows | None) -> Rows:
        predicate = self._program.predicates[number]
        test = predicate.test
        if isinstance(test, Pattern):
            return self._held(predicate.field).rows_of(self._facts.values(number), alive)
        among = self._all if alive is None else alive
        if isinstance(test, Nothing | Exists):
            rows = self._facts.presence(number)
            return rows if alive is None else _common(self._count, rows, alive)
        if isinstance(test, TimePart):
            return moment(test, self._facts.batch, among)
        if isinstance(test, OtherField):
            other = self._facts.columns[test.field]
            return NONE if other is None else other_field(test, self._held(predicate.field), other, among)
        held = self._held(predicate.field)
        return held.rows_of(self._trials.passing(number, held, held.values_in(alive)), alive)

    def _held(self, name: str) -> Column:
        held = self._facts.columns[name]
        if held is None:
            raise LookupError(name)
        return held


def _merged(count: int, several: list[Rows]) -> Rows:
    """Return the union of sets of numbers below `count`."""
    several = [rows for rows in several if len(rows)]
    if len(several) <= 1:
        return several[0] if several else NONE
    flags = np.zeros(count, dtype=np.bool_)
    for rows in several:
        flags[rows] = True
    return np.flatnonzero(flags).astype(np.int32)


def _common(count: int, rows: Rows, alive: Rows) -> Rows:
    flags = np.zeros(count, dtype=np.bool_)
    flags[rows] = True
    return alive[flags[alive]]


@njit(cache=True, nogil=True)
def folded(
    nodes: Nodes, most: NDArray[np.float64], least: NDArray[np.float64], count: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # pragma: no cover - compiled
    """Return for every condition the rows it holds on, at most and at least; infinite when something must be tried."""
    upper = np.empty(len(nodes.kinds))
    lower = np.empty(len(nodes.kinds))
    for node in range(len(nodes.kinds)):
        kind = nodes.kinds[node]
        parts = nodes.parts[nodes.bounds[node] : nodes.bounds[node + 1]]
        if kind == LEAF:
            upper[node], lower[node] = most[nodes.predicates[node]], least[nodes.predicates[node]]
        elif kind == NOT:
            inner_upper, inner_lower = upper[parts[0]], lower[parts[0]]
            upper[node] = UNSURE if inner_upper == UNSURE and inner_lower < count else count - inner_lower
            lower[node] = 0.0 if inner_upper > 0 else count
        elif kind == AND:
            upper[node], lower[node] = count, count
            for part in parts:
                upper[node] = min(upper[node], upper[part])
                lower[node] = lower[node] if lower[part] >= count else 0.0
        else:
            upper[node], lower[node] = 0.0, 0.0
            for part in parts:
                upper[node] += upper[part]
                lower[node] = max(lower[node], lower[part])
    return upper, lower
