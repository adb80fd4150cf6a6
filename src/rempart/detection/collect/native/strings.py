"""JSON's strings and values as bytes: where they end, and what they say."""

from rempart.detection.collect.native.raw import byte, compiled, copied, first_bit, put8, stops

FAULT = -1
"""The bytes are not JSON here."""
SHORT = -2
"""They may be, but end too early."""
DEEP = 512
"""Brackets in brackets that no honest log has: a fault."""


@compiled
def string_end(data: int, at: int, end: int) -> tuple[int, bool]:
    """Return the place of the quote that closes the string whose content starts at `at`, and whether it has escapes.

    FAULT at a bare control character, SHORT at the end of the bytes.
    """
    escaped = False
    while at < end:
        bits = stops(data, at)
        if bits == 0:
            at += 32
            continue
        at += first_bit(bits)
        if at >= end:
            break
        if byte(data, at) == 0x22:
            return at, escaped
        if byte(data, at) != 0x5C:
            return FAULT, escaped
        if byte(data, at + 1) < 0x20 and at + 1 < end:
            return FAULT, escaped
        escaped = True
        at += 2
    return SHORT, escaped


@compiled
def scalar_end(data: int, at: int, end: int) -> int:
    """Return where a number or a word (true, false, null) that starts at `at` ends; `at` itself if there is none."""
    while at < end:
        now = byte(data, at)
        if now <= 0x20 or (
            now == 0x2C or now == 0x5D or now == 0x7D or now == 0x22 or now == 0x3A or now == 0x5B or now == 0x7B
        ):
            break
        at += 1
    return at


@compiled
def gap_end(data: int, at: int) -> int:
    """Return the first place that is no white space (the zero after the content is none)."""
    while byte(data, at) == 0x20 or byte(data, at) == 0x0A or byte(data, at) == 0x0D or byte(data, at) == 0x09:
        at += 1
    return at


@compiled
def _opens(data: int, at: int, end: int) -> bool:
    """Tell whether an object may start at this brace: a key or its end follows."""
    at = gap_end(data, at + 1)
    return at >= end or byte(data, at) == 0x22 or byte(data, at) == 0x7D


@compiled
def value_end(data: int, at: int, end: int) -> int:
    """Return where the value that starts at `at` ends, whatever its depth; FAULT or SHORT."""
    depth = 0
    while at < end:
        now = byte(data, at)
        if now == 0x22:
            at = string_end(data, at + 1, end)[0]
            if at < 0:
                return at
            at += 1
        elif now == 0x7B or now == 0x5B:
            depth += 1
            if depth > DEEP or (now == 0x7B and not _opens(data, at, end)):
                return FAULT
            at += 1
        elif now == 0x7D or now == 0x5D:
            if depth == 0:
                return FAULT
            depth -= 1
            at += 1
        elif now <= 0x20 or (now == 0x2C or now == 0x3A):
            if depth == 0:
                return FAULT
            at += 1
            continue
        else:
            at = scalar_end(data, at, end)
        if depth == 0:
            return at
    return SHORT


@compiled
def hexadecimal(data: int, at: int) -> int:
    """Return the number that four hexadecimal digits write, FAULT if they are none."""
    number = 0
    for place in range(at, at + 4):
        now = byte(data, place)
        if 0x30 <= now <= 0x39:
            number = number * 16 + (now - 0x30)
        elif 0x61 <= (now | 0x20) <= 0x66:
            number = number * 16 + ((now | 0x20) - 0x57)
        else:
            return FAULT
    return number


@compiled
def encoded(out: int, at: int, point: int) -> int:
    """Write a character as UTF-8, return where it ends."""
    if point < 0x80:
        put8(out, at, point)
        return at + 1
    if point < 0x800:
        put8(out, at, 0xC0 | (point >> 6))
        put8(out, at + 1, 0x80 | (point & 0x3F))
        return at + 2
    if point < 0x10000:
        put8(out, at, 0xE0 | (point >> 12))
        put8(out, at + 1, 0x80 | ((point >> 6) & 0x3F))
        put8(out, at + 2, 0x80 | (point & 0x3F))
        return at + 3
    put8(out, at, 0xF0 | (point >> 18))
    put8(out, at + 1, 0x80 | ((point >> 12) & 0x3F))
    put8(out, at + 2, 0x80 | ((point >> 6) & 0x3F))
    put8(out, at + 3, 0x80 | (point & 0x3F))
    return at + 4


@compiled
def character(data: int, at: int, end: int) -> tuple[int, int]:
    r"""Return the character a `\\u` escape writes, its digits starting at `at`, and where they end.

    Half of a pair alone is U+FFFD, the sign of a character that could not be read; no digits: FAULT.
    """
    point = hexadecimal(data, at) if at + 4 <= end else FAULT
    if point < 0:
        return FAULT, at
    if point < 0xD800 or point > 0xDFFF:
        return point, at + 4
    if point < 0xDC00 and at + 10 <= end and byte(data, at + 4) == 0x5C and byte(data, at + 5) == 0x75:
        low = hexadecimal(data, at + 6)
        if 0xDC00 <= low <= 0xDFFF:
            return 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00), at + 10
    return 0xFFFD, at + 4


@compiled
def unescaped(data: int, start: int, end: int, out: int, at: int) -> int:
    """Write the content of a JSON string without its escapes, return where it ends; an unknown one stays.

    The result is never longer than what it is made from; up to 7 bytes more are written.
    """
    while start < end:
        bits = stops(data, start)
        run = min(first_bit(bits) if bits else 32, end - start)
        if run:
            at = copied(data, start, start + run, out, at)
            start += run
            continue
        now = byte(data, start + 1) if byte(data, start) == 0x5C else 0
        if now == 0:
            put8(out, at, byte(data, start))
            start += 1
            at += 1
            continue
        start += 2
        if now == 0x75:
            point, start = character(data, start, end)
            if point != FAULT:
                at = encoded(out, at, point)
                continue
        elif now == 0x6E:
            now = 0x0A
        elif now == 0x72:
            now = 0x0D
        elif now == 0x74:
            now = 0x09
        elif now == 0x62:
            now = 0x08
        elif now == 0x66:
            now = 0x0C
        elif now != 0x22 and now != 0x5C and now != 0x2F:
            put8(out, at, 0x5C)
            at += 1
            put8(out, at, now)
            at += 1
            continue
        if now == 0x75:
            put8(out, at, 0x5C)
            at += 1
        put8(out, at, now)
        at += 1
    return at
