"""Writing the territory: the reference data, the register, the activity. Every change leaves its trail."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pghistory
import polars as pl
from django.db import transaction
from django.db.models.functions import Coalesce

from rempart.hub.common.clock import paris_day
from rempart.hub.territory.importing import compare, figures, reader, store, upsert
from rempart.hub.territory.importing.compare import Plan
from rempart.hub.territory.importing.upsert import Figures
from rempart.hub.territory.models import Activity, LegalEntity, Site
from rempart.hub.territory.reference import load_reference
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

__all__ = ["Absent", "import_activity", "import_finess", "load_reference"]

LARGEST_CLOSING = 0.05
"""The register loses a few rows in a thousand a month: a file that would close one in twenty is an extract."""
FEW = 20


class Absent(StrEnum):
    """What becomes of an open row that a whole file does not hold."""

    CHECK = "check"
    CLOSE = "close"
    KEEP = "keep"


def import_finess(paths: Sequence[Path], *, at: datetime, absent: Absent = Absent.CHECK, dry_run: bool = False) -> Plan:
    """Bring the territory in line with these files, in one transaction; return what changed, or would change.

    Args:
        paths: FINESS files of any known form, read as one.
        at: the moment of the import; its Paris day is used where a file tells none.
        absent: whether rows that a whole file lacks are closed; `CHECK` refuses when they are suspiciously many.
        dry_run: compare only, write nothing.

    Raises:
        InputError: a file cannot be read, or would close too much; nothing is written.

    """
    as_of = paris_day(at).isoformat()
    reading = reader.together([reader.read(path, as_of) for path in paths])
    with transaction.atomic(), trail("import-finess", reading.source, dry_run=dry_run):
        if not dry_run:
            load_reference()
            store.lock()
        plan = compare.compare(store.current(), reading, close_absent=absent is not Absent.KEEP)
        if dry_run:
            return plan
        if absent is Absent.CHECK and closes_too_much(plan):
            raise InputError(
                Text(
                    fr=f"ce fichier fermerait {plan.closing_share:.0%} des lignes connues : c’est un extrait",
                    en=f"this file would close {plan.closing_share:.0%} of the known rows: it must be an extract",
                ),
                reading.source,
                Text(
                    fr="Pour garder les absents : --absent keep. Si le fichier est complet : --absent close.",
                    en="To keep what is absent: --absent keep. If the file is whole: --absent close.",
                ),
            )
        store.write(plan)
    return plan


def import_activity(path: Path, *, dry_run: bool = False) -> Figures:
    """Bring combined activities in line with a table of `finess`, `annee`, `activite`; the trail keeps earlier ones.

    The figure is taken as it is: no public text gives the national formula.

    Raises:
        InputError: the file cannot be read or lacks a column; nothing is written.

    """
    with transaction.atomic(), trail("import-activity", path.name, dry_run=dry_run):
        known = {name: pl.Series(name, numbers, pl.String) for name, numbers in _numbers().items()}
        rows, flaws = figures.activities(path, known["legal_entity"], known["site"])
        created, changed, same = upsert.against(_activities(), rows, ["finess", "year"], "combined")
        result = Figures(path.name, created, changed, len(same), flaws)
        if not dry_run and (len(created) or len(changed)):
            upsert.write_activities(result)
    return result


def _numbers() -> dict[str, list[str]]:
    return {
        "legal_entity": list(LegalEntity.objects.order_by().values_list("finess", flat=True)),
        "site": list(Site.objects.order_by().values_list("finess", flat=True)),
    }


def _activities() -> pl.DataFrame:
    rows = Activity.objects.order_by().annotate(finess=Coalesce("legal_entity_id", "site_id"))
    return pl.DataFrame(
        [(finess, str(year), combined) for finess, year, combined in rows.values_list("finess", "year", "combined")],
        schema={"finess": pl.String, "year": pl.String, "combined": figures.CENTS},
        orient="row",
    )


def closes_too_much(plan: Plan) -> bool:
    """Tell whether a plan closes so much that the file must be an extract."""
    closing = sum(change.count("closed") + change.count("merged") for change in plan.tables.values())
    return closing > FEW and plan.closing_share > LARGEST_CLOSING


def trail(command: str, source: str, *, dry_run: bool) -> AbstractContextManager[object]:
    """Name the source in the trail of all that is written."""
    return nullcontext() if dry_run else pghistory.context(command=command, source=source)
