"""The machine of one class of events: from a block to which rules match which rows."""

from threading import Lock
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rempart.detection.kernel.columns import Rows
from rempart.detection.kernel.evaluation import Evaluation
from rempart.detection.kernel.facts import Facts, TooMany
from rempart.detection.kernel.needles import needles_of
from rempart.detection.kernel.program import Program
from rempart.detection.kernel.trials import togethers_of


class Matches(NamedTuple):
    """Rule `rules[i]` (its number in Compiled) matches row `rows[i]`; by rule, then by row."""

    rules: Rows
    rows: Rows


NO_ROWS: Rows = np.zeros(0, dtype=np.int32)
MOST_FINDINGS = 1 << 23
"""Findings of literals held at once for a field: 64 MiB; a block that has more is taken in halves."""


class Machine:
    """Runs a program. Safe to share between threads.

    Args:
        program: the rules of one class.
        most: findings of literals held at once.

    """

    def __init__(self, program: Program, *, most: int = MOST_FINDINGS) -> None:
        self.program = program
        self._most = most
        self._needles = needles_of(program.predicates)
        self._togethers = togethers_of(program.predicates)
        self._lock = Lock()

    def match(self, batch: pa.RecordBatch) -> Matches:
        """Return which rules match which rows of a block of this class."""
        if not len(self.program.rules) or not batch.num_rows:
            return Matches(NO_ROWS, NO_ROWS)
        try:
            found = self._evaluation(batch).rules()
        except TooMany:
            return self._halves(batch)
        return _matches(self.program.rules, found)

    def holding(self, batch: pa.RecordBatch) -> list[Rows]:
        """Return, for each predicate of the program, the rows on which it holds."""
        evaluation = self._evaluation(batch)
        return [evaluation.holding(number) for number in range(len(self.program.predicates))]

    def _evaluation(self, batch: pa.RecordBatch) -> Evaluation:
        return Evaluation(
            self.program, Facts(self.program, batch, self._needles, self._lock, self._most), self._togethers
        )

    def _halves(self, batch: pa.RecordBatch) -> Matches:
        """Take a block in two: a row alone holds each literal at most once, so this ends."""
        middle = batch.num_rows // 2
        first, second = self.match(batch.slice(0, middle)), self.match(batch.slice(middle))
        rules = np.concatenate([first.rules, second.rules])
        rows = np.concatenate([first.rows, second.rows + np.int32(middle)])
        order = np.argsort(rules, kind="stable")
        return Matches(rules[order], rows[order])


def _matches(rules: NDArray[np.int32], found: list[Rows]) -> Matches:
    sizes = np.array([len(rows) for rows in found])
    return Matches(np.repeat(rules, sizes), np.concatenate(found).astype(np.int32, copy=False))
