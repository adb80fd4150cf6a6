"""What a stream remembers of one correlation between two batches, and how it advances."""

from dataclasses import dataclass, field

import numpy as np

from rempart.detection.correlation.elements import Elements, groups_of, joined, nothing
from rempart.detection.correlation.evaluate import evaluate, span_of, valued
from rempart.detection.correlation.found import Found
from rempart.detection.correlation.matches import Flags, Ints, Matches
from rempart.detection.correlation.windows import NEVER
from rempart.detection.findings import LeftOut
from rempart.detection.rules.form import Correlation

EVER = np.int64(2**62)
"""Later than any moment: the end of the stream."""

Key = tuple[int, ...]


@dataclass
class State:
    """One correlation in a stream.

    Attributes:
        held: elements that windows to come may still hold, or that belong to a burst still going.
        waiting: elements later than `done`.
        going: by group, the moment when the burst still going there first held, and its last moment.
        done: every window that ends by then was looked at.
        left: what could not be gathered so far.

    """

    number: int
    correlation: Correlation
    held: Elements
    waiting: Elements
    going: dict[Key, tuple[int, int]] = field(default_factory=dict)
    done: int = int(NEVER)
    left: LeftOut = field(default_factory=lambda: LeftOut(0, 0, 0, 0))

    @classmethod
    def new(cls, number: int, correlation: Correlation) -> "State":
        """Return the state before any event."""
        keys = len(correlation.group_by)
        return cls(number, correlation, nothing(keys), nothing(keys), left=LeftOut(number, 0, 0, 0))

    def advance(self, matches: Matches, until: int, ended: frozenset[Key] = frozenset()) -> "Advance":
        """Look at the windows that end after `done` and by `until`.

        Args:
            matches: all the rows that elements stand for.
            until: no element of that moment or before is still to come.
            ended: groups whose burst ends here, whatever comes.

        """
        span = span_of(self.correlation)
        ready = self.waiting.time <= until
        fresh = self.waiting.take(ready)
        self.waiting = self.waiting.take(~ready)
        having = valued(self.correlation, matches, fresh)
        self.left = self.left._replace(valueless=self.left.valueless + int((~having).sum()))
        fresh = fresh.take(having)
        before, self.done = self.done, max(self.done, until)
        due = [key for key, (_, last) in self.going.items() if key in ended or last + span <= until]
        work = joined([self.held, fresh], len(self.correlation.group_by))
        if not len(fresh) and not due:
            self.held = self._kept(work, matches, until - span)
            return Advance(None, before, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
        touched = self._touched(work, len(self.held), due, matches)
        chosen = work.take(touched)
        found, _ = evaluate(
            self.number, self.correlation, matches, chosen, lambda elements: self._since(elements, before, matches)
        )
        closed = ~found.going | (found.elements.time[found.stop] + span <= until)
        keys = [self._key(found, burst) for burst in range(len(found))]
        closed |= np.array([key in ended for key in keys], dtype=bool)
        opened = ~closed & (found.elements.time[found.met] > before)
        self._remember(found, keys, closed, frozenset(due), chosen)
        self.held = self._kept(work, matches, until - span)
        return Advance(found, before, np.flatnonzero(closed), np.flatnonzero(opened))

    def _key(self, found: Found, burst: int) -> Key:
        return tuple(int(codes[found.start[burst]]) for codes in found.elements.keys)

    def _remember(self, found: Found, keys: list[Key], closed: Flags, due: frozenset[Key], chosen: Elements) -> None:
        """Keep the bursts still going, and forget those of the groups looked at that are not."""
        looked = set(due)
        if self.going:
            looked |= set(zip(*(codes.tolist() for codes in chosen.keys), strict=True)) if chosen.keys else {()}
        for key in looked:
            self.going.pop(key, None)
        for burst in np.flatnonzero(~closed):
            times = found.elements.time
            self.going[keys[burst]] = (int(times[found.met[burst]]), int(times[found.stop[burst]]))

    def _grouped(self, elements: Elements, keys: list[Key], matches: Matches) -> tuple[Ints, Ints]:
        """Return the group of each element and of each key, numbered alike."""
        columns = np.array(keys, dtype=np.int64).reshape(len(keys), len(elements.keys)).T
        none = np.zeros(len(elements) + len(keys), dtype=np.int64)
        both = tuple(np.concatenate([own, other]) for own, other in zip(elements.keys, columns, strict=True))
        group, _ = groups_of(Elements(none, none, none, none, both), matches.words)
        return group[: len(elements)], group[len(elements) :]

    def _touched(self, work: Elements, old: int, due: list[Key], matches: Matches) -> Flags:
        """Tell which elements are in a group that has something new, or whose burst ends."""
        group, groups = self._grouped(work, due, matches)
        chosen = np.zeros(int(max(group.max(initial=0), groups.max(initial=0))) + 1, dtype=bool)
        chosen[group[old:]] = True
        chosen[groups] = True
        return chosen[group]

    def _since(self, elements: Elements, before: int, matches: Matches) -> Ints:
        """Look again at the windows of the bursts still going, else only at those not yet looked at."""
        group, groups = self._grouped(elements, list(self.going), matches)
        since = np.full(int(max(group.max(initial=0), groups.max(initial=0))) + 1, before + 1, dtype=np.int64)
        since[groups] = [first for first, _ in self.going.values()]
        return since[group]

    def _kept(self, work: Elements, matches: Matches, before: int) -> Elements:
        """Return the elements later than `before`, and those that the bursts still going need."""
        group, groups = self._grouped(work, list(self.going), matches)
        needed = np.full(int(max(group.max(initial=0), groups.max(initial=0))) + 1, before + 1, dtype=np.int64)
        span = span_of(self.correlation)
        starts = np.array([first - span for first, _ in self.going.values()], dtype=np.int64)
        needed[groups] = np.minimum(needed[groups], starts)
        return work.take(work.time >= needed[group])


@dataclass(frozen=True)
class Advance:
    """What one step of a correlation found.

    Attributes:
        found: bursts of the groups looked at, None when there was nothing to look at.
        before: windows that ended by then had been looked at.
        closed: bursts that are over.
        opened: bursts that began in this step and are still going.

    """

    found: Found | None
    before: int
    closed: Ints
    opened: Ints
