"""Figures that replace the earlier ones of the same structure and year, told apart from what is there."""

from dataclasses import dataclass

import polars as pl
from django.db import connection

from rempart.hub.territory.importing.store import copy_in


@dataclass(frozen=True)
class Figures:
    """What an import of figures does: rows new, rows changed (with `before`), how many stay, and the flaws."""

    source: str
    created: pl.DataFrame
    changed: pl.DataFrame
    unchanged: int
    flaws: pl.DataFrame


def against(known: pl.DataFrame, incoming: pl.DataFrame, keys: list[str], value: str) -> tuple[pl.DataFrame, ...]:
    """Return the incoming rows that are new, those whose `value` differs (`before` tells the old), and the rest."""
    both = incoming.join(known.rename({value: "before"}), on=keys, how="left", maintain_order="left")
    new = pl.col("before").is_null()
    same = pl.col("before") == pl.col(value)
    return both.filter(new).drop("before"), both.filter(~new & ~same), both.filter(~new & same)


def write_activities(figures: Figures) -> None:
    """Write new and changed activities; the trail keeps the earlier figure."""
    copy_in(pl.concat([figures.created, figures.changed.drop("before")]))
    with connection.cursor() as cursor:
        for kind in ("legal_entity", "site"):
            cursor.execute(_UPSERT[kind], [figures.source, kind])


_UPSERT = {
    "legal_entity": "INSERT INTO territory_activity (legal_entity_id, year, combined, source) "
    "SELECT finess, year::int, combined::numeric, %s FROM incoming WHERE kind = %s "
    "ON CONFLICT (legal_entity_id, year) DO UPDATE SET combined = excluded.combined, source = excluded.source",
    "site": "INSERT INTO territory_activity (site_id, year, combined, source) "
    "SELECT finess, year::int, combined::numeric, %s FROM incoming WHERE kind = %s "
    "ON CONFLICT (site_id, year) DO UPDATE SET combined = excluded.combined, source = excluded.source",
}
