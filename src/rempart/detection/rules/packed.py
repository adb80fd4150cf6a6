"""The compiled form as bytes: MessagePack, so that reading it runs nothing, whoever wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

import msgpack

from rempart.detection.rules.form import (
    About,
    And,
    Compare,
    Compiled,
    Correlation,
    Exists,
    Expression,
    Gather,
    Leaf,
    Network,
    Not,
    Nothing,
    Number,
    Or,
    OtherField,
    Pattern,
    Predicate,
    Refusal,
    Regex,
    Rule,
    Scope,
    Test,
    TimePart,
    Wildcard,
)
from rempart.measurement.text import Text

_MAGIC = b"rempart-rules-1\n"
_SUM = 32  # bytes of a SHA-256
_ANY, _ONE = 0, 1  # wildcards among the literal parts of a pattern
_AND, _OR, _NOT = 0, 1, 2

_KINDS: tuple[type[Test], ...] = (Pattern, Regex, Network, Number, Nothing, Exists, OtherField, TimePart)
_NUMBER = {kind: number for number, kind in enumerate(_KINDS)}
_FIELDS: Mapping[type, tuple[str, ...]] = {kind: tuple(one.name for one in fields(kind)) for kind in (*_KINDS, About)}

Made = TypeVar("Made")


class Unreadable(Exception):  # noqa: N818 — the cache is made again, nobody is told
    """These bytes are no compiled form of this version."""


def pack(compiled: Compiled) -> bytes:
    """Return the bytes of a compiled form."""
    nodes = _Nodes()
    content = {
        "predicates": [[one.field, _NUMBER[type(one.test)], *_test(one.test)] for one in compiled.predicates],
        "rules": [
            [_plain(one.about), [[at.source, at.codes, nodes.number(at.condition)] for at in one.scopes], one.alone]
            for one in compiled.rules
        ],
        "correlations": [_correlation(one, nodes) for one in compiled.correlations],
        "nodes": nodes.rows,
        "refusals": [[it.pack, it.path, it.title, it.reason.fr, it.reason.en] for it in compiled.refusals],
        "notes": [[it.pack, it.path, it.title, it.reason.fr, it.reason.en] for it in compiled.notes],
        "carried": compiled.carried,
        "digest": compiled.digest,
    }
    packed: bytes = msgpack.packb(content)
    return _MAGIC + sha256(packed).digest() + packed


def unpack(content: bytes) -> Compiled:
    """Return the compiled form of bytes.

    Raises:
        Unreadable: they are cut, altered, or of another version.

    """
    start = len(_MAGIC) + _SUM
    packed = memoryview(content)[start:]
    if not content.startswith(_MAGIC) or sha256(packed).digest() != content[len(_MAGIC) : start]:
        raise Unreadable
    try:
        told = msgpack.unpackb(packed, use_list=False, strict_map_key=True)
        return _compiled(told)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise Unreadable from error


class _Nodes:
    """The nodes of all conditions, each once, children first: [kind, child...], a leaf by its predicate's number."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, ...] | int] = []
        self._numbers: dict[tuple[int, ...] | int, int] = {}

    def number(self, expression: Expression) -> int:
        """Return the number of an expression."""
        if isinstance(expression, Leaf):
            return self._row(expression.predicate)
        if isinstance(expression, Not):
            return self._row((_NOT, self.number(expression.of)))
        kind = _AND if isinstance(expression, And) else _OR
        return self._row((kind, *(self.number(one) for one in expression.of)))

    def _row(self, row: tuple[int, ...] | int) -> int:
        found = self._numbers.get(row)
        if found is None:
            found = self._numbers[row] = len(self.rows)
            self.rows.append(row)
        return found


def _plain(made: About | Test) -> list[Any]:
    return [getattr(made, name) for name in _FIELDS[type(made)]]


def _test(test: Test) -> list[Any]:
    if isinstance(test, Pattern):
        marks = {Wildcard.ANY: _ANY, Wildcard.ONE: _ONE}
        return [[marks[part] if isinstance(part, Wildcard) else part for part in test.parts], test.cased]
    return _plain(test)


