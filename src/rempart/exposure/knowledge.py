"""What the loaded feeds say of the products a snapshot shows, put into the snapshot: it is judged again without them.

See ADR 0011. Only rows about products that were seen are taken; a fresher store gives another snapshot, with another
digest.
"""

from dataclasses import replace

import polars as pl

from rempart.exposure.feeds.feed import CVE, EPSS, KEV, SUPPORT, pair_of_cpe
from rempart.exposure.feeds.store import Store
from rempart.exposure.feeds.support import own_table
from rempart.exposure.snapshot import TABLE_SCHEMAS, Snapshot
from rempart.exposure.surface import Surface
from rempart.measurement.sealed import conform

JUDGED_BY = (KEV, EPSS, CVE, SUPPORT)
"""The data sets that controls need."""


def with_knowledge(snapshot: Snapshot, store: Store) -> Snapshot:
    """Return the snapshot with what the store knows of its products; its digest is to be taken anew.

    Without a loaded table of end of support, the one Rempart ships is used.

    Raises:
        InputError: the store cannot be read.

    """
    cpes = Surface(snapshot, snapshot.manifest.taken_at).facts("products")["cpe"].drop_nulls().unique()
    pairs = sorted({pair for cpe in cpes if (pair := pair_of_cpe(cpe))})
    loaded = {each.dataset: each for each in store.loaded()}
    feeds = [
        {"dataset": each.dataset, "dated": each.dated, "digest": each.digest, "records": each.records}
        for each in loaded.values()
        if each.dataset in JUDGED_BY
    ]
    support = store.table(SUPPORT)
    if support is None:
        own = own_table()
        support = own.frame
        feeds.append({"dataset": SUPPORT, "dated": own.dated, "digest": "rempart", "records": own.records})
    tables = {
        "feeds": pl.DataFrame(feeds, schema=dict(TABLE_SCHEMAS["feeds"])).sort("dataset"),
        "support": conform(TABLE_SCHEMAS["support"], support.filter(pl.col("pair").is_in(pairs))).sort("pair", "cycle"),
        "weaknesses": _weaknesses(store, pairs),
    }
    counts = snapshot.manifest.counts | {name: frame.height for name, frame in tables.items()}
    manifest = snapshot.manifest.model_copy(update={"tables": {}, "counts": counts})
    return replace(snapshot, manifest=manifest, **tables)


def _weaknesses(store: Store, pairs: list[str]) -> pl.DataFrame:
    """Return the ranges of the records about these products, with EPSS and KEV beside."""
    ranges = store.table(CVE)
    schema = TABLE_SCHEMAS["weaknesses"]
    if ranges is None:
        return pl.DataFrame(schema=dict(schema))
    told = ranges.filter(pl.col("pair").is_in(pairs))
    scores, exploited = store.table(EPSS), store.table(KEV)
    if scores is not None:
        told = told.join(scores.unique("cve"), on="cve", how="left")
    if exploited is not None:
        entries = exploited.unique("cve").select("cve", pl.col("added").alias("kev"), "ransomware")
        told = told.join(entries, on="cve", how="left")
    return conform(schema, told).sort("pair", "cve", "low", "high", nulls_last=False)
