"""What a temporal correlation asks of a window, as alternatives: rules that occur there, rules that do not."""

from collections.abc import Iterator
from itertools import combinations, product
from math import comb
from typing import NamedTuple

from rempart.detection.rules.form import And, Compare, Correlation, Expression, Gather, Leaf, Not, Or
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

MOST_CLAUSES = 1_000
"""Alternatives of one condition; the conditions people write have a handful."""
MOST_RULES = 62
"""Rules that one temporal correlation may gather: one bit each."""


class Clause(NamedTuple):
    """One alternative: all these rules occur in the window (in that order, for an ordered type), none of those."""

    present: tuple[int, ...]
    absent: frozenset[int]


def compare(value: float, how: Compare, limit: float) -> bool:
    """Tell whether a measure meets one comparison."""
    return {
        Compare.EQ: value == limit,
        Compare.NEQ: value != limit,
        Compare.LT: value < limit,
        Compare.LTE: value <= limit,
        Compare.GT: value > limit,
        Compare.GTE: value >= limit,
    }[how]


def clauses_of(correlation: Correlation) -> tuple[Clause, ...]:
    """Return the alternatives of a temporal correlation, over numbers of rules.

    * A formula: its disjunctive normal form, each alternative in the order of `rules`.
    * No formula and no condition: all the rules.
    * A condition (how many different rules occur): for an ordered type, as many of them as it asks at least, in order;
      otherwise none, the count alone is looked at.

    Raises:
        InputError: a condition with too many alternatives or rules.

    """
    if len(correlation.rules) > MOST_RULES:
        raise _too_large(correlation)
    if correlation.formula is not None:
        normal = _normal(correlation.formula, correlation, positive=True)
        return tuple(Clause(_sorted(clause.present, correlation), clause.absent) for clause in normal)
    if not correlation.condition:
        return (Clause(correlation.rules, frozenset()),)
    if correlation.gather is not Gather.TEMPORAL_ORDERED:
        return (Clause((), frozenset()),)
    needed = _least(correlation)
    if comb(len(correlation.rules), needed) > MOST_CLAUSES:
        raise _too_large(correlation)
    return tuple(Clause(chosen, frozenset()) for chosen in combinations(correlation.rules, needed))


def _least(correlation: Correlation) -> int:
    """Return the least number of rules that meets the condition; more than there are when none does."""
    counts = range(1, len(correlation.rules) + 1)
    meets = (count for count in counts if all(compare(count, how, limit) for how, limit in correlation.condition))
    return next(meets, len(correlation.rules) + 1)


def _sorted(rules: tuple[int, ...], correlation: Correlation) -> tuple[int, ...]:
    """Return these rules in the order in which the correlation first names them."""
    return tuple(rule for rule in dict.fromkeys(correlation.rules) if rule in rules)


def _normal(formula: Expression, correlation: Correlation, *, positive: bool) -> list[Clause]:
    """Return the disjunctive normal form of a formula, or of its contrary."""
    match formula:
        case Leaf(rule):
            return [Clause((rule,), frozenset())] if positive else [Clause((), frozenset({rule}))]
        case Not(of):
            return _normal(of, correlation, positive=not positive)
        case And(of) | Or(of):
            parts = [_normal(part, correlation, positive=positive) for part in of]
            if isinstance(formula, Or) == positive:
                return [clause for part in parts for clause in part]
            found: list[Clause] = []
            for joined in _joined(parts):
                found.append(joined)
                if len(found) > MOST_CLAUSES:
                    raise _too_large(correlation)
            return found


def _joined(parts: list[list[Clause]]) -> Iterator[Clause]:
    """Yield what takes one clause of each part, the impossible ones (a rule there and not there) left out."""
    for chosen in product(*parts):
        present = frozenset(rule for clause in chosen for rule in clause.present)
        absent = frozenset(rule for clause in chosen for rule in clause.absent)
        if not present & absent:
            yield Clause(tuple(present), absent)


def _too_large(correlation: Correlation) -> InputError:
    return InputError(
        Text(
            fr="la condition de cette corrélation a trop de cas à examiner",
            en="the condition of this correlation has too many cases to look at",
        ),
        f"{correlation.about.pack}/{correlation.about.path}",
        Text(fr="Écrivez-la en plusieurs corrélations.", en="Write it as several correlations."),
    )
