"""The definition of a correlation, read aloud: slow, obvious, and sharing nothing with the engine."""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from rempart.detection.rules.form import Compare, Gather, Leaf, Not, Or

TEMPORAL = {Gather.TEMPORAL, Gather.TEMPORAL_ORDERED}


@dataclass(frozen=True)
class Match:
    row: int
    rule: int
    time: int | None
    event: tuple
    fields: tuple

    def field(self, name):
        value = dict(self.fields).get(name)
        return None if value is None or value == "\x00" else value.lower()


@dataclass(frozen=True)
class Element:
    rule: int
    time: int
    event: object
    keys: tuple
    value: str | None
    rows: frozenset


@dataclass(frozen=True)
class Result:
    number: int
    keys: tuple
    times: tuple  # moments at which it held
    rows: frozenset
    measured: float


def correlate(matches, compiled):
    """The set of (number, keys, last moment, rows, measured)."""
    first = len(compiled.rules)
    results = {}
    waiting = [(first + place, one) for place, one in enumerate(compiled.correlations)]
    while waiting:
        number, one = waiting.pop(0)
        if any(inner >= first and inner not in results for inner in one.rules):
            waiting.append((number, one))
            continue
        results[number] = list(bursts(number, one, elements(one, matches, results, compiled)))
    return [result for found in results.values() for result in found]


def name_in(one, name, rule):
    return dict(dict(one.aliases).get(name, ())).get(rule, name)


def elements(one, matches, results, compiled):
    by_row = {match.row: match for match in matches}
    found = []
    for match in matches:
        if match.rule in one.rules and match.time is not None:
            keys = tuple(match.field(name_in(one, name, match.rule)) for name in one.group_by)
            value = match.field(name_in(one, one.field, match.rule)) if one.field else None
            found.append(Element(match.rule, match.time, match.event, keys, value, frozenset({match.row})))
    for rule in set(one.rules) & set(results):
        inner = compiled.correlations[rule - len(compiled.rules)]
        for place, result in enumerate(results[rule]):
            having = []
            for row in result.rows:
                match = by_row[row]
                keys = tuple(
                    result.keys[inner.group_by.index(own)] if own in inner.group_by else match.field(own)
                    for own in (name_in(one, name, rule) for name in one.group_by)
                )
                having.append((keys, match))
            if one.gather in TEMPORAL:
                for keys, match in having:
                    standing = max(match.time, result.times[0])
                    found.append(Element(rule, standing, match.event, keys, None, frozenset({match.row})))
            else:
                for keys in {keys for keys, _ in having}:
                    last = max((match for own, match in having if own == keys), key=lambda match: match.row)
                    value = last.field(name_in(one, one.field, rule)) if one.field else None
                    found.append(Element(rule, result.times[-1], ("burst", rule, place), keys, value, result.rows))
    return [element for element in found if None not in element.keys]


def number_of(text):
    try:
        return Fraction(text)
    except (ValueError, TypeError):
        return None


def bursts(number, one, gathered):  # noqa: C901 — the definition in one piece
    if one.gather is Gather.VALUE_COUNT:
        gathered = [element for element in gathered if element.value is not None]
    elif one.gather not in {*TEMPORAL, Gather.EVENT_COUNT}:
        gathered = [element for element in gathered if number_of(element.value) is not None]
    span = one.timespan.total_seconds() * 1_000_000
    for keys in sorted({element.keys for element in gathered}):
        group = [element for element in gathered if element.keys == keys]
        held = None
        previous = None
        for moment in sorted({element.time for element in group}):
            window = [element for element in group if moment - span <= element.time <= moment]
            if one.gather not in TEMPORAL:  # an event counts once, whatever rules it matched
                window = list({element.event: element for element in reversed(window)}.values())
            measured = measure(one, window)
            if not meets(one, measured) or (one.gather in TEMPORAL and not occurs(one, window)):
                if held is not None:
                    yield held
                held = None
            else:
                rows = frozenset(row for element in window for row in element.rows)
                if held is not None and previous >= moment - span:
                    small = bool(one.condition) and one.condition[0][0] in {Compare.LT, Compare.LTE}
                    furthest = min(held.measured, measured) if small else max(held.measured, measured)
                    held = replace(held, times=(*held.times, moment), rows=held.rows | rows, measured=furthest)
                else:
                    if held is not None:
                        yield held
                    held = Result(number, keys, (moment,), rows, measured)
            previous = moment
        if held is not None:
            yield held


def measure(one, window):
    match one.gather:
        case Gather.EVENT_COUNT:
            return float(len(window))
        case Gather.VALUE_COUNT:
            return float(len({element.value for element in window}))
        case Gather.TEMPORAL | Gather.TEMPORAL_ORDERED:
            return float(len({element.rule for element in window}))
    values = sorted(number_of(element.value) for element in window)
    if one.gather is Gather.VALUE_SUM:
        return float(sum(values))
    if one.gather is Gather.VALUE_AVG:
        return float(sum(values)) / len(values)
    place = (len(values) - 1) * Fraction(50 if one.gather is Gather.VALUE_MEDIAN else one.percentile) / 100
    below = int(place)
    over = values[min(below + 1, len(values) - 1)]
    return float(values[below] + (over - values[below]) * (place - below))


def meets(one, measured):
    return all(
        {
            Compare.EQ: measured == limit,
            Compare.NEQ: measured != limit,
            Compare.LT: measured < limit,
            Compare.LTE: measured <= limit,
            Compare.GT: measured > limit,
            Compare.GTE: measured >= limit,
        }[how]
        for how, limit in one.condition
    )


def occurs(one, window):
    """Every subset of the rules that would do: is one of them there, in order when the order matters?"""
    there = {element.rule for element in window}
    if one.formula is None and one.condition and one.gather is Gather.TEMPORAL:
        return True
    if one.formula is not None:
        needed = [
            [rule for rule in dict.fromkeys(one.rules) if rule in used]
            for used in ways(one.formula, there, wanted=True)
        ]
    elif one.condition:
        needed = [chosen for chosen in subsets(one.rules) if meets(one, float(len(chosen)))]
    else:
        needed = [one.rules]
    return any(
        set(chosen) <= there and (one.gather is Gather.TEMPORAL or in_order(chosen, window, -1, ()))
        for chosen in needed
    )


def subsets(rules):
    if not rules:
        yield ()
        return
    for rest in subsets(rules[1:]):
        yield rest
        yield (rules[0], *rest)


def ways(formula, there, *, wanted):
    """Every way in which the formula is true of the rules that are there: the rules it needs."""
    match formula:
        case Leaf(rule):
            return [{rule} if wanted else set()] if (rule in there) == wanted else []
        case Not(of):
            return ways(of, there, wanted=not wanted)
    every = [ways(part, there, wanted=wanted) for part in formula.of]
    if isinstance(formula, Or) == wanted:
        return [used for part in every for used in part]
    return [set().union(*chosen) for chosen in product(*every)]


def in_order(steps, window, after, used):
    if not steps:
        return True
    return any(
        in_order(steps[1:], window, element.time, (*used, element.event))
        for element in window
        if element.rule == steps[0] and element.time >= after and element.event not in used
    )
