"""The rules that look at one class of events, as one graph of shared conditions, what the class settles folded away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rempart.detection.events import EventClass, covers
from rempart.detection.kernel.constants import known, settled
from rempart.detection.rules.form import (
    And,
    Compiled,
    Exists,
    Expression,
    Leaf,
    Not,
    Nothing,
    Or,
    OtherField,
    Predicate,
    Scope,
    TimePart,
)

LEAF, AND, OR, NOT = range(4)


class Nodes(NamedTuple):
    """Conditions, each after what it is made of; equal ones are one.

    Attributes:
        kinds: LEAF, AND, OR or NOT.
        predicates: of a LEAF, the number of its predicate in the program.
        bounds: the parts of node n are `parts[bounds[n]:bounds[n + 1]]`.
        parts: nodes.

    """

    kinds: NDArray[np.uint8]
    predicates: NDArray[np.int32]
    bounds: NDArray[np.int32]
    parts: NDArray[np.int32]


@dataclass(frozen=True)
class Program:
    """What a machine runs.

    Attributes:
        event_class: the class of its events.
        predicates: the tests, each once.
        rules: numbers of the rules, increasing; those that can't match here are left out.
        roots: their conditions.
        nodes: all conditions.

    """

    event_class: EventClass
    predicates: tuple[Predicate, ...]
    rules: NDArray[np.int32]
    roots: NDArray[np.int32]
    nodes: Nodes

    @cached_property
    def fields(self) -> Mapping[str, NDArray[np.int32]]:
        """The fields read, and the predicates that are false when no event has them."""
        by_field: dict[str, list[int]] = {}
        for number, predicate in enumerate(self.predicates):
            by_field.setdefault(predicate.field, [])
            if isinstance(predicate.test, OtherField):
                by_field.setdefault(predicate.test.field, []).append(number)
            if not isinstance(predicate.test, TimePart):
                by_field[predicate.field].append(number)
        return {name: np.array(numbers, dtype=np.int32) for name, numbers in by_field.items()}

    @cached_property
    def of_presence(self) -> tuple[int, ...]:
        """The predicates that ask only whether a field is there."""
        return tuple(n for n, one in enumerate(self.predicates) if isinstance(one.test, Nothing | Exists))

    @cached_property
    def fields_of_rules(self) -> tuple[frozenset[str], ...]:
        """The fields that the condition of each rule reads."""
        held: list[frozenset[str]] = []
        for node in range(len(self.nodes.kinds)):
            if self.nodes.kinds[node] == LEAF:
                held.append(frozenset({self.predicates[self.nodes.predicates[node]].field}))
            else:
                parts = self.nodes.parts[self.nodes.bounds[node] : self.nodes.bounds[node + 1]]
                held.append(frozenset().union(*(held[part] for part in parts)))
        return tuple(held[root] for root in self.roots)


class Looking:
    """Which rules look at which class: the same answer as `Compiled.looking_at`, kept by source."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self._by_source: dict[str, list[tuple[int, Scope]]] = {}

    def at(self, event_class: EventClass) -> Iterator[tuple[int, Scope]]:
        """Yield the rules that look at a class, by number, with where they do."""
        source = event_class.source
        if source not in self._by_source:
            self._by_source[source] = [
                (number, scope)
                for number, rule in enumerate(self.compiled.rules)
                for scope in rule.scopes
                if covers(scope.source, source)
            ]
        for number, scope in self._by_source[source]:
            if scope.codes is None or event_class.code in scope.codes:
                yield number, scope


def program(compiled: Compiled, event_class: EventClass, looking: Looking | None = None) -> Program:
    """Return the program of the rules that look at a class.

    A rule with several scopes on the class matches where one of them does. `looking` spares a walk through all rules
    when many classes come.
    """
    conditions: dict[int, list[Expression]] = {}
    for number, scope in (looking or Looking(compiled)).at(event_class):
        conditions.setdefault(number, []).append(scope.condition)
    builder = _Builder(compiled.predicates, known(event_class))
    return builder.program(event_class, {rule: builder.node(Or(tuple(of))) for rule, of in sorted(conditions.items())})


