"""The frame of products: which product each service says it is, at which version, and where it was read."""

from functools import cache

import polars as pl

from rempart.exposure.facts import ENDPOINT, facts
from rempart.exposure.facts.declared import with_declared
from rempart.exposure.facts.product_texts import texts
from rempart.exposure.fingerprints.catalogue_matcher import rules, said
from rempart.exposure.snapshot import Snapshot

EVIDENCE = 120
"""Characters of the text that named a product which are kept."""
PRODUCTS: dict[str, pl.DataType] = {
    "address": pl.String(),
    "port": pl.UInt16(),
    "transport": pl.String(),
    "name": pl.String(),
    "id": pl.String(),
    "product": pl.String(),
    "vendor": pl.String(),
    "family": pl.String(),
    "weight": pl.Float64(),
    "version": pl.String(),
    "cpe": pl.String(),
    "where": pl.String(),
    "evidence": pl.String(),
    "certainty": pl.String(),
    "console": pl.Boolean(),
}


@cache
def _hides() -> pl.DataFrame:
    """Return the pairs of products (`by`, `id`) of which the second is but a part of the first."""
    pairs = sorted({(rule.product.id, hidden) for rule in rules() for hidden in rule.product.hides})
    return pl.DataFrame(pairs, schema={"by": pl.String, "id": pl.String}, orient="row")


@facts("products")
def products(snapshot: Snapshot) -> pl.DataFrame:
    """One row a product and version of a service, as `PRODUCTS`.

    `version` is null when none was shown; a product seen with a version has no row without. `where` is the place the
    text was read at (`fingerprints.model.Where`), `evidence` its beginning; a version that somebody declared has
    `DECLARED` and their name. `certainty` is "observed" when the text is one that the product is documented to say,
    "deduced" when it is only generally known to. `console` tells whether what administers the product was seen.
    """
    spoken = texts(snapshot)
    found = spoken.join(said(spoken), on=["where", "text"])
    one = [*ENDPOINT, "id"]
    kept = (
        found.sort("rank", maintain_order=True)
        .with_columns(
            pl.col("console").any().over(one),
            pl.col("version").is_not_null().any().over(one).alias("told"),
            pl.col("text").str.slice(0, EVIDENCE).str.replace_all(r"[[:cntrl:]]+", " ").alias("evidence"),
        )
        .filter(pl.col("version").is_not_null() | ~pl.col("told"))
        .unique([*one, "version"], keep="first", maintain_order=True)
    )
    hidden = kept.select(*ENDPOINT, pl.col("id").alias("by")).join(_hides(), on="by")
    shown = with_declared(kept.join(hidden, on=one, how="anti", nulls_equal=True), snapshot)
    return shown.select(*PRODUCTS).cast(pl.Schema(PRODUCTS)).sort(*ENDPOINT, "product", "version")
