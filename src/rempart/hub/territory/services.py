"""Writing the territory: the reference data, the register, the activity. Every change leaves its trail."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pghistory
from django.db import transaction

from rempart.hub.common.clock import paris_day
from rempart.hub.territory.importing import compare, reader, store
from rempart.hub.territory.importing.compare import Plan
from rempart.hub.territory.reference import load_reference
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

__all__ = ["Absent", "import_finess", "load_reference"]

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
    with transaction.atomic(), _trail(reading.source, dry_run=dry_run):
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


def closes_too_much(plan: Plan) -> bool:
    """Tell whether a plan closes so much that the file must be an extract."""
    closing = sum(change.count("closed") + change.count("merged") for change in plan.tables.values())
    return closing > FEW and plan.closing_share > LARGEST_CLOSING


def _trail(source: str, *, dry_run: bool) -> AbstractContextManager[object]:
    """Name the source in the trail of all that is written."""
    return nullcontext() if dry_run else pghistory.context(command="import-finess", source=source)
