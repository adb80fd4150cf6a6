"""The 66 % rule's arithmetic: which members weigh enough together, and the fewest that would."""

from collections.abc import Collection, Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import islice

THRESHOLD = Decimal("0.66")
_FINE = Decimal("1e-12")
"""Shares are rounded quotients: sums are compared at this grain, so that 99 × 1/150 is 66 %."""


def covered(shares: Mapping[str, Decimal], chosen: Collection[str]) -> Decimal:
    """Return the share that the chosen members hold together, from 0 to 1."""
    held = sum((shares[member] for member in set(chosen) if member in shares), Decimal(0))
    return held.quantize(_FINE, ROUND_HALF_EVEN)


def smallest_sets(
    shares: Mapping[str, Decimal],
    chosen: Collection[str] = (),
    threshold: Decimal = THRESHOLD,
    limit: int = 5,
) -> list[tuple[str, ...]]:
    """Return the smallest sets of members to add to `chosen` to reach `threshold`, the heaviest members first.

    All have the same, smallest, size; at most `limit` are given. One empty set: it is reached. No set: it cannot be.
    """
    lacking = threshold - covered(shares, chosen)
    if lacking <= 0:
        return [()]
    others = sorted((member for member in shares if member not in chosen), key=lambda m: (-shares[m], m))
    size = _fewest(shares, others, lacking)
    return [] if size is None else list(islice(_sets(shares, others, size, lacking), limit))


def _fewest(shares: Mapping[str, Decimal], others: list[str], lacking: Decimal) -> int | None:
    for size in range(1, len(others) + 1):
        if covered(shares, others[:size]) >= lacking:
            return size
    return None


def _sets(shares: Mapping[str, Decimal], others: list[str], size: int, lacking: Decimal) -> Iterator[tuple[str, ...]]:
    """Yield the sets of exactly `size` that reach `lacking`; heaviest first, so a start that falls short ends it."""
    for place in range(len(others) - size + 1):
        if covered(shares, others[place : place + size]) < lacking:
            return
        first = others[place]
        if size == 1:
            yield (first,)
            continue
        for rest in _sets(shares, others[place + 1 :], size - 1, lacking - shares[first]):
            yield (first, *rest)
