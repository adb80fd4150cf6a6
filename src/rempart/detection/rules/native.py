"""From Sigma's names and values to those of one place where events are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rempart.detection.events import TEXT, TIME
from rempart.detection.logsources import Target, code_field, entities, source_of_channel
from rempart.detection.rules.form import (
    And,
    Exists,
    Expression,
    Leaf,
    Not,
    Nothing,
    Or,
    OtherField,
    Pattern,
    Predicate,
    Regex,
    Test,
    TimePart,
    Wildcard,
)
from rempart.detection.rules.refused import Unusable
from rempart.detection.rules.tree import Asked, Table, both, either
from rempart.detection.rules.values import pattern
from rempart.measurement.text import Text

_NUMBER_WORD = "WORD"  # DWORD, QWORD: an expression that reads numbers as Sysmon writes them
_TIMES = frozenset({"time", "timestamp", "@timestamp", "TimeCreated", "UtcTime", "EventTime", "SystemTime", "date"})


def on(target: Target, asked: Asked, table: Table) -> Expression:
    """Return what a rule asks, under the native names of a target, its demands first.

    Args:
        target: where.
        asked: what, under Sigma names.
        table: of all predicates; those that are new are added.

    Raises:
        Unusable: something in it cannot be asked there; says what.

    """
    leaves = [_native(target, one, table) for one in asked.tests]
    demands = (
        either(tuple(table.leaf(name, Pattern((value,))) for value in values))
        for name, values in target.demands.items()
    )
    return both((*demands, _written(asked.condition, leaves)))


def _written(expression: Expression, leaves: list[Expression]) -> Expression:
    if isinstance(expression, Leaf):
        return leaves[expression.predicate]
    if isinstance(expression, Not):
        return Not(_written(expression.of, leaves))
    parts = tuple(_written(one, leaves) for one in expression.of)
    return both(parts) if isinstance(expression, And) else either(parts)


def _native(target: Target, one: Predicate, table: Table) -> Expression:
    name, test = one.field, one.test
    if name == TEXT:
        return table.leaf(TEXT, test)
    if isinstance(test, TimePart):
        return table.leaf(_moment(target, name), test)
    if isinstance(test, OtherField):
        _whole(target, test.field)
        _whole(target, name)
        test = replace(test, field=target.natives(test.field)[0])
    tests = tuple(_rewritten(target, name, test))
    if name in target.joined:
        return either(tuple(_joined(target.joined[name], two, table) for two in tests))
    natives = target.natives(name)
    leaves = tuple(table.leaf(native, two) for native in natives for two in tests)
    return both(leaves) if isinstance(test, Nothing) else either(leaves)


def _moment(target: Target, name: str) -> str:
    """Return TIME: parts of a moment are read of the event's own, whatever its field is called there."""
    if name not in _TIMES and name not in entities(target.source).time:
        raise Unusable(
            Text(
                fr=f"{name} : seule la date de l'événement a une heure, un jour… qui se comparent",
                en=f"{name}: only the moment of the event has an hour, a day... that compare",
            )
        )
    return TIME


def _whole(target: Target, name: str) -> None:
    """Refuse what compares a field whose values are not written there as Sigma writes them."""
    if any(name in changed for changed in (target.values, target.begins, target.within, target.joined, target.numbers)):
        raise Unusable(
            Text(
                fr=f"{name} n'y est pas écrit de la même façon, et seul un texte simple peut être traduit",
                en=f"{name} is not written the same way there, and only plain text can be translated",
            )
        )


def _rewritten(target: Target, name: str, test: Test) -> Iterator[Test]:
    """Yield the tests that ask the same of values as they are written there: one of them that holds is enough."""
    if isinstance(test, Regex) and (name not in target.numbers or _NUMBER_WORD in test.pattern.upper()):
        _whole(target, name)
    if not isinstance(test, Pattern):
        yield test
        return
    whole = test.parts[0] if len(test.parts) == 1 and isinstance(test.parts[0], str) else ""
    meaning = target.values.get(name, {}).get(whole.lower())
    if meaning is not None:
        yield from (Pattern((one,)) for one in meaning)
        return
    bare = [part for part in test.parts if part is not Wildcard.ANY]
    alone = bare[0] if len(bare) == 1 and isinstance(bare[0], str) else ""
    number = target.numbers[name].search(alone) if name in target.numbers else None
    if number is not None:
        yield Pattern((str(int(number.group(1), 16)),))
        return
    begins, within = target.begins.get(name, {}), target.within.get(name, {})
    if begins or within:
        parts = [piece for part in test.parts for piece in _texts(part, begins, within)]
        test = pattern(parts, cased=test.cased)
    yield test


