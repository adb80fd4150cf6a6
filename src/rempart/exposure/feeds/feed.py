"""What loading a feed gives: a data set by name, its own date, its rows, what of it could not be understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

KEV, EPSS, CVE, SUPPORT, RECOG = "kev", "epss", "cve", "support", "recog"
DATASETS = (KEV, EPSS, CVE, SUPPORT, RECOG)

SCHEMAS: Mapping[str, Mapping[str, pl.DataType]] = {
    KEV: {
        "cve": pl.String(),
        "vendor": pl.String(),
        "product": pl.String(),
        "added": pl.Date(),
        "ransomware": pl.Boolean(),
    },
    EPSS: {"cve": pl.String(), "epss": pl.Float64()},
    # one row a range of versions that a record names; keys are those of `feeds.versions`
    CVE: {
        "cve": pl.String(),
        "published": pl.Date(),
        "title": pl.String(),
        "cvss": pl.Float64(),
        "exploitation": pl.String(),  # SSVC: none, poc, active; null when not said
        "automatable": pl.Boolean(),
        "impact": pl.String(),  # SSVC: partial, total
        "pair": pl.String(),  # vendor:product, as a CPE spells them
        "low": pl.String(),  # key of the first version; null: from the beginning
        "high": pl.String(),  # key of the last one; null: without end
        "closed": pl.Boolean(),  # whether `high` itself is in the range
        "affected": pl.Boolean(),  # False for a range that the record says is safe
    },
    SUPPORT: {
        "pair": pl.String(),
        "product": pl.String(),
        "cycle": pl.String(),
        "ends": pl.Date(),  # null: still supported, or ended on a day nobody says
        "ended": pl.Boolean(),  # known to have ended, whatever the day
    },
    RECOG: {"file": pl.String(), "content": pl.Binary()},
}


@dataclass(frozen=True)
class Feed:
    """One data set read from one file. `flaws` are (place, problem) of the records left out."""

    dataset: str
    dated: date
    frame: pl.DataFrame
    records: int
    flaws: list[tuple[str, str]] = field(default_factory=list)


def frame(dataset: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Return the rows of a data set with its columns; what a row lacks is null."""
    return pl.DataFrame(rows, schema=dict(SCHEMAS[dataset]), orient="row")


def pair_of_cpe(name: str) -> str | None:
    """Return `vendor:product` of a CPE 2.2 or 2.3 name; None when it is none."""
    parts = name.removeprefix("cpe:2.3:").removeprefix("cpe:/").split(":")
    if not name.startswith(("cpe:2.3:", "cpe:/")) or len(parts) < 3:  # noqa: PLR2004 — part, vendor, product
        return None
    return f"{parts[1]}:{parts[2]}".lower().replace("\\", "")


def pair_of_words(vendor: str, product: str) -> str:
    """Return `vendor:product` of plain words, spelt as a CPE would."""
    return f"{_spelt(vendor)}:{_spelt(product)}"


def _spelt(word: str) -> str:
    return "_".join(word.lower().split())