def _correlation(one: Correlation, nodes: _Nodes) -> list[Any]:
    return [
        _plain(one.about),
        one.gather,
        one.rules,
        one.group_by,
        one.aliases,
        one.timespan.total_seconds(),
        one.condition,
        None if one.formula is None else nodes.number(one.formula),
        one.field,
        one.percentile,
        one.alone,
    ]


def _made(kind: type[Made], **values: object) -> Made:
    """Make a frozen object at once: its constructor sets each field apart, three times slower on 100 000 of them."""
    made = object.__new__(kind)
    made.__dict__.update(values)
    return made


def _written(kind: type[Made], first: str, one: object, second: str, two: object) -> Made:
    """Make a frozen object of two fields, the quickest way: there are 60 000 of them."""
    made = object.__new__(kind)
    held = made.__dict__
    held[first] = one
    held[second] = two
    return made


def _compiled(told: Mapping[str, Any]) -> Compiled:
    leaves = [_made(Leaf, predicate=number) for number in range(len(told["predicates"]))]
    nodes: list[Expression] = []
    for row in told["nodes"]:
        nodes.append(leaves[row] if isinstance(row, int) else _expression(row, nodes))
    return Compiled(
        predicates=tuple(_predicate(row) for row in told["predicates"]),
        rules=tuple(_rule(row, nodes) for row in told["rules"]),
        correlations=tuple(_gathered(row, nodes) for row in told["correlations"]),
        refusals=tuple(_refusal(row) for row in told["refusals"]),
        carried=told["carried"],
        digest=told["digest"],
        notes=tuple(_refusal(row) for row in told["notes"]),
    )


def _expression(row: Sequence[int], nodes: Sequence[Expression]) -> Expression:
    kind, *children = row
    if kind == _NOT:
        return Not(nodes[children[0]])
    of = tuple([nodes[child] for child in children])
    return _made(And, of=of) if kind == _AND else _made(Or, of=of)


_TEXTS = frozenset({str})
_MARKS = {_ANY: Wildcard.ANY, _ONE: Wildcard.ONE}


def _predicate(row: Sequence[Any]) -> Predicate:
    field, number, *values = row
    if number == _NUMBER[Pattern]:
        parts, cased = values
        if not _TEXTS.issuperset(map(type, parts)):
            parts = tuple([_MARKS.get(part, part) for part in parts])
        return _written(Predicate, "field", field, "test", _written(Pattern, "parts", parts, "cased", cased))
    kind: Any = _KINDS[number]
    named = dict(zip(_FIELDS[kind], values, strict=True))
    if "compare" in named:
        named["compare"] = Compare(named["compare"])
    return Predicate(field, kind(**named))


def _about(row: Sequence[Any]) -> About:
    return _made(About, **dict(zip(_FIELDS[About], row, strict=True)))


def _rule(row: Sequence[Any], nodes: Sequence[Expression]) -> Rule:
    about, scopes, alone = row
    at = tuple([_made(Scope, source=it, codes=codes, condition=nodes[node]) for it, codes, node in scopes])
    return _made(Rule, about=_about(about), scopes=at, alone=alone)


def _gathered(row: Sequence[Any], nodes: Sequence[Expression]) -> Correlation:
    about, gather, rules, group_by, aliases, seconds, condition, formula, field, percentile, alone = row
    return Correlation(
        about=_about(about),
        gather=Gather(gather),
        rules=rules,
        group_by=group_by,
        aliases=aliases,
        timespan=timedelta(seconds=seconds),
        condition=tuple((Compare(compare), value) for compare, value in condition),
        formula=None if formula is None else nodes[formula],
        field=field,
        percentile=percentile,
        alone=alone,
    )


def _refusal(row: Sequence[str]) -> Refusal:
    pack_name, path, title, fr, en = row
    return Refusal(pack_name, path, title, Text(fr=fr, en=en))
