"""From the literals of a field to what `scan` reads: done once a class and field, on the first text that comes."""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rempart.detection.kernel.patterns import Shape, Sought
from rempart.detection.kernel.scan import (
    BITS,
    GROUP,
    SHORT_BITS,
    Ends,
    Groups,
    Index,
    Ints,
    Literals,
    group_place_of,
    mix,
    place_of,
    short_group,
    step,
)
from rempart.detection.kernel.text import Bytes

SAMPLE = 1 << 20
"""Bytes of the first text read, to know which groups of bytes are rare in it."""
_COUNTERS = 16


def index_of(wanted: Sequence[Sought], sample: Bytes) -> Index:
    """Return the index of these literals.

    Args:
        wanted: what is looked for, none with an empty literal unless it is the whole value.
        sample: text of the same kind, lower-cased alike: groups that are rare in it are looked at first.

    """
    literals = _literals(wanted)
    shapes = np.array([one.shape for one in wanted], dtype=np.int32)
    inside = np.flatnonzero(shapes == Shape.CONTAINS).astype(np.int32)
    long = literals.length[inside] >= GROUP
    starts = np.flatnonzero((shapes == Shape.EQUALS) | (shapes == Shape.STARTS)).astype(np.int32)
    ends = np.flatnonzero(shapes == Shape.ENDS).astype(np.int32)
    return Index(
        literals,
        _ends(literals, starts, backwards=False),
        _ends(literals, ends, backwards=True),
        _groups(literals, inside[long], inside[~long], sample[:SAMPLE]),
    )


def _literals(wanted: Sequence[Sought]) -> Literals:
    lengths = np.array([len(one.literal) for one in wanted], dtype=np.int32)
    starts = np.zeros(len(wanted), dtype=np.int32)
    np.cumsum(lengths[:-1], out=starts[1:])
    return Literals(
        pool=np.frombuffer(b"".join(one.literal for one in wanted) or b"\0", dtype=np.uint8).copy(),
        start=starts,
        length=lengths,
        shape=np.array([one.shape for one in wanted], dtype=np.int32),
        group=np.zeros(len(wanted), dtype=np.int32),
        after=np.full(len(wanted), -1, dtype=np.int32),
    )


def _slots(count: int) -> int:
    """Return the size of a table that is at most a quarter full."""
    return 1 << max(4, (4 * count).bit_length())


def _ends(literals: Literals, which: Ints, *, backwards: bool) -> Ends:
    size = _slots(len(which))
    longest = int(literals.length[which].max(initial=-1))
    table = Ends(np.zeros(size, np.uint64), np.full(size, -1, np.int32), np.zeros(longest + 1 or 1, np.bool_))
    _fill_ends(literals, which, table, backwards)
    return table


def _groups(literals: Literals, long: Ints, short: Ints, sample: Bytes) -> Groups:
    size, short_size = _slots(len(long)), _slots(len(short))
    table = Groups(
        bits=np.zeros(1 << (BITS - 3), np.uint8),
        keys=np.zeros(size, np.uint32),
        heads=np.full(size, -1, np.int32),
        short_bits=np.zeros(1 << (SHORT_BITS - 3), np.uint8),
        short_keys=np.zeros(short_size, np.uint32),
        short_heads=np.full(short_size, -1, np.int32),
        sizes=np.unique(literals.length[short]).astype(np.int32),
    )
    _fill_groups(literals, long, table, _common(sample))
    _fill_short(literals, short, table)
    return table


@njit(cache=True, nogil=True)
def _fill_ends(literals: Literals, which: Ints, table: Ends, backwards: bool) -> None:  # noqa: FBT001  # pragma: no cover
    """Chain the literals by the hash of all their bytes."""
    for one in which:
        first, length = literals.start[one], literals.length[one]
        key = np.uint64(0)
        for at in range(length):
            key = step(key, literals.pool[first + (length - 1 - at if backwards else at)])
        slot = place_of(table.keys, table.heads, key)
        table.keys[slot] = key
        literals.after[one] = table.heads[slot]
        table.heads[slot] = one
        table.lengths[length] = True


@njit(cache=True, nogil=True)
def _common(sample: Bytes) -> NDArray[np.int64]:  # pragma: no cover - compiled
    """Count the groups of the sample, by hash."""
    counts = np.zeros(1 << _COUNTERS, dtype=np.int64)
    window = np.uint32(0)
    for byte in sample:
        window = np.uint32(window >> np.uint32(8)) | np.uint32(np.uint32(byte) << np.uint32(24))
        counts[mix(window) >> np.uint32(32 - _COUNTERS)] += 1
    return counts


@njit(cache=True, nogil=True)
def _fill_groups(literals: Literals, which: Ints, table: Groups, common: NDArray[np.int64]) -> None:  # pragma: no cover
    """Chain each literal by its group that costs least: rare in the sample, shared by few literals."""
    taken = np.zeros(len(common), dtype=np.int64)
    for one in which:
        first, length = literals.start[one], literals.length[one]
        best, key, place = -1, np.uint32(0), 0
        window = np.uint32(0)
        for at in range(length):
            byte = literals.pool[first + at]
            window = np.uint32(window >> np.uint32(8)) | np.uint32(np.uint32(byte) << np.uint32(24))
            spread = mix(window) >> np.uint32(32 - _COUNTERS)
            cost = (8 * common[spread] + 1) * (taken[spread] + 1)
            if at >= GROUP - 1 and (best < 0 or cost < best):
                best, key, place = cost, window, at - GROUP + 1
        taken[mix(key) >> np.uint32(32 - _COUNTERS)] += 1
        literals.group[one] = place
        slot = group_place_of(table.keys, table.heads, key)
        table.keys[slot] = key
        literals.after[one] = table.heads[slot]
        table.heads[slot] = one
        spread = mix(key) >> np.uint32(32 - BITS)
        table.bits[spread >> np.uint32(3)] |= np.uint8(1) << np.uint8(spread & np.uint32(7))


@njit(cache=True, nogil=True)
def _fill_short(literals: Literals, which: Ints, table: Groups) -> None:  # pragma: no cover - compiled
    """Key each literal below four bytes by all of them; two are never the same."""
    for one in which:
        first, length = literals.start[one], literals.length[one]
        window = np.uint32(0)
        for at in range(length):
            byte = literals.pool[first + at]
            window = np.uint32(window >> np.uint32(8)) | np.uint32(np.uint32(byte) << np.uint32(24))
        key = short_group(window, length)
        slot = group_place_of(table.short_keys, table.short_heads, key)
        table.short_keys[slot] = key
        table.short_heads[slot] = one
        spread = mix(key) >> np.uint32(32 - SHORT_BITS)
        table.short_bits[spread >> np.uint32(3)] |= np.uint8(1) << np.uint8(spread & np.uint32(7))
