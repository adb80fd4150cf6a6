"""What a rule asks of events, under the names Sigma gives to fields: the step between pySigma and native names."""

from dataclasses import dataclass, field

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.rule import SigmaRule

from rempart.detection.events import TEXT
from rempart.detection.rules.form import And, Expression, Leaf, Not, Or, Predicate, Test
from rempart.detection.rules.refused import Unusable
from rempart.detection.rules.values import Values
from rempart.measurement.text import Text

MOST_ASKED = 100_000
"""Tests that one rule may ask."""


@dataclass
class Table:
    """Predicates, each once.

    Attributes:
        predicates: by number.
        most: how many there may be, None for any.

    """

    predicates: list[Predicate] = field(default_factory=list)
    most: int | None = None
    _leaves: dict[Predicate, Leaf] = field(default_factory=dict)

    def leaf(self, name: str, test: Test) -> Leaf:
        """Return the leaf of a test on a field, the same for the same."""
        predicate = Predicate(name, test)
        found = self._leaves.get(predicate)
        if found is None:
            if len(self.predicates) == self.most:
                raise Unusable(Text(fr=f"plus de {self.most} valeurs", en=f"more than {self.most} values"))
            found = self._leaves[predicate] = Leaf(len(self.predicates))
            self.predicates.append(predicate)
        return found


@dataclass(frozen=True)
class Asked:
    """What a rule asks.

    Attributes:
        tests: its tests, on Sigma names, TEXT for keywords; each once.
        condition: over their numbers.

    """

    tests: tuple[Predicate, ...]
    condition: Expression

    @property
    def only_text(self) -> bool:
        """Tell whether it reads nothing but the text of events."""
        return all(one.field == TEXT for one in self.tests)


def asked(rule: SigmaRule, values: Values) -> Asked:
    """Return what a rule asks; of several conditions, one that holds is enough.

    Raises:
        Unusable: it cannot be asked; says why.
        SigmaError: its condition cannot be parsed.

    """
    found = Table(most=MOST_ASKED)
    conditions = tuple(_of(one.parsed, found, values) for one in rule.detection.parsed_condition)
    return Asked(tuple(found.predicates), either(conditions))


def _of(node: object, found: Table, values: Values) -> Expression:
    if isinstance(node, ConditionFieldEqualsValueExpression):
        name = node.field
        return flat(values.test(node.value, lambda test: found.leaf(name, test)))
    if isinstance(node, ConditionValueExpression):
        return flat(values.test(node.value, lambda test: found.leaf(TEXT, test), keyword=True))
    if isinstance(node, ConditionNOT):
        return Not(_of(node.args[0], found, values))
    if isinstance(node, ConditionAND):
        return both(tuple(_of(one, found, values) for one in node.args))
    if isinstance(node, ConditionOR):
        return either(tuple(_of(one, found, values) for one in node.args))
    raise Unusable(Text(fr="condition vide", en="empty condition"))


def both(of: tuple[Expression, ...]) -> Expression:
    """Return what holds when all hold: nested ones in one, one alone as it is."""
    parts = tuple(inner for one in of for inner in (one.of if isinstance(one, And) else (one,)))
    return parts[0] if len(parts) == 1 else And(parts)


def either(of: tuple[Expression, ...]) -> Expression:
    """Return what holds when one holds: nested ones in one, one alone as it is."""
    parts = tuple(inner for one in of for inner in (one.of if isinstance(one, Or) else (one,)))
    return parts[0] if len(parts) == 1 else Or(parts)


def flat(expression: Expression) -> Expression:
    """Return the same with nested ANDs and ORs in one."""
    if isinstance(expression, And):
        return both(tuple(flat(one) for one in expression.of))
    if isinstance(expression, Or):
        return either(tuple(flat(one) for one in expression.of))
    if isinstance(expression, Not):
        return Not(flat(expression.of))
    return expression
