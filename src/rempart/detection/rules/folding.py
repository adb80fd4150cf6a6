"""What a condition is once some of its leaves are known."""

from collections.abc import Mapping

from rempart.detection.rules.form import Expression, Leaf, Not, Or


def folded(expression: Expression, known: Mapping[int, bool]) -> bool | None:
    """Return the value of an expression when some leaves are known, None when it depends on the others."""
    if isinstance(expression, Leaf):
        return known.get(expression.predicate)
    if isinstance(expression, Not):
        inner = folded(expression.of, known)
        return None if inner is None else not inner
    decides = isinstance(expression, Or)
    values = [folded(one, known) for one in expression.of]
    if decides in values:
        return decides
    return None if None in values else not decides
