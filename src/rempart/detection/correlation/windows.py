"""The sliding windows themselves, compiled: each pass over the sorted elements is linear.

All functions take elements sorted by (group, time); `low[i]` is where the window that ends at element i starts, -1 when
no window is looked at there (elements of one moment are looked at together, at the last of them).
"""

import numpy as np
from numba import njit

from rempart.detection.correlation.matches import Flags, Floats, Ints

NEVER = np.int64(-(2**62))
"""Earlier than any moment."""


@njit(cache=True, nogil=True)
def by_group(group: Ints, groups: int) -> Ints:
    """Return the elements by group, those of one group in the order they had (counting sort)."""
    starts = np.zeros(groups + 1, dtype=np.int64)
    for value in group:
        starts[value + 1] += 1
    for number in range(groups):
        starts[number + 1] += starts[number]
    order = np.empty(len(group), dtype=np.int64)
    for position in range(len(group)):
        value = group[position]
        order[starts[value]] = position
        starts[value] += 1
    return order


@njit(cache=True, nogil=True)
def lows(group: Ints, time: Ints, span: int, since: Ints) -> Ints:
    """Return `low`: the window of an element is [its moment - span, its moment], both ends included.

    `since[i]` is the moment from which windows of the group of i are looked at.
    """
    size = len(time)
    low = np.full(size, -1, dtype=np.int64)
    left = 0
    for right in range(size):
        if right + 1 < size and group[right + 1] == group[right] and time[right + 1] == time[right]:
            continue
        while group[left] != group[right] or time[left] < time[right] - span:
            left += 1
        if time[right] >= since[right]:
            low[right] = left
    return low


@njit(cache=True, nogil=True)
def distinct(low: Ints, value: Ints, values: int) -> Floats:
    """Return how many different values (0 to `values` - 1) each window holds, counted as it moves."""
    held = np.zeros(values, dtype=np.int64)
    measured = np.zeros(len(low), dtype=np.float64)
    left, count = 0, 0
    for right in range(len(low)):
        held[value[right]] += 1
        if held[value[right]] == 1:
            count += 1
        if low[right] < 0:
            continue
        while left < low[right]:
            held[value[left]] -= 1
            if held[value[left]] == 0:
                count -= 1
            left += 1
        measured[right] = count
    return measured


@njit(cache=True, nogil=True)
def sums(low: Ints, value: Floats) -> Floats:
    """Return the sum of each window, exact to 2^-32 whatever left the window before.

    Each value is cut in three integers (multiples of 2^31, units, 2^-32) that are added and taken away without loss.
    """
    high_unit, low_unit = 2.0**31, 2.0**32
    size = len(value)
    parts = np.empty((size, 3), dtype=np.int64)
    measured = np.zeros(size, dtype=np.float64)
    total = np.zeros(3, dtype=np.int64)
    left = 0
    for right in range(size):
        whole = np.floor(value[right])
        high = np.floor(whole / high_unit)
        parts[right, 0] = np.int64(high)
        parts[right, 1] = np.int64(whole - high * high_unit)
        parts[right, 2] = np.int64(np.rint((value[right] - whole) * low_unit))
        total += parts[right]
        if low[right] < 0:
            continue
        while left < low[right]:
            total -= parts[left]
            left += 1
        measured[right] = total[0] * high_unit + total[1] + total[2] / low_unit
    return measured


@njit(cache=True, nogil=True)
def percentiles(low: Ints, rank: Ints, values: Floats, percent: float) -> Floats:
    """Return the percentile of each window, between the two nearest values where it falls between them.

    With n values sorted from 0 to n-1 it stands at (n-1) x percent/100, so that 50 is the median. `rank` is the rank of
    each value in `values`, sorted and distinct. A Fenwick tree counts the values held.
    """
    size = len(values)
    tree = np.zeros(size + 1, dtype=np.int64)
    measured = np.zeros(len(low), dtype=np.float64)
    left = 0
    for right in range(len(low)):
        _count(tree, rank[right], 1)
        if low[right] < 0:
            continue
        while left < low[right]:
            _count(tree, rank[left], -1)
            left += 1
        place = (right - left) * percent / 100
        below = int(np.floor(place))
        under = values[_nth(tree, below)]
        over = values[_nth(tree, min(below + 1, right - left))]
        measured[right] = under + (over - under) * (place - below)
    return measured


@njit(cache=True, nogil=True)
def _count(tree: Ints, rank: int, change: int) -> None:
    """Add to the count of one rank."""
    position = rank + 1
    while position < len(tree):
        tree[position] += change
        position += position & -position


@njit(cache=True, nogil=True)
def _nth(tree: Ints, number: int) -> int:
    """Return the rank of the value of that number (from 0) among those counted."""
    position = 0
    step = 1
    while step * 2 < len(tree):
        step *= 2
    while step > 0:
        if position + step < len(tree) and tree[position + step] <= number:
            position += step
            number -= tree[position]
        step //= 2
    return position


@njit(cache=True, nogil=True)
def present(low: Ints, code: Ints, codes: int) -> Ints:
    """Return which rules each window holds, as a mask: bit r for the rule of code r (at most 62)."""
    held = np.zeros(codes, dtype=np.int64)
    masks = np.zeros(len(low), dtype=np.int64)
    left, mask = 0, np.int64(0)
    for right in range(len(low)):
        held[code[right]] += 1
        mask |= np.int64(1) << code[right]
        if low[right] < 0:
            continue
        while left < low[right]:
            held[code[left]] -= 1
            if held[code[left]] == 0:
                mask &= ~(np.int64(1) << code[left])
            left += 1
        masks[right] = mask
    return masks


@njit(cache=True, nogil=True)
def repeated(group: Ints, event: Ints, burst: Ints) -> Flags:
    """Tell which elements are the same event, in the same group, as the one before: it is counted once."""
    again = np.zeros(len(group), dtype=np.bool_)
    for position in range(1, len(group)):
        before = position - 1
        again[position] = (
            group[position] == group[before]
            and event[position] == event[before]
            and burst[position] < 0
            and burst[before] < 0
        )
    return again
