"""Why a rule matched: the tests that made its condition true, and what they found."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rempart.detection.events import NULL, TIME, EventClass
from rempart.detection.kernel.columns import column
from rempart.detection.kernel.constants import known
from rempart.detection.kernel.globs import tokens_of, verified
from rempart.detection.kernel.late import compares, holds
from rempart.detection.kernel.machine import Machine
from rempart.detection.kernel.patterns import parts_of
from rempart.detection.kernel.program import AND, LEAF, OR, program_of
from rempart.detection.kernel.text import lowered, text_of
from rempart.detection.kernel.words import shown, sought_in_words
from rempart.detection.rules.form import (
    Compiled,
    Expression,
    Network,
    Nothing,
    Number,
    Or,
    OtherField,
    Pattern,
    Predicate,
    Regex,
    TimePart,
)


class Reason(NamedTuple):
    """One reason: the field, what the rule looks for there as a person would read it, and the value, cut around it."""

    field: str
    sought: str
    value: str


class Reasons:
    """Tells why one rule matches events of a class.

    Args:
        compiled: the rules.
        rule: its number.
        event_class: the class of the events.

    """

    def __init__(self, compiled: Compiled, rule: int, event_class: EventClass) -> None:
        looking = [scope.condition for number, scope in compiled.looking_at(*event_class) if number == rule]
        condition: Expression = looking[0] if len(looking) == 1 else Or(tuple(looking))
        self._program = program_of(compiled.predicates, condition, event_class)
        self._machine = Machine(self._program)
        self._constants = known(event_class)

    def of(self, batch: pa.RecordBatch) -> list[tuple[Reason, ...]]:
        """Return the reasons of each row of a small batch; none for a row that the rule does not match."""
        if not len(self._program.roots):
            return [()] * batch.num_rows
        for name, value in self._constants.items():
            batch = _with(batch, name, value)
        truth = self._truth(batch)
        root = int(self._program.roots[0])
        return [self._row(batch, row, truth[:, row]) if truth[root, row] else () for row in range(batch.num_rows)]

    def _truth(self, batch: pa.RecordBatch) -> NDArray[np.bool_]:
        """Return whether each condition (first axis) holds on each row (second)."""
        nodes = self._program.nodes
        holding = self._machine.holding(batch)
        truth = np.zeros((len(nodes.kinds), batch.num_rows), dtype=np.bool_)
        for node, kind in enumerate(nodes.kinds):
            parts = nodes.parts[nodes.bounds[node] : nodes.bounds[node + 1]]
            if kind == LEAF:
                truth[node, holding[nodes.predicates[node]]] = True
            elif kind == AND:
                truth[node] = truth[parts].all(axis=0)
            elif kind == OR:
                truth[node] = truth[parts].any(axis=0)
            else:
                truth[node] = ~truth[parts[0]]
        return truth

    def _row(self, batch: pa.RecordBatch, row: int, truth: NDArray[np.bool_]) -> tuple[Reason, ...]:
        """Walk the true branches; what a negation kept out is no reason."""
        nodes = self._program.nodes
        reasons: dict[Reason, None] = {}
        waiting = [int(self._program.roots[0])]
        while waiting:
            node = waiting.pop(0)
            if nodes.kinds[node] == LEAF:
                reasons[_reason(batch, row, self._program.predicates[nodes.predicates[node]])] = None
            elif nodes.kinds[node] in {AND, OR}:
                parts = nodes.parts[nodes.bounds[node] : nodes.bounds[node + 1]]
                waiting.extend(int(part) for part in parts if truth[part])
        return tuple(reasons)


def _with(batch: pa.RecordBatch, name: str, value: str) -> pa.RecordBatch:
    """Return the batch with what its class says of a field."""
    array = pa.array([value] * batch.num_rows, pa.string())
    at = batch.schema.get_field_index(name)
    return batch.append_column(name, array) if at < 0 else batch.set_column(at, name, array)


def _reason(batch: pa.RecordBatch, row: int, predicate: Predicate) -> Reason:
    test = predicate.test
    if isinstance(test, TimePart):
        moment = batch.column(TIME)[row].as_py()
        return Reason(TIME, sought_in_words(test), moment.isoformat(timespec="seconds"))
    if isinstance(test, Nothing):
        return Reason(predicate.field, sought_in_words(test), "")
    texts = _texts(batch, predicate.field, row)
    passing = [text for text in texts if _passes(test, text, batch, row)]
    return Reason(predicate.field, sought_in_words(test), shown((passing or texts or [""])[0], test))


def _texts(batch: pa.RecordBatch, name: str, row: int) -> list[str]:
    held = column(batch.slice(row, 1), name)
    return [] if held is None else [text for text in held.values.to_pylist() if text != NULL]


def _passes(test: object, text: str, batch: pa.RecordBatch, row: int) -> bool:
    """Tell whether one of the values of a field is the one that passed."""
    values = pa.array([text], pa.string())
    match test:
        case Pattern(cased=cased):
            written = text_of(values)
            tokens = tokens_of(parts_of(test))
            return bool(len(verified(written if cased else lowered(written), np.zeros(1, np.int32), tokens)))
        case Regex() | Network() | Number():
            return bool(holds(test, values)[0])
        case OtherField():
            return any(compares(test, text, other) for other in _texts(batch, test.field, row))
    return True
