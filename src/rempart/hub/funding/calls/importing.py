"""Importing the published ceilings of a call: a table of call, GHT code or FINESS number, and amount in euros.

The ceilings are a list the State publishes; how it was computed is not public, so the hub takes it as it is.
"""

from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.db.models.functions import Coalesce

from rempart.hub.funding.calls.models import Call, Ceiling
from rempart.hub.territory.importing.figures import amount, columns, not_a_number
from rempart.hub.territory.importing.flaws import Rule, sift
from rempart.hub.territory.importing.store import copy_in
from rempart.hub.territory.importing.upsert import Figures, against
from rempart.hub.territory.models import Ght, LegalEntity
from rempart.hub.territory.services import trail

COLUMNS = ("appel", "candidat", "montant")


def import_ceilings(path: Path, *, dry_run: bool = False) -> Figures:
    """Bring the ceilings in line with a table of `appel`, `candidat`, `montant`; the trail keeps earlier ones.

    Files that are already submitted keep the ceiling they were frozen with.

    Raises:
        InputError: the file cannot be read or lacks a column; nothing is written.

    """
    with transaction.atomic(), trail("import-ceilings", path.name, dry_run=dry_run):
        rows, flaws = _read(path)
        created, changed, same = against(_known(), rows, ["call", "applicant"], "cents")
        result = Figures(path.name, created, changed, len(same), flaws)
        if not dry_run and (len(created) or len(changed)):
            _write(result)
    return result


def _read(path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the good rows (`call`, `applicant`, `kind`, `cents`) and the flaws."""
    applicant = pl.col("candidat")
    rows = columns(path, COLUMNS).with_columns(
        montant=amount("montant"),
        kind=pl.when(applicant.is_in(_codes(Ght, "code")))
        .then(pl.lit("ght"))
        .when(applicant.is_in(_codes(LegalEntity, "finess")))
        .then(pl.lit("legal_entity")),
    )
    cents = pl.col("montant").cast(pl.Decimal(18, 4), strict=False) * 100
    rules = [
        Rule("call", ~pl.col("appel").is_in(_codes(Call, "code")), pl.col("appel")),
        Rule("applicant", pl.col("kind").is_null(), applicant),
        not_a_number("montant"),
        Rule("amount", (cents <= 0) | (cents != cents.round(0)), pl.col("montant")),
        Rule("twice", ~pl.struct("appel", "candidat").is_first_distinct(), applicant),
    ]
    good, flaws = sift(rows, rules, file=path.name, key="candidat")
    named = good.select("kind", call="appel", applicant="candidat", cents=cents.round(0).cast(pl.Int64))
    return named.select("call", "applicant", "kind", "cents"), flaws


def _codes(model: type[Call | Ght | LegalEntity], field: str) -> list[str]:
    return list(model._default_manager.order_by().values_list(field, flat=True))  # noqa: SLF001 — Django's public name


def _known() -> pl.DataFrame:
    rows = Ceiling.objects.order_by().annotate(applicant=Coalesce("ght_id", "legal_entity_id"))
    return pl.DataFrame(
        list(rows.values_list("call_id", "applicant", "cents")),
        schema={"call": pl.String, "applicant": pl.String, "cents": pl.Int64},
        orient="row",
    )


def _write(figures: Figures) -> None:
    copy_in(pl.concat([figures.created, figures.changed.drop("before")]))
    with connection.cursor() as cursor:
        for kind in ("ght", "legal_entity"):
            cursor.execute(_UPSERT[kind], [figures.source, kind])


_UPSERT = {
    "ght": "INSERT INTO calls_ceiling (call_id, ght_id, cents, source) "
    "SELECT call, applicant, cents::bigint, %s FROM incoming WHERE kind = %s "
    "ON CONFLICT (call_id, ght_id) DO UPDATE SET cents = excluded.cents, source = excluded.source",
    "legal_entity": "INSERT INTO calls_ceiling (call_id, legal_entity_id, cents, source) "
    "SELECT call, applicant, cents::bigint, %s FROM incoming WHERE kind = %s "
    "ON CONFLICT (call_id, legal_entity_id) DO UPDATE SET cents = excluded.cents, source = excluded.source",
}
