"""How a text format is recognised: by the share of a file's first lines that look like it."""

from functools import lru_cache

import polars as pl

from rempart.detection.census import Census
from rempart.detection.collect.formats.lines import LINE, lines_of

_LOOKED_AT = 50
_FEW = 0.5


@lru_cache(maxsize=4)
def first_lines(head: bytes) -> pl.Series:
    """Return the first lines of a file, the last one left out when it may be cut."""
    whole = head[: head.rfind(b"\n") + 1] or head
    return lines_of(whole, 0, Census(), "").get_column(LINE).head(_LOOKED_AT)


def share(head: bytes, pattern: str) -> float:
    """Return the share of first lines that hold a pattern, 0 under a half."""
    lines = first_lines(head)
    found = int(lines.str.contains(pattern).sum())
    part = found / len(lines) if len(lines) else 0.0
    return part if part >= _FEW else 0.0
