"""Many patterns on many texts at once, in columns.

Patterns run in Polars' engine (Rust's regex): its time grows with the text, never explodes with it, whatever a server
says. Distinct texts are matched once each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import polars as pl
from polars.exceptions import ComputeError

LONGEST = 16_384
"""Characters of one text that are looked at."""

MATCHES: dict[str, pl.DataType] = {
    "where": pl.String(),
    "text": pl.String(),
    "rank": pl.UInt32(),
    "groups": pl.List(pl.String()),
}


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

    @cached_property
    def _hits(self) -> dict[str, list[pl.Expr]]:
        text = pl.col("text")
        return {
            where: [text.str.contains(pattern.regex).alias(str(pattern.rank)) for pattern in patterns]
            for where, patterns in self._patterns.items()
        }

    def match(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return every match of `texts` (columns `where`, `text`), as `MATCHES`, in the order of rank.

        `groups` holds what each group of the pattern caught, null for one that caught nothing.
        """
        distinct = texts.select("where", pl.col("text").str.slice(0, LONGEST)).drop_nulls().unique(maintain_order=True)
        found = [
            matches
            for (where,), rows in distinct.group_by("where", maintain_order=True)
            for matches in self._match_place(str(where), rows)
        ]
        return pl.concat(found).sort("rank", maintain_order=True) if found else pl.DataFrame(schema=MATCHES)

    def _match_place(self, where: str, rows: pl.DataFrame) -> Iterable[pl.DataFrame]:
        if where not in self._patterns:
            return
        hits = rows.lazy().select(self._hits[where]).collect()
        counts = hits.sum().row(0)
        # a loop over the few patterns that matched something: each captures other groups
        for pattern, count in zip(self._patterns[where], counts, strict=True):
            if count:
                yield _caught(rows.filter(hits[str(pattern.rank)]), pattern)


def _caught(rows: pl.DataFrame, pattern: Pattern) -> pl.DataFrame:
    groups = rows.select(pl.col("text").str.extract_groups(pattern.regex).alias("groups"))["groups"]
    fields = groups.struct.unnest() if groups.struct.fields else None
    caught = fields.select(pl.concat_list(pl.all())).to_series() if fields is not None else None
    return rows.select(
        "where",
        "text",
        pl.lit(pattern.rank, dtype=pl.UInt32).alias("rank"),
        pl.lit(caught if caught is not None else None, dtype=pl.List(pl.String)).alias("groups"),
    )
