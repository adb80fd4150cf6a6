"""All literals of a field looked for in all its distinct values, in one pass that writes each finding once.

Literals anchored at an end of the value are looked up by a rolling hash of its first or last bytes. The others are
found by the rarest group of four of their bytes (one to three for the shortest): a bit per group tells almost always
that nothing starts here, without the chain of dependent loads of an automaton, and the few that pass are compared.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rempart.detection.kernel.patterns import Shape
from rempart.detection.kernel.text import Bytes, Text

Ints = NDArray[np.int32]
GROUP = 4
BITS = 18  # of the filter of groups: 32 KiB, which stays in the first cache
SHORT_BITS = 13
FULL = -1  # more findings than asked for
EQUALS = int(Shape.EQUALS)
_MIX = np.uint32(0x9E3779B1)
_STEP = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Literals(NamedTuple):
    """The literals themselves. `after` chains those that are looked up by the same key, -1 ends it."""

    pool: Bytes
    start: Ints
    length: Ints
    shape: Ints
    group: Ints  # where in the literal its group starts
    after: Ints


class Ends(NamedTuple):
    """Open addressing from the hash of a whole literal to the first of its chain; `lengths[n]`: some literal has n."""

    keys: NDArray[np.uint64]
    heads: Ints
    lengths: NDArray[np.bool_]


class Groups(NamedTuple):
    """A filter of bits, then open addressing from a group to the first of its chain; `sizes`: those below 4."""

    bits: Bytes
    keys: NDArray[np.uint32]
    heads: Ints
    short_bits: Bytes
    short_keys: NDArray[np.uint32]
    short_heads: Ints
    sizes: Ints


class Index(NamedTuple):
    """What `scan` needs."""

    literals: Literals
    starts: Ends
    ends: Ends
    groups: Groups


class Found(NamedTuple):
    """Findings, in order of value: literal `literals[i]` stands in value `values[i]`; only the first `size`."""

    values: Ints
    literals: Ints
    size: int


@njit(cache=True, nogil=True, inline="always")
def mix(group: np.uint32) -> np.uint32:  # pragma: no cover - compiled
    """Spread a group of bytes over 32 bits."""
    return np.uint32(group * _MIX)


@njit(cache=True, nogil=True, inline="always")
def step(key: np.uint64, byte: int) -> np.uint64:  # pragma: no cover - compiled
    """Add a byte to a rolling hash."""
    return np.uint64((key ^ np.uint64(byte)) * _STEP)


@njit(cache=True, nogil=True)
def place_of(keys: NDArray[np.uint64], heads: Ints, key: np.uint64) -> int:  # pragma: no cover - compiled
    """Return the slot of a key, or the free one where it would go."""
    mask = np.uint64(len(keys) - 1)
    slot = ((key * _SPREAD) >> np.uint64(20)) & mask
    while heads[slot] >= 0 and keys[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return int(slot)


@njit(cache=True, nogil=True)
def group_place_of(keys: NDArray[np.uint32], heads: Ints, key: np.uint32) -> int:  # pragma: no cover - compiled
    """Return the slot of a group, or the free one where it would go."""
    mask = np.uint32(len(keys) - 1)
    slot = np.uint32(mix(key) >> np.uint32(7)) & mask
    while heads[slot] >= 0 and keys[slot] != key:
        slot = np.uint32(slot + np.uint32(1)) & mask
    return int(slot)


@njit(cache=True, nogil=True)
def scan(text: Text, index: Index, most: int) -> Found:  # pragma: no cover - compiled
    """Return which literals stand in which values; its size is FULL when there are more than `most`."""
    data, places = text
    seen = np.full(len(index.literals.start), -1, dtype=np.int32)
    held = np.empty(len(seen), dtype=np.int32)  # what one value holds: each literal once
    values = np.empty(1024, dtype=np.int32)
    which = np.empty(1024, dtype=np.int32)
    count = 0
    for value in range(len(places) - 1):
        start, end = places[value], places[value + 1]
        if end - start == 1 and data[start] == 0:
            continue  # an explicit null is no text
        size = _at_start(data, (start, end), index, held)
        size = _at_end(data, (start, end), index, (held, size))
        size = _inside(data, (start, end, value), index, (seen, held, size))
        if count + size > most:
            return Found(values, which, FULL)
        while count + size > len(values):
            values = _grown(values)
            which = _grown(which)
        for one in range(size):
            values[count] = value
            which[count] = held[one]
            count += 1
    return Found(values, which, count)


@njit(cache=True, nogil=True)
def _grown(array: Ints) -> Ints:  # pragma: no cover - compiled
    larger = np.empty(len(array) * 2, dtype=array.dtype)
    larger[: len(array)] = array
    return larger


@njit(cache=True, nogil=True)
def _at_start(data: Bytes, value: tuple[int, int], index: Index, held: Ints) -> int:  # pragma: no cover - compiled
    """Look up the first bytes of the value, and the whole of it."""
    start, end = value
    size = 0
    key = np.uint64(0)
    table = index.starts
    for length in range(min(end - start, len(table.lengths) - 1) + 1):
        if length > 0:
            key = step(key, data[start + length - 1])
        if table.lengths[length]:
            one = table.heads[place_of(table.keys, table.heads, key)]
            while one >= 0:
                whole = index.literals.shape[one] != EQUALS or length == end - start
                if whole and same(data, start, index.literals, one):
                    held[size] = one
                    size += 1
                one = index.literals.after[one]
    return size


@njit(cache=True, nogil=True)
def _at_end(data: Bytes, value: tuple[int, int], index: Index, out: tuple[Ints, int]) -> int:  # pragma: no cover
    """Look up the last bytes of the value, the last one first."""
    start, end = value
    held, size = out
    key = np.uint64(0)
    table = index.ends
    for length in range(1, min(end - start, len(table.lengths) - 1) + 1):
        key = step(key, data[end - length])
        if table.lengths[length]:
            one = table.heads[place_of(table.keys, table.heads, key)]
            while one >= 0:
                if same(data, end - length, index.literals, one):
                    held[size] = one
                    size += 1
                one = index.literals.after[one]
    return size


@njit(cache=True, nogil=True)
def _inside(
    data: Bytes, value: tuple[int, int, int], index: Index, out: tuple[Ints, Ints, int]
) -> int:  # pragma: no cover - compiled
    """Look at every group of bytes of the value."""
    start, end, number = value
    seen, held, size = out
    groups = index.groups
    bits, short_bits, sizes = groups.bits, groups.short_bits, groups.sizes
    window = np.uint32(0)
    for at in range(start, end):
        window = np.uint32(window >> np.uint32(8)) | np.uint32(np.uint32(data[at]) << np.uint32(24))
        if at - start >= GROUP - 1:
            spread = np.uint32(mix(window) >> np.uint32(32 - BITS))
            if (bits[spread >> np.uint32(3)] >> (spread & np.uint32(7))) & np.uint8(1):
                one = groups.heads[group_place_of(groups.keys, groups.heads, window)]
                if one >= 0:
                    size = _compare(
                        data, (start, end, at - GROUP + 1), (index.literals, one, number), (seen, held, size)
                    )
        for which in range(len(sizes)):
            group_size = sizes[which]
            if at - start >= group_size - 1:
                group = short_group(window, group_size)
                spread = np.uint32(mix(group) >> np.uint32(32 - SHORT_BITS))
                if (short_bits[spread >> np.uint32(3)] >> (spread & np.uint32(7))) & np.uint8(1):
                    one = groups.short_heads[group_place_of(groups.short_keys, groups.short_heads, group)]
                    if one >= 0 and seen[one] != number:
                        seen[one] = number
                        held[size] = one
                        size += 1
    return size


@njit(cache=True, nogil=True, inline="always")
def short_group(window: np.uint32, size: int) -> np.uint32:  # pragma: no cover - compiled
    """Return the key of the last `size` bytes of a window, told apart from those of another size."""
    return np.uint32(window >> np.uint32(8 * (GROUP - size))) | np.uint32(np.uint32(size) << np.uint32(24))


@njit(cache=True, nogil=True)
def _compare(
    data: Bytes, value: tuple[int, int, int], chain: tuple[Literals, int, int], out: tuple[Ints, Ints, int]
) -> int:  # pragma: no cover - compiled
    """Compare the literals that share a group, around where it stands."""
    start, end, group_at = value
    literals, one, number = chain
    seen, held, size = out
    while one >= 0:
        at = group_at - literals.group[one]
        if seen[one] != number and at >= start and at + literals.length[one] <= end and same(data, at, literals, one):
            seen[one] = number
            held[size] = one
            size += 1
        one = literals.after[one]
    return size


@njit(cache=True, nogil=True, inline="always")
def same(data: Bytes, at: int, literals: Literals, one: int) -> bool:  # pragma: no cover - compiled
    """Compare the bytes of a literal with those at a place: a key is no proof."""
    first = literals.start[one]
    for offset in range(literals.length[one]):  # noqa: SIM110 - numba knows no generator
        if data[at + offset] != literals.pool[first + offset]:
            return False
    return True


@njit(cache=True, nogil=True)
def by_literal(found: Found, count: int) -> tuple[NDArray[np.int64], Ints]:  # pragma: no cover - compiled
    """Return findings by literal: values `out[bounds[i]:bounds[i + 1]]` of literal i, in increasing order."""
    bounds = np.zeros(count + 1, dtype=np.int64)
    for one in range(found.size):
        bounds[found.literals[one] + 1] += 1
    for literal in range(count):
        bounds[literal + 1] += bounds[literal]
    following = bounds[:-1].copy()
    out = np.empty(found.size, dtype=np.int32)
    for one in range(found.size):
        literal = found.literals[one]
        out[following[literal]] = found.values[one]
        following[literal] += 1
    return bounds, out
