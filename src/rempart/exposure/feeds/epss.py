"""FIRST's Exploit Prediction Scoring System, CSV: a comment with model and date, then cve,epss,percentile."""

import io
import re
from datetime import date

import polars as pl
from polars.exceptions import PolarsError

from rempart.exposure.feeds.feed import EPSS, SCHEMAS, Feed
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_HEAD = re.compile(rb"^#.*score_date:(\d{4}-\d{2}-\d{2})")


def recognises(content: bytes) -> bool:
    """Tell whether the first line is EPSS's."""
    return bool(_HEAD.match(content[:200])) and b"cve,epss" in content[:400]


def read(content: bytes, where: str) -> Feed:
    """Return the scores; a line whose score is no number between 0 and 1 is counted as a flaw.

    Raises:
        InputError: the date or the table cannot be read.

    """
    found = _HEAD.match(content[:200])
    try:
        dated = date.fromisoformat(found[1].decode() if found else "")
        table = pl.read_csv(io.BytesIO(content), comment_prefix="#", schema_overrides={"epss": pl.String})
        scores = table.select("cve", pl.col("epss").cast(pl.Float64, strict=False))
    except (ValueError, PolarsError) as error:
        raise InputError(Text(fr="table EPSS illisible", en="unreadable EPSS table"), where) from error
    good = scores.filter(pl.col("epss").is_between(0, 1), pl.col("cve").str.starts_with("CVE-"))
    bad = scores.height - good.height
    flaws = [(where, f"{bad} lines without a score between 0 and 1")] if bad else []
    return Feed(
        EPSS, dated, good.select(pl.col(name).cast(kind) for name, kind in SCHEMAS[EPSS].items()), good.height, flaws
    )
