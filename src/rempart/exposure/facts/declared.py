"""What the establishment read on the spot, where the internet shows nothing: versions, filtered UDP ports."""

from datetime import timedelta

import polars as pl

from rempart.exposure.snapshot import Snapshot

DECLARED = "declared"
"""Where a version was read, when somebody declared it."""
FRESH = timedelta(days=90)
"""How old a declaration may be when the measurement ends; a later or an older one is left out, and says nothing."""
_SAID = "{}, déclaré par {} le {}"


def fresh(snapshot: Snapshot) -> pl.DataFrame:
    """Return the declarations that hold at the end of the measurement."""
    day = snapshot.manifest.taken_at.date()
    return snapshot.declarations.filter(pl.col("dated").is_between(day - FRESH, day))


def with_declared(products: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Return the products with the declared version of those that hide it; one that is shown is never replaced."""
    for row in fresh(snapshot).filter(~pl.col("filtered")).iter_rows(named=True):  # a few lines a person wrote
        here = _of(row["host"], row["port"]) & pl.col("version").is_null()
        named = (pl.col("id") == row["product"]) | (pl.col("product").str.to_lowercase() == row["product"].lower())
        said = _SAID.format(row["version"], row["author"], row["dated"].strftime("%d/%m/%Y"))
        told = {"version": row["version"], "where": DECLARED, "evidence": said}
        products = products.with_columns(
            pl.when(here & named).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
            for column, value in told.items()
        )
    return products


def filtered(snapshot: Snapshot) -> pl.DataFrame:
    """Return the UDP ports declared filtered: `host` (a name or an address), `port`."""
    return fresh(snapshot).filter("filtered").select("host", "port").unique(maintain_order=True)


def _of(host: str, port: int | None) -> pl.Expr:
    place = (pl.col("name").fill_null("").str.to_lowercase() == host) | (pl.col("address") == host)
    return place if port is None else place & (pl.col("port") == port)
