"""Patterns with wildcards inside, checked exactly on the values their literal was found in."""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rempart.detection.kernel.text import Bytes, Text
from rempart.detection.rules.form import Wildcard

ANY = -1
ONE = -2
_CONTINUATION_MASK = 0xC0
_CONTINUATION = 0x80

Tokens = NDArray[np.int16]


def tokens_of(glob: Sequence[bytes | Wildcard]) -> Tokens:
    """Return the pattern as one number a byte, ANY or ONE for a wildcard."""
    out: list[int] = []
    for part in glob:
        if isinstance(part, Wildcard):
            out.append(ANY if part is Wildcard.ANY else ONE)
        else:
            out.extend(part)
    return np.array(out, dtype=np.int16)


@njit(cache=True, nogil=True)
def verified(text: Text, values: NDArray[np.int32], tokens: Tokens) -> NDArray[np.int32]:  # pragma: no cover - compiled
    """Return those of the values that the whole pattern fits."""
    out = np.empty_like(values)
    count = 0
    for value in values:
        start, end = text.places[value], text.places[value + 1]
        null = end - start == 1 and text.data[start] == 0
        if not null and _fits(text.data, start, end, tokens):
            out[count] = value
            count += 1
    return out[:count]


@njit(cache=True, nogil=True)
def _fits(data: Bytes, start: int, end: int, tokens: Tokens) -> bool:  # pragma: no cover - compiled
    """Walk value and pattern together; on a difference go back to the last `*` and let it take one character more."""
    at, token = start, 0
    star, taken = -1, start
    while at < end:
        if token < len(tokens) and tokens[token] == ANY:
            star, taken = token, at
            token += 1
        elif token < len(tokens) and tokens[token] == ONE:
            at = _next(data, at, end)
            token += 1
        elif token < len(tokens) and tokens[token] == data[at]:
            at += 1
            token += 1
        elif star >= 0:
            taken = _next(data, taken, end)
            at, token = taken, star + 1
        else:
            return False
    while token < len(tokens) and tokens[token] == ANY:
        token += 1
    return token == len(tokens)


@njit(cache=True, nogil=True)
def _next(data: Bytes, at: int, end: int) -> int:  # pragma: no cover - compiled
    """Return where the next character starts: `?` is one code point, not one byte."""
    at += 1
    while at < end and data[at] & _CONTINUATION_MASK == _CONTINUATION:
        at += 1
    return at
