"""What a correlation gathers: matches of its rules, and what the correlations it names found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from rempart.detection.correlation.matches import UNDATED, Flags, Ints, Matches
from rempart.detection.findings import LeftOut
from rempart.detection.rules.form import Correlation, Gather

T = TypeVar("T", np.int64, np.float64)

ORDERED = frozenset({Gather.TEMPORAL, Gather.TEMPORAL_ORDERED})
"""The types that look at which rules occur, not at how many events or at their values."""


@dataclass
class Elements:
    """Elements of one correlation, as arrays of one length.

    Attributes:
        rule: number of the rule or correlation each one comes from.
        time: the moment where it stands.
        row: its match; for a whole burst, the last one.
        burst: its number in `bursts`, -1 for a match.
        keys: for each field of `group_by`, the number of its word (`Matches.codes`).
        bursts: the rows of each burst.

    """

    rule: Ints
    time: Ints
    row: Ints
    burst: Ints
    keys: tuple[Ints, ...]
    bursts: list[Ints] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.time)

    def take(self, chosen: Ints | Flags) -> Self:
        """Return the elements chosen, by number or by flag."""
        return type(self)(
            self.rule[chosen],
            self.time[chosen],
            self.row[chosen],
            self.burst[chosen],
            tuple(keys[chosen] for keys in self.keys),
            self.bursts,
        )

    def rows(self, chosen: slice) -> Ints:
        """Return the rows of the table of matches that some consecutive elements stand for, each once, in order."""
        rows = self.row[chosen]
        numbers = self.burst[chosen]
        if not self.bursts and bool((np.diff(rows) > 0).all()):
            return rows
        whole = [self.bursts[number] for number in numbers[numbers >= 0]]
        return np.unique(np.concatenate([rows, *whole]))


def nothing(keys: int) -> Elements:
    """Return no element, of a correlation that groups by so many fields."""
    return joined([], keys)


def joined(parts: Sequence[Elements], keys: int) -> Elements:
    """Return the elements of all parts, one after the other."""
    bursts: list[Ints] = []
    numbers: list[Ints] = []
    for part in parts:
        numbers.append(np.where(part.burst >= 0, part.burst + len(bursts), -1))
        bursts.extend(part.bursts)
    return Elements(
        _joined([part.rule for part in parts]),
        _joined([part.time for part in parts]),
        _joined([part.row for part in parts]),
        _joined(numbers),
        tuple(_joined([part.keys[number] for part in parts]) for number in range(keys)),
        bursts,
    )


def _joined(arrays: Sequence[Ints]) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *arrays])


def field_of(correlation: Correlation, name: str, rule: int) -> str:
    """Return the Sigma field that a gathered rule has for a name of `group_by`: its alias, or the name itself."""
    for alias, fields in correlation.aliases:
        if alias == name:
            return dict(fields).get(rule, name)
    return name


def values_of(
    correlation: Correlation, name: str, rows: Ints, rule: Ints, column: Callable[[str], NDArray[T]]
) -> NDArray[T]:
    """Return the value that these rows of matches hold under a name, which may be an alias.

    Each row stands for a gathered rule, and `column` gives the values of a Sigma field for all rows of the table.
    """
    fields = {number: field_of(correlation, name, number) for number in correlation.rules}
    first, *others = sorted(set(fields.values()))
    values = column(first)[rows]
    for other in others:
        chosen = np.isin(rule, [number for number, own in fields.items() if own == other])
        values[chosen] = column(other)[rows[chosen]]
    return values


def keys_of(correlation: Correlation, matches: Matches, rows: Ints, rule: Ints) -> tuple[Ints, ...]:
    """Return, for each field of `group_by`, the number of the word that these rows of matches hold."""
    return tuple(values_of(correlation, name, rows, rule, matches.codes) for name in correlation.group_by)


def matched_elements(
    number: int, correlation: Correlation, matches: Matches, start: int = 0
) -> tuple[Elements, LeftOut]:
    """Return the matches (from row `start` on) of the simple rules that a correlation gathers, and how many it cannot.

    What is undated, or lacks a field of `group_by`, is in no group: a group is made of events that share a value, and
    the absence of one is not shared.
    """
    highest = max(int(matches.rule.max(initial=0)), *correlation.rules)
    gathered = np.zeros(highest + 1, dtype=bool)
    gathered[list(correlation.rules)] = True
    rows = np.flatnonzero(gathered[matches.rule[start:]]) + start
    dated = matches.time[rows] != UNDATED
    undated = int(len(rows) - dated.sum())
    rows = rows[dated]
    rule = matches.rule[rows]
    keys = keys_of(correlation, matches, rows, rule)
    elements = Elements(rule, matches.time[rows], rows, np.full(len(rows), -1, dtype=np.int64), keys)
    whole, keyless = with_keys(elements)
    return whole, LeftOut(number, undated, keyless, 0)


def with_keys(elements: Elements) -> tuple[Elements, int]:
    """Return the elements that have every field of `group_by`, and how many lack one."""
    having = np.ones(len(elements), dtype=bool)
    for codes in elements.keys:
        having &= codes >= 0
    return (elements, 0) if having.all() else (elements.take(having), int((~having).sum()))


def groups_of(elements: Elements, words: int) -> tuple[Ints, int]:
    """Return the number of the group of each element, and how many numbers there are."""
    if not elements.keys:
        return np.zeros(len(elements), dtype=np.int64), 1
    group, groups = elements.keys[0], words
    for codes in elements.keys[1:]:
        group = group * words + codes
        present, group = np.unique(group, return_inverse=True)
        groups = len(present)
    return group.astype(np.int64), groups


def inherited(correlation: Correlation, gathered: int, inner: Correlation) -> Mapping[int, int]:
    """Return which field of `group_by` (by place) is one of the gathered correlation's own (by place)."""
    places = {name: place for place, name in enumerate(inner.group_by)}
    wanted = {place: field_of(correlation, name, gathered) for place, name in enumerate(correlation.group_by)}
    return {place: places[name] for place, name in wanted.items() if name in places}
