"""Where, in a value, the literal parts of what a rule sought stand: to be shown marked."""

import re
from collections.abc import Iterator
from itertools import groupby

_PIECE = re.compile(r"\\([*?])|([*?])|([^\\*?]+|\\)", re.DOTALL)
_SHORTEST = 2
"""Shorter literals are in every value: marking them would mark everything."""


def literals(sought: str) -> list[str]:
    """Return the literal parts of a pattern in Sigma's notation, longest wildcards left out; none of a regex."""
    if len(sought) > 1 and sought.startswith("/") and re.fullmatch(r"/.*/[ims]*", sought, re.DOTALL):
        return []
    pieces = [
        (wildcard is not None, escaped or plain or "")
        for escaped, wildcard, plain in ((found[1], found[2] or None, found[3]) for found in _PIECE.finditer(sought))
    ]
    return ["".join(text for _, text in run) for wild, run in groupby(pieces, key=lambda piece: piece[0]) if not wild]


def marked(sought: str, value: str) -> list[tuple[str, bool]]:
    """Return the value cut in pieces, each with whether it is what the rule sought; the pieces joined are the value."""
    hits = list(_hits([text for text in literals(sought) if len(text) >= _SHORTEST], value))
    pieces: list[tuple[str, bool]] = []
    place = 0
    for start, end in hits:
        pieces += [(value[place:start], False), (value[start:end], True)]
        place = end
    pieces.append((value[place:], False))
    return [(text, hit) for text, hit in pieces if text]


def _hits(sought: list[str], value: str) -> Iterator[tuple[int, int]]:
    """Yield where each literal stands, one after the other. A value whose lower case is longer is left unmarked."""
    lowered = value.lower()
    if len(lowered) != len(value):
        return
    place = 0
    for text in sought:
        start = lowered.find(text.lower(), place)
        if start < 0:
            return
        place = start + len(text)
        yield start, place