def program_of(predicates: tuple[Predicate, ...], condition: Expression, event_class: EventClass) -> Program:
    """Return a program of one condition with nothing folded, to tell why it holds."""
    builder = _Builder(predicates, {})
    return builder.program(event_class, {0: builder.node(condition)})


Node = int | bool
"""A node, or a condition that is always true or always false."""


class _Builder:
    """Numbers conditions, equal ones alike."""

    def __init__(self, predicates: tuple[Predicate, ...], constants: Mapping[str, str]) -> None:
        self._all = predicates
        self._constants = constants
        self._predicates: dict[Predicate, int] = {}
        self._nodes: dict[tuple[int, int, tuple[int, ...]], int] = {}
        self._list: list[tuple[int, int, tuple[int, ...]]] = []
        self._done: dict[int, Node] = {}

    def node(self, expression: Expression) -> Node:
        """Return the node of a condition, folded."""
        match expression:
            case Leaf(number):
                if number not in self._done:
                    self._done[number] = self._leaf(self._all[number])
                return self._done[number]
            case Not(part):
                inner = self.node(part)
                return (not inner) if isinstance(inner, bool) else self._not(inner)
            case And(of):
                return self._join(AND, of)
            case Or(of):
                return self._join(OR, of)

    def _leaf(self, predicate: Predicate) -> Node:
        value = self._constants.get(predicate.field)
        truth = settled(predicate.test, value) if value is not None else None
        if truth is not None:
            return truth
        return self._number(LEAF, self._predicates.setdefault(predicate, len(self._predicates)), ())

    def _not(self, inner: int) -> int:
        kind, _, parts = self._list[inner]
        return parts[0] if kind == NOT else self._number(NOT, -1, (inner,))

    def _join(self, kind: int, of: tuple[Expression, ...]) -> Node:
        """AND and OR: what settles them settles them, what does not is dropped, the same kind inside is opened."""
        settling = kind == OR
        parts: dict[int, None] = {}
        for part in of:
            node = self.node(part)
            if isinstance(node, bool):
                if node is settling:
                    return settling
                continue
            inner_kind, _, inner = self._list[node]
            parts.update(dict.fromkeys(inner if inner_kind == kind else (node,)))
        if not parts:
            return not settling
        return next(iter(parts)) if len(parts) == 1 else self._number(kind, -1, tuple(sorted(parts)))

    def _number(self, kind: int, predicate: int, parts: tuple[int, ...]) -> int:
        key = (kind, predicate, parts)
        number = self._nodes.get(key)
        if number is None:
            number = self._nodes[key] = len(self._nodes)
            self._list.append(key)
        return number

    def program(self, event_class: EventClass, roots: Mapping[int, Node]) -> Program:
        """Return the program; a condition that is always true is an AND of nothing, one always false leaves."""
        kept = {rule: root for rule, root in roots.items() if root is not False}
        numbered = {rule: self._number(AND, -1, ()) if root is True else int(root) for rule, root in kept.items()}
        sizes = np.array([0, *(len(parts) for _, _, parts in self._list)], dtype=np.int32)
        nodes = Nodes(
            kinds=np.array([kind for kind, _, _ in self._list], dtype=np.uint8),
            predicates=np.array([predicate for _, predicate, _ in self._list], dtype=np.int32),
            bounds=np.cumsum(sizes, dtype=np.int32),
            parts=np.array([part for _, _, parts in self._list for part in parts], dtype=np.int32),
        )
        return Program(
            event_class,
            tuple(self._predicates),
            np.array(list(numbered), dtype=np.int32),
            np.array(list(numbered.values()), dtype=np.int32),
            nodes,
        )
