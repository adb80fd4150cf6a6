"""From the elements of one correlation to the bursts that meet its condition."""

from collections.abc import Callable

import numpy as np

from rempart.detection.correlation.chains import chain_starts
from rempart.detection.correlation.clauses import clauses_of
from rempart.detection.correlation.elements import ORDERED, Elements, groups_of, values_of
from rempart.detection.correlation.found import Found
from rempart.detection.correlation.matches import Flags, Floats, Ints, Matches
from rempart.detection.correlation.windows import (
    NEVER,
    by_group,
    distinct,
    lows,
    percentiles,
    present,
    repeated,
    sums,
)
from rempart.detection.rules.form import Compare, Correlation, Gather

Since = Callable[[Elements], Ints]
"""From which moment the windows of the group of each element are looked at."""

MICROSECOND = 1_000_000
MEDIAN = 50.0
SMALL = frozenset({Compare.LT, Compare.LTE})


def always(elements: Elements) -> Ints:
    """Look at every window."""
    return np.full(len(elements), NEVER)


def span_of(correlation: Correlation) -> int:
    """Return the length of the window, microseconds."""
    return round(correlation.timespan.total_seconds() * MICROSECOND)


def evaluate(
    number: int, correlation: Correlation, matches: Matches, gathered: Elements, since: Since = always
) -> tuple[Found, int]:
    """Return the bursts of a correlation, and how many elements have not the value it measures."""
    having = valued(correlation, matches, gathered)
    elements, group = _sorted(correlation, matches, gathered if having.all() else gathered.take(having))
    low = lows(group, elements.time, span_of(correlation), since(elements))
    measured, holds = _measured(correlation, matches, elements, group, low)
    looked = np.flatnonzero(low >= 0)
    held = looked[holds[looked]]
    previous = np.concatenate([[-1], looked[:-1]])[holds[looked]]
    # A burst goes on when the window looked at just before holds too, and shares an event with this one.
    follows = np.zeros(len(held), dtype=bool)
    follows[1:] = (held[:-1] == previous[1:]) & (low[held][1:] <= previous[1:])
    opening = np.flatnonzero(~follows)
    closing = np.concatenate([opening[1:] - 1, [len(held) - 1]]) if len(opening) else opening
    furthest = np.minimum if _wants_small(correlation) else np.maximum
    extreme = furthest.reduceat(measured[held], opening) if len(opening) else np.empty(0)
    stop = held[closing]
    last = np.ones(len(group), dtype=bool)
    last[:-1] = group[1:] != group[:-1]
    found = Found(number, correlation, elements, group, low[held[opening]], stop, held[opening], extreme, last[stop])
    return found, int((~having).sum())


def _wants_small(correlation: Correlation) -> bool:
    return bool(correlation.condition) and correlation.condition[0][0] in SMALL


def _sorted(correlation: Correlation, matches: Matches, elements: Elements) -> tuple[Elements, Ints]:
    """Return the elements by group, then moment, event and rule; each event once where events are counted."""
    group, groups = groups_of(elements, matches.words)
    event = matches.event[elements.row]
    if len(elements) and (np.diff(elements.row) > 0).all() and (np.diff(elements.time) >= 0).all():
        order = by_group(group, groups)  # matches are in order already
    else:
        order = np.lexsort((elements.burst, elements.rule, event, elements.time, group))
    elements, group, event = elements.take(order), group[order], event[order]
    if correlation.gather in ORDERED or len(correlation.rules) == 1:
        return elements, group
    once = ~repeated(group, event, elements.burst)
    return elements.take(once), group[once]


def valued(correlation: Correlation, matches: Matches, elements: Elements) -> Flags:
    """Tell which elements have the value that the correlation measures."""
    if correlation.gather in ORDERED or correlation.gather is Gather.EVENT_COUNT:
        return np.ones(len(elements), dtype=bool)
    if correlation.gather is Gather.VALUE_COUNT:
        return _words(correlation, matches, elements) >= 0
    return ~np.isnan(_numbers(correlation, matches, elements))


def _words(correlation: Correlation, matches: Matches, elements: Elements) -> Ints:
    """Return the number of the word that each element has in the field to count; that of its last event for a burst."""
    name = correlation.field or ""
    return values_of(correlation, name, elements.row, elements.rule, matches.codes)


def _numbers(correlation: Correlation, matches: Matches, elements: Elements) -> Floats:
    """Return the number that each element has in the field to sum; that of its last event for a burst."""
    name = correlation.field or ""
    return values_of(correlation, name, elements.row, elements.rule, matches.quantities)


def _measured(
    correlation: Correlation, matches: Matches, elements: Elements, group: Ints, low: Ints
) -> tuple[Floats, Flags]:
    """Return the measure of each window, and whether it meets the condition."""
    if correlation.gather in ORDERED:
        return _temporal(correlation, matches, elements, group, low)
    counts = np.arange(1, len(low) + 1, dtype=np.float64) - low
    if correlation.gather is Gather.EVENT_COUNT:
        measured = counts
    elif correlation.gather is Gather.VALUE_COUNT:
        measured = distinct(low, _words(correlation, matches, elements), matches.words)
    else:
        measured = _quantity(correlation, _numbers(correlation, matches, elements), low, counts)
    return measured, _meets(correlation, measured)


def _quantity(correlation: Correlation, values: Floats, low: Ints, counts: Floats) -> Floats:
    """Return the sum, average or percentile of each window."""
    if correlation.gather is Gather.VALUE_SUM:
        return sums(low, values)
    if correlation.gather is Gather.VALUE_AVG:
        return sums(low, values) / counts
    percent = correlation.percentile if correlation.gather is Gather.VALUE_PERCENTILE else MEDIAN
    levels, rank = np.unique(values, return_inverse=True)
    return percentiles(low, rank.astype(np.int64), levels, MEDIAN if percent is None else percent)


def _meets(correlation: Correlation, measured: Floats) -> Flags:
    """Tell which measures meet every comparison of the condition."""
    met = np.ones(len(measured), dtype=bool)
    for how, limit in correlation.condition:
        match how:
            case Compare.EQ:
                met &= measured == limit
            case Compare.NEQ:
                met &= measured != limit
            case Compare.LT:
                met &= measured < limit
            case Compare.LTE:
                met &= measured <= limit
            case Compare.GT:
                met &= measured > limit
            case Compare.GTE:
                met &= measured >= limit
    return met


def _temporal(
    correlation: Correlation, matches: Matches, elements: Elements, group: Ints, low: Ints
) -> tuple[Floats, Flags]:
    """Return how many different rules each window holds, and whether it meets the condition."""
    rules = sorted(set(correlation.rules))
    code = np.searchsorted(np.array(rules, dtype=np.int64), elements.rule)
    masks = present(low, code, len(rules))
    measured = np.bitwise_count(masks).astype(np.float64)
    ordered = correlation.gather is Gather.TEMPORAL_ORDERED
    event = matches.event[elements.row]
    met = np.zeros(len(low), dtype=bool)
    for clause in clauses_of(correlation):
        wanted = sum(1 << rules.index(rule) for rule in set(clause.present))
        unwanted = sum(1 << rules.index(rule) for rule in clause.absent)
        holds = (masks & wanted == wanted) & (masks & unwanted == 0)
        if ordered and len(clause.present) > 1:
            steps = np.array([rules.index(rule) for rule in clause.present], dtype=np.int64)
            starts = chain_starts(group, elements.time, event, code, steps)
            holds &= starts >= elements.time - span_of(correlation)
        met |= holds
    return measured, met & _meets(correlation, measured)
