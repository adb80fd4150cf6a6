"""Names of events that stay the same wherever their file was moved, and the identifiers made of them."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

import polars as pl

_SHOWN = 16
"""Hexadecimal digits of an identifier: 64 bits, enough for billions of alerts."""


def short_names(files: Iterable[str]) -> Mapping[str, str]:
    """Return, by file, the shortest end of its path that no other file of the run has: its name, most often."""
    waiting = {file: tuple(part for part in file.replace("\\", "/").split("/") if part) or (file,) for file in files}
    named: dict[str, str] = {}
    depth = 1
    while waiting:
        ends = {file: "/".join(parts[-depth:]) for file, parts in waiting.items()}
        shared = Counter(ends.values())
        done = [file for file, parts in waiting.items() if shared[ends[file]] == 1 or depth >= len(parts)]
        for file in done:
            deepest = depth >= len(waiting[file]) and shared[ends[file]] > 1
            named[file] = file if deepest else ends[file]
            del waiting[file]
        depth += 1
    return named


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `event`: text that tells an event from all others.

    It holds the name of its file, its place, moment and machine: two files of one name differ unless they hold the same
    event at the same place.
    """
    files = short_names(rows["file"].unique().to_list())
    short = pl.col("file").replace_strict(pl.Series(list(files), dtype=pl.String), pl.Series(list(files.values())))
    if rows.is_empty():
        short = pl.col("file")
    moment = pl.col("time").dt.timestamp("us").cast(pl.String)
    parts = (short, pl.col("offset").cast(pl.String), pl.col("length").cast(pl.String), moment, pl.col("host"))
    return rows.with_columns(event=pl.concat_str([part.fill_null("") for part in parts], separator="\x1f"))


def identifier(rule: str, events: Iterable[str]) -> str:
    """Return the identifier of what a rule says of some events: the same whatever their order."""
    text = "\x1e".join((rule, *sorted(events)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_SHOWN]
