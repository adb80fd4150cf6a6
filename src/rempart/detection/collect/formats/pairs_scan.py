"""Reading `key=value` text of every taste, byte by byte: where the keys and the values stand. Linear, compiled."""

# ruff: noqa: SIM109, PLR1714, PLR2004, C901, PLR0912, SIM110, FBT001 — loops over bytes, as numba wants them

import numpy as np
from numba import njit

from rempart.detection.collect.formats.bytes import Bytes, Places

_BACKSLASH, _QUOTE, _EQUALS, _SPACE, _TAB = 92, 34, 61, 32, 9
_GROUP_SEPARATOR, _APOSTROPHE, _COMMA = 29, 39, 44


@njit(cache=True, nogil=True)
def _in_key(byte: int) -> bool:
    """Tell whether a byte may stand in a key: letters, digits and `_ . - [ ] / : @ ( )`, and what is not ASCII."""
    if 97 <= byte <= 122 or 65 <= byte <= 90 or 46 <= byte <= 58:
        return True
    return byte >= 128 or byte == 95 or byte == 45 or byte == 91 or byte == 93 or byte == 64 or byte == 40 or byte == 41


@njit(cache=True, nogil=True)
def _parts(byte: int, audit: bool, comma: bool) -> bool:
    """Tell whether a byte parts one pair from the next."""
    if byte == _SPACE or byte == _TAB or byte == _GROUP_SEPARATOR:
        return True
    return (audit and byte == _APOSTROPHE) or (comma and byte == _COMMA)


@njit(cache=True, nogil=True)
def word_pairs(data: Bytes, offsets: Places, audit: bool, comma: bool) -> tuple[Places, int]:
    r"""Find `key=value` between blanks; a value may be in double quotes, with `\"` inside.

    Args:
        data: the texts, one after another.
        offsets: where each starts, and where the last ends.
        audit: apostrophes are blanks, quotes stay in the values (an unquoted value may be hexadecimal there).
        comma: commas part pairs too.

    Returns:
        rows of (text, key start, key end, value start, value end, escaped), and how many.

    """
    most = 0
    for byte in data:
        most += byte == _EQUALS
    found, count = np.empty((most, 6), np.int64), 0
    for row in range(len(offsets) - 1):
        place, end = offsets[row], offsets[row + 1]
        while place < end:
            while place < end and _parts(data[place], audit, comma):
                place += 1
            start = place
            while place < end and _in_key(data[place]):
                place += 1
            if place == start or place >= end or data[place] != _EQUALS:
                while place < end and not _parts(data[place], audit, comma):
                    place += 1
                continue
            key_end = place
            place += 1
            escaped, first = 0, place
            if place < end and data[place] == _QUOTE:
                place += 1
                while place < end and data[place] != _QUOTE:
                    if data[place] == _BACKSLASH and not audit and place + 1 < end:
                        escaped = 1
                        place += 1
                    place += 1
                last = min(place, end)
                if audit:
                    last = min(last + 1, end)
                else:
                    first += 1
                place = last
                while place < end and not _parts(data[place], audit, comma):
                    place += 1
            else:
                while place < end and not _parts(data[place], audit, comma):
                    place += 1
                last = place
            found[count, 0], found[count, 1], found[count, 2] = row, start, key_end
            found[count, 3], found[count, 4], found[count, 5] = first, last, escaped
            count += 1
    return found[:count], count


@njit(cache=True, nogil=True)
def spread_pairs(data: Bytes, offsets: Places, separator: int) -> tuple[Places, int]:
    r"""Find the pairs of a CEF or LEEF extension: a value goes on until the next ` key=`, `\=` is no sign of one.

    Args:
        data: the texts, one after another.
        offsets: where each starts, and where the last ends.
        separator: the byte before a key (space in CEF, tab or a declared one in LEEF).

    Returns:
        as `word_pairs`.

    """
    most = 0
    for byte in data:
        most += byte == _EQUALS
    found, count = np.empty((most, 6), np.int64), 0
    for row in range(len(offsets) - 1):
        start, end = offsets[row], offsets[row + 1]
        word, in_word, opened, escaped = start, True, False, 0
        place = start
        while place < end:
            byte = data[place]
            if byte == _BACKSLASH and place + 1 < end:
                escaped = 1
                in_word = False
                place += 2
                continue
            if byte == separator:
                word, in_word = place + 1, True
            elif byte == _EQUALS and in_word and place > word:
                if opened:
                    last = word - 1
                    while last > found[count - 1, 3] and data[last - 1] == separator:
                        last -= 1
                    found[count - 1, 4] = max(last, found[count - 1, 3])
                    found[count - 1, 5] = escaped
                found[count, 0], found[count, 1], found[count, 2] = row, word, place
                found[count, 3], found[count, 4], found[count, 5] = place + 1, end, 0
                count += 1
                opened, in_word, escaped = True, False, 0
            elif in_word and not _in_key(byte):
                in_word = False
            place += 1
        if opened:
            found[count - 1, 5] = escaped
    return found[:count], count


_DATA = np.frombuffer(b'<Data Name="', np.uint8)
_LESS = 60


@njit(cache=True, nogil=True)
def data_pairs(data: Bytes, offsets: Places) -> tuple[Places, int]:
    """Find the `<Data Name="key">value</Data>` of XML texts; an empty `<Data Name="key"/>` is an empty value.

    Returns:
        as `word_pairs`.

    """
    most = 0
    for byte in data:
        most += byte == _LESS
    found, count = np.empty((most, 6), np.int64), 0
    for row in range(len(offsets) - 1):
        place, end = offsets[row], offsets[row + 1]
        while place + len(_DATA) < end:
            if data[place] != _LESS or not _here(data, place):
                place += 1
                continue
            start = place + len(_DATA)
            stop = start
            while stop < end and data[stop] != _QUOTE and data[stop] != _LESS:
                stop += 1
            first = stop
            while first < end and data[first] != 62 and data[first] != _LESS:
                first += 1
            first = min(first + 1, end)
            last = first
            if first < 2 or data[first - 2] != 47:
                while last < end and data[last] != _LESS:
                    last += 1
            found[count, 0], found[count, 1], found[count, 2] = row, start, stop
            found[count, 3], found[count, 4], found[count, 5] = first, last, 0
            count += 1
            place = max(last, start)
    return found[:count], count


@njit(cache=True, nogil=True)
def _here(data: Bytes, place: int) -> bool:
    for ahead in range(len(_DATA)):
        if data[place + ahead] != _DATA[ahead]:
            return False
    return True
