"""Many patterns on many texts at once, in columns.

Patterns run in Polars' engine (Rust's regex): its time grows with the text, never explodes with it, whatever a server
says. Distinct texts are matched once each.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from re import _parser  # type: ignore[attr-defined] # the one reader of patterns there is; only `required` asks it
from typing import Any

import polars as pl
from polars.exceptions import ComputeError

_FLAGS = re.compile(r"\(\?[a-z]+\)")
_ASCII = 128
LONGEST = 16_384
"""Characters of one text that are looked at."""

MATCHES: dict[str, pl.DataType] = {
    "where": pl.String(),
    "text": pl.String(),
    "rank": pl.UInt32(),
    "groups": pl.List(pl.String()),
}


Match = tuple[str, str, int, list[str | None]]


@dataclass(frozen=True)
class Pattern:
    """One regular expression for the texts read at one place; `rank` tells it from the others and orders them."""

    rank: int
    where: str
    regex: str


def accepted(regex: str) -> str:
    r"""Return `regex` as the engine takes it: one that grows too large with Unicode's letters is kept to ASCII's.

    Raises:
        ComputeError: not a regular expression of this engine.

    """
    try:
        pl.Series([""]).str.contains(regex)
    except ComputeError:
        ascii_only = regex.replace(r"[\w", "[0-9A-Za-z_").replace(r"[\d", "[0-9")
        pl.Series([""]).str.contains(ascii_only)
        return ascii_only
    return regex


class Matcher:
    """A set of patterns, made ready.

    Args:
        patterns: in the order of precedence (`rank` grows).

    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        by_where = sorted(patterns, key=lambda pattern: (pattern.where, pattern.rank))
        self._patterns = {where: list(group) for where, group in groupby(by_where, key=lambda pattern: pattern.where)}

    def match(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return every match of `texts` (columns `where`, `text`), as `MATCHES`, in the order of rank.

        `groups` holds what each group of the pattern caught, null for one that caught nothing.
        """
        distinct = texts.select("where", pl.col("text").str.slice(0, LONGEST)).drop_nulls().unique(maintain_order=True)
        found = [
            match
            for (where,), rows in distinct.group_by("where", maintain_order=True)
            for match in self._match_place(str(where), rows["text"])
        ]
        return pl.DataFrame(found, schema=MATCHES, orient="row").sort("rank", maintain_order=True)

    def _match_place(self, where: str, texts: pl.Series) -> Iterator[Match]:
        patterns = self._patterns.get(where, [])
        words = sorted({required(pattern.regex) for pattern in patterns} - {""})
        lowered = texts.str.to_lowercase().alias("text").to_frame().lazy()
        held = lowered.select(pl.col("text").str.contains(word, literal=True).alias(word) for word in words).collect()
        anywhere = {word for word in words if held[word].any()}
        # a loop over the patterns whose word is in some text: few, and each captures other groups
        for pattern in patterns:
            word = required(pattern.regex)
            if word in anywhere or not word:
                yield from _caught(texts.filter(held[word]) if word else texts, pattern)


def _caught(texts: pl.Series, pattern: Pattern) -> Iterator[Match]:
    """Yield the texts that a pattern matches; the whole match is a group, so that it is compiled once."""
    caught = texts.str.extract_groups(_whole(pattern.regex)).struct.unnest()
    for text, (whole, *groups) in zip(texts, caught.iter_rows(), strict=True):
        if whole is not None:
            yield pattern.where, text, pattern.rank, groups


def _whole(regex: str) -> str:
    """Return the pattern inside a group of its own, its flags first."""
    flags = _FLAGS.match(regex)
    return f"{flags[0]}({regex[flags.end() :]})" if flags else f"({regex})"


@cache
def required(regex: str) -> str:
    """Return the longest ASCII text, in lower case, that any match must hold; "" when none is sure."""
    try:
        parsed = _parser.parse(regex)
    except (re.error, OverflowError, RecursionError):
        return ""
    runs = "".join(_sure(parsed)).split("\0")
    return max((run for run in runs if len(run) > 1), key=len, default="")


def _sure(parsed: Iterable[tuple[object, Any]]) -> Iterator[str]:
    """Yield what must be there in order, NUL where something unknown may stand between."""
    for kind, value in parsed:
        if kind is _parser.LITERAL and value < _ASCII and value:
            yield chr(value).lower()
        elif kind is _parser.SUBPATTERN and not value[1]:
            yield from _sure(value[3])
        elif kind is not _parser.AT:
            yield "\0"
