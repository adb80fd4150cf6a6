"""Versions as keys whose order as text is the order of versions: so that ranges are compared in columns.

Numbers compare as numbers; `rc`, `beta` and the like come before the release, a patch letter (`9.2p1`) or a further
number after it; final zeros do not count (`9.2` is `9.2.0`). It is the common ground of dotted schemes.
"""

import re

import polars as pl

_TOKEN = re.compile(r"\d{1,18}|[a-z]{1,16}")
_LONGEST = 64
_BEFORE = {"a", "alpha", "b", "beta", "rc", "cr", "pre", "preview", "dev", "snapshot", "m", "ea"}
_END = "1"


def version_key(version: str) -> str:
    """Return the key of one version; an empty one for a text without any sign of a version."""
    kept: list[str] = []
    for token in [*_TOKEN.findall(version.lower()[:_LONGEST].removeprefix("v")), ""]:
        while not token.isdigit() and len(kept) > 1 and kept[-1].isdigit() and not int(kept[-1]):
            kept.pop()  # a final zero, or one before a letter
        kept.append(token)
    kept.pop()
    return "".join(map(_token_key, kept)) + _END if kept else ""


def _token_key(token: str) -> str:
    if token.isdigit():
        return f"3{int(token):018d}"
    return f"{'0' if token in _BEFORE else '2'}{token:\0<16}"


def keys(versions: pl.Series) -> pl.Series:
    """Return the key of each version; null for a null or a text without a version.

    A loop over the distinct versions only: a feed repeats the same few.
    """
    known = {version: version_key(version) or None for version in versions.unique().drop_nulls()}
    return versions.replace_strict(known, default=None, return_dtype=pl.String)
