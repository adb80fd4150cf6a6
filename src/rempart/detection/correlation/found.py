"""What one correlation found: bursts of windows that meet its condition; what they are for one that gathers them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from rempart.detection.correlation.elements import (
    ORDERED,
    Elements,
    field_of,
    inherited,
    keys_of,
)
from rempart.detection.correlation.matches import Flags, Floats, Ints, Matches
from rempart.detection.events import MOMENT
from rempart.detection.matched import CORRELATED
from rempart.detection.rules.form import Correlation


@dataclass
class Found:
    """Bursts of one correlation, each a run of its sorted elements.

    Attributes:
        number, correlation: what it is.
        elements: sorted by group and moment.
        group: group of each element.
        start, stop: first and last element of each burst, both included.
        met: the element at whose moment the condition first held.
        measured: the furthest measure of its windows.
        going: bursts that the next event could still prolong.

    """

    number: int
    correlation: Correlation
    elements: Elements
    group: Ints
    start: Ints
    stop: Ints
    met: Ints
    measured: Floats
    going: Flags

    def __len__(self) -> int:
        return len(self.start)

    def rows(self, burst: int) -> Ints:
        """Return the rows of one burst in the table of matches, by time."""
        return self.elements.rows(slice(self.start[burst], self.stop[burst] + 1))

    def table(self, matches: Matches, chosen: Ints) -> pa.Table:
        """Return some bursts as a table of CORRELATED."""
        # A loop over results: they are few, and each has its own list of rows.
        rows = [self.rows(int(burst)) for burst in chosen]
        ends = np.cumsum([0, *(len(one) for one in rows)])
        flat = np.concatenate([np.empty(0, dtype=np.int64), *rows])
        firsts = matches.time[[one[0] for one in rows]] if rows else np.empty(0, dtype=np.int64)
        return pa.table(
            {
                "rule": np.full(len(rows), self.number, dtype=np.int32),
                "first": pa.array(firsts).cast(MOMENT),
                "last": pa.array(self.elements.time[self.stop[chosen]]).cast(MOMENT),
                "keys": pa.array([self.written(matches, int(burst)) for burst in chosen], pa.list_(pa.string())),
                "measured": self.measured[chosen],
                "rows": pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(flat)),
            },
            schema=CORRELATED,
        )

    def written(self, matches: Matches, burst: int) -> list[str]:
        """Return the words that the events of a burst share, as its first event writes them when it has them."""
        words = []
        rule, row = int(self.elements.rule[self.start[burst]]), int(self.elements.row[self.start[burst]])
        for place, name in enumerate(self.correlation.group_by):
            field = field_of(self.correlation, name, rule)
            code = self.elements.keys[place][self.start[burst]]
            own = matches.codes(field)[row]
            words.append(matches.written(field, row) if own == code else matches.word(int(code)))
        return words


def members(outer: Correlation, inner: Found, matches: Matches) -> Elements:
    """Return the events of bursts as elements of a temporal correlation.

    Each stands at its own moment, or where the condition of its burst first held when that is later: before, there was
    no burst yet.
    """
    lengths = inner.stop - inner.start + 1
    burst = np.repeat(np.arange(len(inner)), lengths)
    places = np.arange(len(burst)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + inner.start[burst]
    elements = inner.elements
    time = np.maximum(elements.time[places], elements.time[inner.met[burst]])
    rows = elements.row[places]
    if elements.bursts:
        # A loop over bursts of bursts: rare, and few.
        held = [elements.rows(slice(place, place + 1)) for place in places]
        repeats = [len(one) for one in held]
        rows = np.concatenate([np.empty(0, dtype=np.int64), *held])
        burst, time = np.repeat(burst, repeats), np.repeat(time, repeats)
    rule = np.full(len(rows), inner.number, dtype=np.int64)
    keys = list(keys_of(outer, matches, rows, rule))
    for place, own in inherited(outer, inner.number, inner.correlation).items():
        keys[place] = elements.keys[own][inner.start[burst]]
    return Elements(rule, time, rows, np.full(len(rows), -1, dtype=np.int64), tuple(keys))


def whole(outer: Correlation, inner: Found, matches: Matches, chosen: Ints) -> Elements:
    """Return bursts as elements of a correlation that counts: one each, at its last event.

    A field of `group_by` that the inner correlation does not group by is taken from the events: the burst is in the
    group of each value they hold.
    """
    rows: list[int] = []
    bursts: list[int] = []
    held: list[Ints] = []
    time: list[int] = []
    keys: list[tuple[int, ...]] = []
    own = inherited(outer, inner.number, inner.correlation)
    # A loop over results: they are few.
    for burst in chosen:
        found = inner.rows(int(burst))
        words = list(keys_of(outer, matches, found, np.full(len(found), inner.number, dtype=np.int64)))
        for place, inner_place in own.items():
            words[place] = np.full(len(found), inner.elements.keys[inner_place][inner.start[burst]])
        last = {tuple(int(codes[at]) for codes in words): int(row) for at, row in enumerate(found)}
        for group, row in last.items():
            keys.append(group)
            rows.append(row)
            bursts.append(len(held))
            time.append(int(inner.elements.time[inner.stop[burst]]))
        held.append(found)
    columns = np.array(keys, dtype=np.int64).reshape(len(keys), len(outer.group_by))
    return Elements(
        np.full(len(rows), inner.number, dtype=np.int64),
        np.array(time, dtype=np.int64),
        np.array(rows, dtype=np.int64),
        np.array(bursts, dtype=np.int64),
        tuple(columns.T.copy()),
        held,
    )


def gathers_events(outer: Correlation) -> bool:
    """Tell whether a correlation looks at each event of a burst (temporal) or at the burst as a whole."""
    return outer.gather in ORDERED
