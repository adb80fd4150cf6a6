"""Late tests on distinct values, each tried once a block."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rempart.detection.kernel.columns import Column, Rows
from rempart.detection.kernel.facts import Facts
from rempart.detection.kernel.late import holds
from rempart.detection.kernel.together import WORTH, Together
from rempart.detection.rules.form import Network, Number, Predicate, Regex

_UNKNOWN, _FALSE, _TRUE = range(3)


def togethers_of(predicates: Sequence[Predicate]) -> Mapping[str, Together]:
    """Return the expressions of each field that can be looked for in one pass."""
    by_field: dict[str, list[tuple[int, Regex]]] = {}
    for number, predicate in enumerate(predicates):
        if isinstance(predicate.test, Regex):
            by_field.setdefault(predicate.field, []).append((number, predicate.test))
    return {name: Together(tests) for name, tests in by_field.items()}


class Trials:
    """What was tried on the values of a block."""

    def __init__(self, predicates: Sequence[Predicate], facts: Facts, togethers: Mapping[str, Together]) -> None:
        self._predicates = predicates
        self._facts = facts
        self._togethers = togethers
        self._tried: dict[int, NDArray[np.uint8]] = {}
        self._spent: dict[str, int] = {}

    def passing(self, number: int, held: Column, values: Rows) -> Rows:
        """Return those of the values that pass a regular expression, a network or a number."""
        candidates = self._facts.candidates(number)
        if candidates is not None:
            values = values[candidates[values]]
        tried = self._of(number, held)
        if np.count_nonzero(tried[values] == _UNKNOWN):
            self._all_at_once(number, held, len(values))
        new = values[tried[values] == _UNKNOWN]
        if len(new):
            test = cast("Regex | Network | Number", self._predicates[number].test)
            tried[new] = np.where(holds(test, held.values.take(pa.array(new))), _TRUE, _FALSE)
        passing: Rows = values[tried[values] == _TRUE]
        return passing

    def _of(self, number: int, held: Column) -> NDArray[np.uint8]:
        if number not in self._tried:
            self._tried[number] = np.zeros(len(held.values), dtype=np.uint8)
        return self._tried[number]

    def _all_at_once(self, number: int, held: Column, count: int) -> None:
        """Look for all expressions of the field in all its values, once single tests have cost as much."""
        name = self._predicates[number].field
        together = self._togethers.get(name)
        if together is None or number not in together.numbers:
            return
        self._spent[name] = self._spent.get(name, 0) + count
        if self._spent[name] < WORTH * len(held.values):
            return
        for one, (passes, known) in together.found(held.raw, held.values).items():
            self._of(one, held)[known] = np.where(passes[known], _TRUE, _FALSE)
