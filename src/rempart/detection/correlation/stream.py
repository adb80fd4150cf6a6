"""The same correlations on a stream: fed batch by batch, with the same results as on the whole table."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.correlation import checkpoint
from rempart.detection.correlation.batch import by_moment, correlations_of
from rempart.detection.correlation.elements import Elements, joined, matched_elements, with_keys
from rempart.detection.correlation.evaluate import MICROSECOND, span_of
from rempart.detection.correlation.found import gathers_events, members, whole
from rempart.detection.correlation.matches import Ints, Matches, in_order
from rempart.detection.correlation.state import EVER, Advance, Key, State
from rempart.detection.correlation.windows import NEVER
from rempart.detection.findings import LeftOut
from rempart.detection.matched import CORRELATED, matched_schema
from rempart.detection.rules.form import Compiled

SPARE_WORDS = 10_000
"""Words no longer used that a stream keeps before it forgets them."""


class Raised(NamedTuple):
    """What a batch brought.

    Attributes:
        opened: bursts that began and are still going, as they stand: what to raise the alarm on, now.
        closed: bursts that are over, whole; some were in `opened` before, with the same rule, keys and first moment.
        matched: the matches that `rows` of both point into.

    """

    opened: pa.Table
    closed: pa.Table
    matched: pa.Table


class Window:
    """State of the correlations of a stream.

    However the matches are cut in batches, the bursts `closed` until `finish` are those of `correlate` on all of them,
    as long as nothing was `late` nor `evicted`. A burst is closed when a timespan without an event to continue it has
    passed.

    Args:
        compiled: the rules.
        tolerance: how much older than the latest one an event may still come; older ones are late: counted, not
            correlated.
        capacity: matches kept at most; beyond, the oldest are evicted (the bursts they belong to end there), counted.

    Attributes:
        late, undated, evicted: matches that could not be correlated, or not to the end.

    """

    def __init__(self, compiled: Compiled, *, tolerance: timedelta = timedelta(0), capacity: int = 1_000_000) -> None:
        self.compiled = compiled
        self.tolerance = tolerance
        self.capacity = capacity
        self.late = 0
        self.undated = 0
        self.evicted = 0
        self.done = int(NEVER)
        schema = matched_schema(tuple(name for name, _ in compiled.carried))
        self.live = schema.empty_table()
        self.pending = schema.empty_table()
        self.numbers: dict[str, int] = {}
        self.states = [State.new(number, correlation) for number, correlation in correlations_of(compiled)]

    @property
    def held(self) -> int:
        """How many matches are kept."""
        return int(self.live.num_rows + self.pending.num_rows)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What each correlation could not gather so far, matches without a moment apart."""
        return tuple(sorted(state.left for state in self.states))

    def feed(self, matched: pa.Table) -> Raised:
        """Take a batch of matches, in any order, and return what it brought."""
        dated = matched.filter(pc.is_valid(matched["time"]))
        self.undated += matched.num_rows - dated.num_rows
        timely = dated.filter(pc.greater(dated["time"].cast(pa.int64()), self.done))
        self.late += dated.num_rows - timely.num_rows
        if self.live.num_rows + self.pending.num_rows == 0:
            self.live, self.pending = matched.schema.empty_table(), matched.schema.empty_table()
        self.pending = pa.concat_tables([self.pending, timely], promote_options="default")
        latest = pc.max(self.pending["time"].cast(pa.int64())).as_py()
        if latest is None:
            return self._advance(self.done)
        return self._advance(max(self.done, latest - round(self.tolerance.total_seconds() * MICROSECOND)))

    def finish(self) -> Raised:
        """Close everything: nothing more will come."""
        return self._advance(int(EVER))

    def save(self) -> bytes:
        """Return the whole state, for `load`."""
        return checkpoint.dump(self)

    @classmethod
    def load(cls, data: bytes, compiled: Compiled) -> "Window":
        """Return the stream that was saved, with the same rules.

        Raises:
            InputError: unreadable, or the state of other rules.

        """
        state = checkpoint.read(data, compiled)
        window = cls(compiled)
        try:
            checkpoint.restore(window, state)
        except (KeyError, TypeError, ValueError, pa.ArrowInvalid):
            raise checkpoint.unusable() from None
        return window

    def _advance(self, until: int) -> Raised:
        ready = pc.less_equal(self.pending["time"].cast(pa.int64()), until)
        start = self.live.num_rows
        fresh = in_order(self.pending.filter(ready))
        self.live = pa.concat_tables([self.live, fresh], promote_options="default").combine_chunks()
        self.pending = self.pending.filter(pc.invert(ready)).combine_chunks()
        self.done = until
        matches = Matches(self.live, self.numbers)
        steps = self._steps(matches, start, until, {})
        over = self.live.num_rows - self.capacity
        cut = self._cut(matches, over) if over > 0 else []
        raised = self._raised(matches, [*steps, *cut])
        self._forget()
        return raised

    def _steps(self, matches: Matches, start: int, until: int, ended: dict[int, frozenset[Key]]) -> list[Advance]:
        """Advance every correlation, those that others gather first."""
        steps: dict[int, Advance] = {}
        horizons: dict[int, int] = {}
        spans = {state.number: span_of(state.correlation) for state in self.states}
        for state in self.states:
            horizon = until
            simple, left = matched_elements(state.number, state.correlation, matches, start)
            parts, keyless = [state.waiting, simple], left.keyless
            for rule in sorted(set(state.correlation.rules) & set(steps)):
                wait = 0 if gathers_events(state.correlation) or horizons[rule] == EVER else spans[rule]
                horizon = min(horizon, horizons[rule] - wait)
                having, without = with_keys(_gathered(state, steps[rule], matches))
                parts.append(having)
                keyless += without
            state.waiting = joined(parts, len(state.correlation.group_by))
            state.left = state.left._replace(keyless=state.left.keyless + keyless)
            horizons[state.number] = horizon
            steps[state.number] = state.advance(matches, horizon, ended.get(state.number, frozenset()))
        return list(steps.values())

    def _cut(self, matches: Matches, over: int) -> list[Advance]:
        """Evict the oldest matches: end the bursts they belong to, then drop them."""
        ended = {}
        for state in self.states:
            old = state.held.take(state.held.row < over)
            keys = set(zip(*(codes.tolist() for codes in old.keys), strict=True)) if old.keys else {()}
            ended[state.number] = frozenset(keys & set(state.going))
        steps = self._steps(matches, self.live.num_rows, self.done, ended)
        for state in self.states:
            state.held = state.held.take(state.held.row >= over)
            state.waiting = state.waiting.take(state.waiting.row >= over)
        self.evicted += over
        return steps

    def _raised(self, matches: Matches, steps: Iterable[Advance]) -> Raised:
        """Return what the steps found, with the matches they point into."""
        tables = [
            [step.found.table(matches, chosen) for step in steps if step.found for chosen in (getattr(step, name),)]
            for name in ("opened", "closed")
        ]
        opened, closed = (by_moment(pa.concat_tables([CORRELATED.empty_table(), *found])) for found in tables)
        used = np.unique(np.concatenate([_flat(opened), _flat(closed)]))
        return Raised(_pointing(opened, used), _pointing(closed, used), self.live.take(pa.array(used)))

    def _forget(self) -> None:
        """Keep only the matches, and the words, that something still needs."""
        kept = [elements for state in self.states for elements in (state.held, state.waiting)]
        bursts = [_compact(elements) for elements in kept]
        used = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *(e.row for e in bursts), *_all_bursts(bursts)]))
        self.live = self.live.take(pa.array(used)).combine_chunks()
        for state, (held, waiting) in zip(self.states, zip(bursts[::2], bursts[1::2], strict=True), strict=True):
            state.held, state.waiting = _moved(held, used), _moved(waiting, used)
        codes = {int(code) for elements in bursts for keys in elements.keys for code in np.unique(keys)}
        codes |= {code for state in self.states for key in state.going for code in key}
        if len(self.numbers) > 2 * len(codes) + SPARE_WORDS:
            self._renumber(sorted(codes))

    def _renumber(self, codes: list[int]) -> None:
        """Number again the words that are still used."""
        known = np.array(codes, dtype=np.int64)
        words = {number: word for word, number in self.numbers.items()}
        self.numbers = {words[code]: place for place, code in enumerate(codes)}
        for state in self.states:
            for name in ("held", "waiting"):
                elements = getattr(state, name)
                keys = tuple(np.searchsorted(known, column) for column in elements.keys)
                setattr(state, name, replace(elements, keys=keys))
            state.going = {
                tuple(int(np.searchsorted(known, code)) for code in key): times for key, times in state.going.items()
            }


