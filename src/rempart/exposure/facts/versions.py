"""What is known of the versions seen: end of support, and the weaknesses whose ranges hold them. Columns only."""

import polars as pl

from rempart.exposure.facts import ENDPOINT
from rempart.exposure.feeds.feed import pair_of_cpe
from rempart.exposure.feeds.versions import keys
from rempart.exposure.priority import BACKPORTED, VERSION, delay, impact, likelihood, priority
from rempart.exposure.snapshot import Snapshot

_DISTRIBUTION = r"(?i)debian|ubuntu|raspbian|[+~-]deb\d|\bel\d|\.el\d|red ?hat|centos|alpine|suse|~bpo"
"""Signs of a publisher that back-ports fixes without changing the version shown (reference, pitfall 9)."""
KEPT = (*ENDPOINT, "product", "version", "family", "weight", "evidence")


def versioned(products: pl.DataFrame) -> pl.DataFrame:
    """Return the products with `pair` (vendor:product of their CPE), `key` of their version, and `backports`."""
    known = {cpe: pair_of_cpe(cpe) for cpe in products["cpe"].drop_nulls().unique()}
    pairs = products["cpe"].replace_strict(known, default=None, return_dtype=pl.String)
    return products.with_columns(
        pairs.alias("pair"),
        keys(products["version"]).alias("key"),
        pl.col("evidence").fill_null("").str.contains(_DISTRIBUTION).alias("backports"),
    )


def support(products: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Return each product whose release cycle is known: columns of `KEPT`, `cycle`, `ends`, `ended`.

    A version belongs to the longest cycle that begins it, at a dot or a sign. `ended` says that support ended on a day
    nobody tells; `ends` is null for a cycle still supported.
    """
    told = versioned(products).filter(pl.col("version").is_not_null())
    cycles = snapshot.support.select("pair", "cycle", "ends", "ended")
    joined = told.join(cycles, on="pair").filter(
        (pl.col("version") == pl.col("cycle"))
        | (
            pl.col("version").str.starts_with(pl.col("cycle"))
            & ~pl.col("version").str.slice(pl.col("cycle").str.len_chars(), 1).str.contains(r"\d")
        )
    )
    longest = joined.sort(pl.col("cycle").str.len_chars(), descending=True, maintain_order=True)
    found = longest.unique([*ENDPOINT, "product", "version"], keep="first", maintain_order=True)
    return found.select(*KEPT, "backports", "cycle", "ends", "ended").sort(*ENDPOINT, "product")


def weaknesses(products: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Return each weakness whose ranges hold a version seen, with every term of its priority.

    Columns: those of `KEPT`, `backports`, `cve`, `title`, `cvss`, `epss`, `kev`, `ransomware`, `likely` (L), `costs`
    (I), `certain` (C), `priority` and `delay`. A range that a record says is safe takes its versions out.
    """
    told = versioned(products).filter(pl.col("key").is_not_null())
    joined = told.join(snapshot.weaknesses, on="pair", suffix="_of_record")
    above = pl.col("low").is_null() | (pl.col("key") >= pl.col("low"))
    below = (
        pl.col("high").is_null()
        | (pl.col("key") < pl.col("high"))
        | (pl.col("closed") & (pl.col("key") == pl.col("high")))
    )
    held = joined.filter(above, below)
    one = [*ENDPOINT, "product", "version", "cve"]
    safe = held.filter(~pl.col("affected")).select(one)
    hit = (
        held.filter(pl.col("affected"))
        .join(safe, on=one, how="anti", nulls_equal=True)
        .unique(one, maintain_order=True)
    )
    certain = pl.when(pl.col("backports")).then(BACKPORTED).otherwise(VERSION)
    termed = hit.with_columns(likelihood().alias("likely"), impact().alias("costs"), certain.alias("certain"))
    ranked = termed.with_columns(
        priority(pl.col("weight"), pl.col("certain"), pl.col("likely"), pl.col("costs")).alias("priority"),
        delay().alias("delay"),
    )
    columns = ("backports", "cve", "title", "cvss", "epss", "kev", "ransomware", "likely", "costs", "certain")
    return ranked.select(*KEPT, *columns, "priority", "delay").sort("priority", "cve", descending=[True, False])
