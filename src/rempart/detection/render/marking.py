"""Where, in a value, the literal parts of what a rule sought stand: to be shown marked."""

import re
from collections.abc import Iterator
from itertools import groupby

import polars as pl

_PIECE = re.compile(r"\\([*?])|([*?])|([^\\*?]+|\\)", re.DOTALL)
_REGEX = re.compile(r"/(.*)/([ims]*)", re.DOTALL)
_SHORTEST = 2
"""Shorter literals are in every value: marking them would mark everything."""


def literals(sought: str) -> list[str]:
    """Return the literal parts of a pattern in Sigma's notation, longest wildcards left out; none of a regex."""
    if _REGEX.fullmatch(sought):
        return []
    pieces = [
        (wildcard is not None, escaped or plain or "")
        for escaped, wildcard, plain in ((found[1], found[2] or None, found[3]) for found in _PIECE.finditer(sought))
    ]
    return ["".join(text for _, text in run) for wild, run in groupby(pieces, key=lambda piece: piece[0]) if not wild]


def marked(sought: str, value: str) -> list[tuple[str, bool]]:
    """Return the value cut in pieces, each with whether it is what the rule sought; the pieces joined are the value."""
    regex = _REGEX.fullmatch(sought)
    if regex:
        hits = _matched(regex[1], regex[2], value)
    else:
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


def _matched(pattern: str, flags: str, value: str) -> list[tuple[int, int]]:
    """Return where a regular expression matches first: by Polars, whose engine takes linear time on any log."""
    try:
        found = pl.Series([value]).str.extract(f"(?{flags}){pattern}" if flags else pattern, 0)[0]
    except pl.exceptions.ComputeError:
        return []
    start = value.find(found) if found else -1
    return [(start, start + len(found))] if start >= 0 else []