def _gathered(state: State, step: Advance, matches: Matches) -> Elements:
    """Return what one step of an inner correlation brings to the one that gathers it."""
    if step.found is None:
        return joined([], len(state.correlation.group_by))
    if not gathers_events(state.correlation):
        return whole(state.correlation, step.found, matches, step.closed)
    found = members(state.correlation, step.found, matches)
    return found.take(found.time > step.before)


def _flat(correlated: pa.Table) -> Ints:
    return np.asarray(pc.list_flatten(correlated["rows"]), dtype=np.int64)


def _pointing(correlated: pa.Table, used: Ints) -> pa.Table:
    """Return the table with its rows told by their place in `used`."""
    rows = correlated["rows"].combine_chunks()
    moved = pa.ListArray.from_arrays(rows.offsets, pa.array(np.searchsorted(used, rows.values.to_numpy())))
    return correlated.set_column(CORRELATED.get_field_index("rows"), CORRELATED.field("rows"), moved)


def _compact(elements: Elements) -> Elements:
    """Return the elements with only the bursts they still name."""
    named, burst = np.unique(elements.burst[elements.burst >= 0], return_inverse=True)
    numbers = elements.burst.copy()
    numbers[numbers >= 0] = burst
    return replace(elements, burst=numbers, bursts=[elements.bursts[number] for number in named])


def _all_bursts(kept: Iterable[Elements]) -> list[Ints]:
    return [rows for elements in kept for rows in elements.bursts]


def _moved(elements: Elements, used: Ints) -> Elements:
    """Return the elements with their rows told by their place in `used`."""
    return replace(
        elements,
        row=np.searchsorted(used, elements.row),
        bursts=[np.searchsorted(used, rows) for rows in elements.bursts],
    )
