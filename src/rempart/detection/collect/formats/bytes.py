"""The loops over bytes that every text format stands on: lines, repairs, views, pairs, tables. Linear, compiled."""

# ruff: noqa: PLR2004, PLR0911, SIM110 — loops over bytes, as numba wants them

import numpy as np
import numpy.typing as npt
from numba import njit

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

_HASH = 1469598103934665603
_PRIME = 1099511628211
_SLOTS = 4096
_NOT_KEPT = -1

LINE_FEED = 10
RETURN = 13
QUOTE = 34


@njit(cache=True, nogil=True)
def line_places(data: Bytes) -> tuple[Places, Places]:
    """Return where the lines that are not empty start and end, carriage returns left out."""
    count = 1
    for byte in data:
        count += byte == LINE_FEED
    starts, ends = np.empty(count, np.int64), np.empty(count, np.int64)
    found, start = 0, 0
    for place in range(len(data) + 1):
        if place == len(data) or data[place] == LINE_FEED:
            end = place
            while end > start and data[end - 1] == RETURN:
                end -= 1
            if end > start:
                starts[found], ends[found] = start, end
                found += 1
            start = place + 1
    return starts[:found], ends[:found]


@njit(cache=True, nogil=True)
def _sequence(data: Bytes, place: int) -> int:
    """Return the length of the well-formed UTF-8 sequence at a place, 0 if there is none, or a NUL."""
    first, size = data[place], len(data)
    if 0 < first < 0x80:
        return 1
    if 0xC2 <= first < 0xE0:
        length = 2
    elif 0xE0 <= first < 0xF0:
        length = 3
    elif 0xF0 <= first < 0xF5:
        length = 4
    else:
        return 0
    if place + length > size:
        return 0
    for ahead in range(1, length):
        if data[place + ahead] & 0xC0 != 0x80:
            return 0
    second = data[place + 1]
    if (first == 0xE0 and second < 0xA0) or (first == 0xED and second > 0x9F):
        return 0
    if (first == 0xF0 and second < 0x90) or (first == 0xF4 and second > 0x8F):
        return 0
    return length


@njit(cache=True, nogil=True)
def repaired(data: Bytes, table: Bytes) -> tuple[Bytes, Places, int]:
    """Return the bytes as UTF-8, where each byte went, and how many were replaced.

    Args:
        data: any bytes.
        table: how a byte that is not UTF-8 is written: 256 times its length, then three bytes.

    """
    out, moved = np.empty(3 * len(data), np.uint8), np.empty(len(data) + 1, np.int64)
    place, size, wrong = 0, 0, 0
    while place < len(data):
        length = _sequence(data, place)
        if length:
            for ahead in range(length):
                out[size + ahead] = data[place + ahead]
                moved[place + ahead] = size + ahead
            place += length
            size += length
            continue
        wrong += 1
        moved[place] = size
        row = 4 * np.int64(data[place])
        for ahead in range(table[row]):
            out[size + ahead] = table[row + 1 + ahead]
        size += table[row]
        place += 1
    moved[place] = size
    return out[:size].copy(), moved, wrong


@njit(cache=True, nogil=True)
def views(data: Bytes, starts: Places, ends: Places) -> Bytes:
    """Return Arrow string views (16 bytes each) of parts of `data`; nothing is copied but short values."""
    out = np.zeros(16 * len(starts), np.uint8)
    for row in range(len(starts)):
        start, base = starts[row], 16 * row
        length = ends[row] - start
        for byte in range(4):
            out[base + byte] = (length >> (8 * byte)) & 255
        for byte in range(length if length <= 12 else 4):
            out[base + 4 + byte] = data[start + byte]
        if length > 12:
            for byte in range(4):
                out[base + 12 + byte] = (start >> (8 * byte)) & 255
    return out


@njit(cache=True, nogil=True)
def cut_ends(data: Bytes, starts: Places, ends: Places, longest: int) -> int:
    """Shorten in place what is longer than `longest` bytes, between two characters; return how many were."""
    cut = 0
    for row in range(len(starts)):
        if ends[row] - starts[row] > longest:
            end = starts[row] + longest
            while end > starts[row] and data[end] & 0xC0 == 0x80:
                end -= 1
            ends[row] = end
            cut += 1
    return cut


@njit(cache=True, nogil=True)
def _same(data: Bytes, one: int, other: int, length: int) -> bool:
    for ahead in range(length):
        if data[one + ahead] != data[other + ahead]:
            return False
    return True


@njit(cache=True, nogil=True)
def interned(data: Bytes, starts: Places, ends: Places, most: int) -> tuple[Places, Places, int]:
    """Give each distinct key a number in order of appearance, `most` of them.

    Returns:
        the number of each key (-1: there were more than `most`), the first place of each number, how many were refused.

    """
    numbers = np.empty(len(starts), np.int64)
    firsts = np.empty(min(most, len(starts)), np.int64)
    slots = np.full(_SLOTS, np.int64(_NOT_KEPT))
    count, refused = 0, 0
    for span in range(len(starts)):
        start, length = starts[span], ends[span] - starts[span]
        value = np.uint64(_HASH)
        for ahead in range(length):
            value = (value ^ np.uint64(data[start + ahead])) * np.uint64(_PRIME)
        slot = np.int64((value ^ (value >> np.uint64(32))) & np.uint64(_SLOTS - 1))
        while slots[slot] >= 0:
            first = firsts[slots[slot]]
            if ends[first] - starts[first] == length and _same(data, starts[first], start, length):
                break
            slot = (slot + 1) & (_SLOTS - 1)
        if slots[slot] < 0:
            if count == most:
                numbers[span] = _NOT_KEPT
                refused += 1
                continue
            slots[slot] = count
            firsts[count] = span
            count += 1
        numbers[span] = slots[slot]
    return numbers, firsts[:count], refused


@njit(cache=True, nogil=True)
def by_number(numbers: Places, count: int) -> tuple[Places, Places]:
    """Return the spans sorted by number (stable), and where each number starts in that order."""
    starts = np.zeros(count + 1, np.int64)
    for number in numbers:
        if number >= 0:
            starts[number + 1] += 1
    for number in range(count):
        starts[number + 1] += starts[number]
    order, cursor = np.empty(starts[count], np.int64), starts[:count].copy()
    for span in range(len(numbers)):
        number = numbers[span]
        if number >= 0:
            order[cursor[number]] = span
            cursor[number] += 1
    return order, starts
