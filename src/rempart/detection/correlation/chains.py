"""Rules that must occur one after the other, compiled."""

import numpy as np
from numba import njit

from rempart.detection.correlation.matches import Ints
from rempart.detection.correlation.windows import NEVER


@njit(cache=True, nogil=True)
def chain_starts(group: Ints, time: Ints, event: Ints, code: Ints, steps: Ints) -> Ints:
    """Return, at the last element of each moment, the latest start of a whole chain that ended by then; NEVER for none.

    A chain is one event for each step, in order of time, all different. Events of the same moment are in any order
    wanted: the clock of the log cannot tell.

    The elements are sorted by (group, time); `code` tells the rule of each, `steps` the code of the rule of each step.
    """
    size, length = len(time), len(steps)
    best = np.full(length, NEVER, dtype=np.int64)
    found = np.full(size, NEVER, dtype=np.int64)
    first = 0
    for last in range(size):
        if last + 1 < size and group[last + 1] == group[last] and time[last + 1] == time[last]:
            continue
        if first == 0 or group[first] != group[first - 1]:
            best[:] = NEVER
        if first == last:
            for step in range(length - 1, -1, -1):
                if code[last] == steps[step]:
                    best[step] = max(best[step], time[last] if step == 0 else best[step - 1])
        else:
            _same_moment(best, time[last], event[first : last + 1], code[first : last + 1], steps)
        found[last] = best[length - 1]
        first = last + 1
    return found


@njit(cache=True, nogil=True)
def _same_moment(best: Ints, moment: int, event: Ints, code: Ints, steps: Ints) -> None:
    """Advance the chains by the events of one moment: each may take one step of a chain."""
    length = len(steps)
    candidates = _candidates(event, code, steps)
    before = best.copy()
    for start in range(length):
        opened = moment if start == 0 else before[start - 1]
        if opened == NEVER:
            continue
        taken = np.full(length, -1, dtype=np.int64)  # by step: the event it takes
        for step in range(start, length):
            if not _take(step, taken, candidates):
                break
            best[step] = max(best[step], opened)


@njit(cache=True, nogil=True)
def _candidates(event: Ints, code: Ints, steps: Ints) -> Ints:
    """Return for each step events of its rule, -1 where there are no more; as many as there are steps are enough."""
    length = len(steps)
    candidates = np.full((length, length), -1, dtype=np.int64)
    for step in range(length):
        filled = 0
        for position in range(len(event)):
            known = filled > 0 and candidates[step, filled - 1] == event[position]
            if code[position] == steps[step] and filled < length and not known:
                candidates[step, filled] = event[position]
                filled += 1
    return candidates


@njit(cache=True, nogil=True)
def _take(step: int, taken: Ints, candidates: Ints) -> bool:
    """Give a step an event that no other holds, others changing theirs when they can (an augmenting path)."""
    length = len(candidates)
    queue = np.empty(length, dtype=np.int64)
    came_by = np.full(length, -1, dtype=np.int64)  # by step: the event wanted from it
    came_from = np.full(length, -1, dtype=np.int64)  # by step: the step that wants it
    queue[0] = step
    ahead, behind = 0, 1
    while ahead < behind:
        current = queue[ahead]
        ahead += 1
        for wanted in candidates[current]:
            if wanted < 0:
                break
            holder = _holder(wanted, taken)
            if holder < 0:
                _reassign(current, wanted, taken, came_by, came_from)
                return True
            if holder != step and came_from[holder] < 0:
                came_by[holder] = wanted
                came_from[holder] = current
                queue[behind] = holder
                behind += 1
    return False


@njit(cache=True, nogil=True)
def _holder(event: int, taken: Ints) -> int:
    """Return the step that holds the event, -1 for none."""
    for step in range(len(taken)):
        if taken[step] == event:
            return step
    return -1


@njit(cache=True, nogil=True)
def _reassign(step: int, event: int, taken: Ints, came_by: Ints, came_from: Ints) -> None:
    """Give the event to the step, and what it held to the step that wanted it, back to the first."""
    while True:
        taken[step] = event
        if came_from[step] < 0:
            return
        event = came_by[step]
        step = came_from[step]
