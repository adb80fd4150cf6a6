"""Syslog framed by counting octets (RFC 6587, 3.4.1): `83 <34>1 ...`, one message after another, without line feeds."""

# ruff: noqa: PLR2004 — loops over bytes, as numba wants them

import re

import numpy as np
from numba import njit

from rempart.detection.collect.formats.bytes import LINE_FEED, Bytes
from rempart.detection.collect.formats.spans import frozen

_FRAME = re.compile(rb"[1-9]\d{0,6} <\d{1,3}>")
_SPACE = 32
_MOST_DIGITS = 7


def framed(head: bytes) -> bool:
    """Tell whether bytes begin by a count of octets; looks at their first ones only."""
    return _FRAME.match(head[:16]) is not None


@njit(cache=True, nogil=True)
def _counted(data: Bytes, place: int) -> tuple[int, int]:
    """Return where the message framed at a place starts and ends; (-1, -1) when no count stands there."""
    count, at = 0, place
    while at < len(data) and at - place < _MOST_DIGITS and 48 <= data[at] <= 57:
        count = count * 10 + data[at] - 48
        at += 1
    if at == place or at >= len(data) or data[at] != _SPACE:
        return -1, -1
    return at + 1, at + 1 + count


@njit(cache=True, nogil=True)
def _lined(data: Bytes) -> Bytes:
    """Return the same number of bytes where counts became line feeds, and line feeds inside a message blanks."""
    out, place = data.copy(), 0
    while place < len(data):
        start, end = _counted(data, place)
        if start < 0:  # not counted: up to the next line, as a relay that mixes both ways
            while place < len(data) and data[place] != LINE_FEED:
                place += 1
            place += 1
            continue
        out[place:start] = LINE_FEED
        end = min(end, len(data))
        for at in range(start, end):
            if data[at] == LINE_FEED and at < end - 1:
                out[at] = _SPACE
        place = end
    return out


@njit(cache=True, nogil=True)
def _last_end(data: Bytes) -> int:
    place = 0
    while place < len(data):
        _, end = _counted(data, place)
        if end < 0:
            end = place
            while end < len(data) and data[end] != LINE_FEED:
                end += 1
            end += 1
        if end > len(data):
            return place
        place = end
    return place


def opened(data: bytes) -> bytes:
    """Return framed messages as lines, each byte in its place."""
    return bytes(_lined(frozen(np.frombuffer(data, np.uint8))))


def whole(data: bytes) -> int:
    """Return where the last whole message ends."""
    return int(_last_end(frozen(np.frombuffer(data, np.uint8))))