def _texts(part: str | Wildcard, begins: Mapping[str, str], within: Mapping[str, str]) -> Iterator[str | Wildcard]:
    if isinstance(part, Wildcard):
        yield part
        return
    for text, native in begins.items():
        if part.lower().startswith(text):
            yield from _wild(native)
            part = part[len(text) :]
            break
    yield from _replaced(part, within)


def _replaced(part: str, within: Mapping[str, str]) -> Iterator[str | Wildcard]:
    for text, native in within.items():
        at = part.lower().find(text)
        if at >= 0:
            yield part[:at]
            yield from _wild(native)
            yield from _replaced(part[at + len(text) :], within)
            return
    yield part


def _wild(native: str) -> Iterator[str | Wildcard]:
    yield from (Wildcard.ONE if piece == "?" else piece for piece in native)


def _joined(names: tuple[str, ...], test: Test, table: Table) -> Expression:
    """Ask a value of two fields that a backslash joins, the last of which holds none.

    Whatever stands for that backslash parts the pattern: its last literal one, or a wildcard after it.
    """
    first, last = names
    if isinstance(test, Nothing | Exists):
        return table.leaf(first, test)
    if not isinstance(test, Pattern):
        return Or(())  # a number or an address is never the path of a value
    return either(
        tuple(
            both(tuple(table.leaf(name, one) for name, one in ((first, key), (last, value)) if not _any(one)))
            for key, value in _parted(test)
        )
    )


def _any(test: Pattern) -> bool:
    return test.parts == (Wildcard.ANY,)


def _parted(test: Pattern) -> Iterator[tuple[Pattern, Pattern]]:
    parts, cased = test.parts, test.cased
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        if part is Wildcard.ANY:
            yield pattern((*parts[: at + 1],), cased=cased), pattern(parts[at:], cased=cased)
        elif part is Wildcard.ONE:
            yield pattern(parts[:at], cased=cased), pattern(parts[at + 1 :], cased=cased)
        elif "\\" in part:
            before, _, after = part.rpartition("\\")
            yield pattern((*parts[:at], before), cased=cased), pattern((after, *parts[at + 1 :]), cased=cased)
            return


def truth(target: Target, predicate: Predicate) -> bool | None:
    """Return what a predicate is for every event of a target, None when it depends on the event."""
    if predicate.field in {TEXT, TIME}:
        return None
    if not target.can_have(predicate.field):
        return isinstance(predicate.test, Nothing)
    literal = _literal(predicate.test)
    if literal is None:
        return None
    if predicate.field == "Channel" and target.source.startswith("windows/") and not target.source.endswith("*"):
        return None if source_of_channel(literal) == target.source else False
    if (
        predicate.field == code_field(target.source)
        and target.codes is not None
        and literal.upper() not in target.codes
    ):
        return False
    return None


def named(places: Sequence[Target], asked: Asked) -> tuple[Target, ...]:
    """Return the sources of the Windows channels that a rule names, native names as they are; none elsewhere."""
    if not all(target.source.startswith("windows/") for target in places):
        return ()
    channels = (_literal(one.test) for one in asked.tests if one.field == "Channel")
    return tuple(Target(source) for source in sorted({source_of_channel(name) for name in channels if name}))


def codes(target: Target, expression: Expression, predicates: Sequence[Predicate]) -> tuple[str, ...] | None:
    """Return the codes of the events that an expression can hold for, None for any.

    A rule that asks for EventID 4625 looks at no other event: so it is chosen with its class, not run on all.
    """
    name = code_field(target.source)
    found = None if name is None else _codes(expression, name, predicates)
    if found is None:
        return target.codes
    return tuple(sorted(found if target.codes is None else found & set(target.codes)))


def _codes(expression: Expression, name: str, predicates: Sequence[Predicate]) -> set[str] | None:
    if isinstance(expression, Leaf):
        predicate = predicates[expression.predicate]
        literal = _literal(predicate.test) if predicate.field == name else None
        return None if literal is None else {literal.upper()}  # codes are numbers, or types of records in capitals
    if isinstance(expression, Not):
        return None
    sets = [_codes(one, name, predicates) for one in expression.of]
    if isinstance(expression, Or):
        return None if None in sets else set().union(*(one for one in sets if one is not None))
    told = [one for one in sets if one is not None]
    return set.intersection(*told) if told else None


def _literal(test: Test) -> str | None:
    if isinstance(test, Pattern) and len(test.parts) == 1 and isinstance(test.parts[0], str):
        return test.parts[0]
    return None
