"""What to take from events so that all rules can be run: fields by source, and where the whole text is read."""

from collections.abc import Iterator

from rempart.detection.events import TEXT, TIME, Reading
from rempart.detection.logsources import entities
from rempart.detection.rules.form import Compiled, Expression, Leaf, OtherField


def reading(compiled: Compiled) -> Reading:
    """Return the fields that rules read of each source, that correlations carry, and that tell who and where."""
    fields: dict[str, set[str]] = {}
    text: set[str] = set()
    for rule in compiled.rules:
        for scope in rule.scopes:
            wanted = fields.setdefault(scope.source, set())
            for number in predicates(scope.condition):
                one = compiled.predicates[number]
                if one.field == TEXT:
                    text.add(scope.source)
                elif one.field != TIME:
                    wanted.add(one.field)
                if isinstance(one.test, OtherField):
                    wanted.add(one.test.field)
    for _, natives in compiled.carried:
        for source, _, native in natives:
            fields.setdefault(source, set()).add(native)
    for source, wanted in fields.items():
        found = entities(source)
        wanted.update(found.host, found.user, found.address, found.time)
    return Reading({source: frozenset(names) for source, names in fields.items()}, frozenset(text))


def predicates(condition: Expression) -> Iterator[int]:
    """Yield the numbers of the predicates of a condition."""
    waiting = [condition]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Leaf):
            yield one.predicate
        else:
            waiting.extend(one.of if isinstance(one.of, tuple) else (one.of,))
