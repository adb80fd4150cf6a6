"""Whether bytes are UTF-8, and how they are made so."""

from rempart.detection.collect.native.raw import byte, compiled, load64, put8


@compiled
def is_ascii(data: int, start: int, end: int) -> bool:
    """Tell whether no now is above 127."""
    while end - start >= 8:
        if load64(data, start) & 0x8080808080808080:
            return False
        start += 8
    while start < end:
        if byte(data, start) >= 0x80:
            return False
        start += 1
    return True


@compiled
def step(data: int, at: int, end: int) -> int:
    """Return how many bytes the character at `at` takes, 0 if they are no UTF-8 (RFC 3629: no surrogate, shortest)."""
    now = byte(data, at)
    if now < 0x80:
        return 1
    if now < 0xC2 or now > 0xF4:
        return 0
    length = 2 if now < 0xE0 else 3 if now < 0xF0 else 4
    if at + length > end:
        return 0
    for place in range(at + 1, at + length):
        if byte(data, place) & 0xC0 != 0x80:
            return 0
    second = byte(data, at + 1)
    if (now == 0xE0 and second < 0xA0) or (now == 0xED and second > 0x9F):
        return 0
    if (now == 0xF0 and second < 0x90) or (now == 0xF4 and second > 0x8F):
        return 0
    return length


@compiled
def is_utf8(data: int, start: int, end: int) -> bool:
    """Tell whether the bytes are UTF-8."""
    while start < end:
        length = step(data, start, end)
        if length == 0:
            return False
        start += length
    return True


@compiled
def mended(data: int, start: int, end: int, out: int, at: int) -> int:
    """Write the bytes with U+FFFD for each that is no UTF-8 (up to three times the room); return the end."""
    while start < end:
        length = step(data, start, end)
        if length == 0:
            put8(out, at, 0xEF)
            put8(out, at + 1, 0xBF)
            put8(out, at + 2, 0xBD)
            at += 3
            start += 1
            continue
        for place in range(start, start + length):
            put8(out, at, byte(data, place))
            at += 1
        start += length
    return at
