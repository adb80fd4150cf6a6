"""The slow, obvious evaluator: one event, one rule at a time, as the Sigma specification and `form.py` say."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from rempart.detection.events import NULL, EventClass
from rempart.detection.rules.form import (
    And,
    Compare,
    Compiled,
    Exists,
    Expression,
    Leaf,
    Network,
    Not,
    Nothing,
    Number,
    Or,
    OtherField,
    Pattern,
    Predicate,
    Regex,
    TimePart,
    Wildcard,
)

Event = Mapping[str, str | list[str]]
"""A field that is not there is absent; NULL is an explicit null."""


def compare(how: Compare, one: float, other: float) -> bool:
    return {
        Compare.EQ: one == other,
        Compare.NEQ: one != other,
        Compare.LT: one < other,
        Compare.LTE: one <= other,
        Compare.GT: one > other,
        Compare.GTE: one >= other,
    }[how]


def fits(parts: tuple[str | Wildcard, ...], value: str) -> bool:
    """Match a value with a pattern, by recursion on its parts."""
    if not parts:
        return value == ""
    first, rest = parts[0], parts[1:]
    if first is Wildcard.ANY:
        return not rest or any(fits(rest, value[at:]) for at in places(rest[0], value))
    if first is Wildcard.ONE:
        return value != "" and fits(rest, value[1:])
    return value.startswith(first) and fits(rest, value[len(first) :])


def places(part: str | Wildcard, value: str) -> Iterator[int]:
    """Where that part may begin."""
    if isinstance(part, Wildcard):
        yield from range(len(value) + 1)
        return
    at = value.find(part)
    while at >= 0:
        yield at
        at = value.find(part, at + 1)


def pattern_holds(test: Pattern, value: str) -> bool:
    parts = test.parts if test.cased else tuple(p if isinstance(p, Wildcard) else p.lower() for p in test.parts)
    return fits(parts, value if test.cased else value.lower())


def regex_holds(test: Regex, value: str) -> bool:
    flags = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
    return re.search(test.pattern, value, sum(flags[one] for one in test.flags)) is not None


def network_holds(test: Network, value: str) -> bool:
    network = ipaddress.ip_network(test.cidr)
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    if address in network:
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return ipaddress.IPv6Address(f"::ffff:{address}") in network
    return address.ipv4_mapped is not None and address.ipv4_mapped in network


def number_holds(test: Number, value: str) -> bool:
    try:
        number = int(value, 16) if value.lower().startswith("0x") else float(value)
    except ValueError:
        return False
    return number == number and compare(test.compare, number, test.value)  # noqa: PLR0124 - not a number


def field_holds(test: OtherField, value: str, other: str) -> bool:
    if not test.cased:
        value, other = value.lower(), other.lower()
    if test.starts and test.ends:
        return value == other
    if test.starts:
        return value.startswith(other)
    if test.ends:
        return value.endswith(other)
    return other in value


def time_holds(test: TimePart, at: datetime | None) -> bool:
    if at is None:
        return False
    at = at.astimezone(UTC)
    part = at.isocalendar().week if test.part == "week" else getattr(at, test.part)
    return compare(test.compare, part, test.value)


def values(event: Event, field: str) -> list[str]:
    held = event.get(field, [])
    return held if isinstance(held, list) else [held]


def predicate_holds(predicate: Predicate, event: Event, at: datetime | None) -> bool:  # noqa: PLR0911
    test = predicate.test
    if isinstance(test, TimePart):
        return time_holds(test, at)
    if isinstance(test, Exists):
        return predicate.field in event
    held = values(event, predicate.field)
    if isinstance(test, Nothing):
        return predicate.field not in event or NULL in held
    texts = [value for value in held if value != NULL]
    match test:
        case Pattern():
            return any(pattern_holds(test, value) for value in texts)
        case Regex():
            return any(regex_holds(test, value) for value in texts)
        case Network():
            return any(network_holds(test, value) for value in texts)
        case Number():
            return any(number_holds(test, value) for value in texts)
        case OtherField():
            others = [value for value in values(event, test.field) if value != NULL]
            return any(field_holds(test, value, other) for value in texts for other in others)
    raise TypeError(test)


def holds(expression: Expression, compiled: Compiled, event: Event, at: datetime | None = None) -> bool:
    match expression:
        case Leaf(number):
            return predicate_holds(compiled.predicates[number], event, at)
        case And(of):
            return all(holds(part, compiled, event, at) for part in of)
        case Or(of):
            return any(holds(part, compiled, event, at) for part in of)
        case Not(part):
            return not holds(part, compiled, event, at)


def matches(compiled: Compiled, event_class: EventClass, event: Event, at: datetime | None = None) -> list[int]:
    """Return the rules that match an event of a class; on Windows its code is its EventID."""
    if event_class.source.startswith("windows/"):
        event = {**event, "EventID": event_class.code}
    looking = compiled.looking_at(event_class.source, event_class.code)
    return sorted({number for number, scope in looking if holds(scope.condition, compiled, event, at)})
