"""Making the file of an export. Run twice, killed or resumed, the same export gives one file and one mail."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.common import mail
from rempart.hub.common.errors import Refusal
from rempart.hub.exports.models import UNDER_WAY, Export, Format, Kind, Progress
from rempart.hub.exports.rights import snapshot
from rempart.hub.exports.sources import SOURCES
from rempart.hub.exports.writers import open_writer

KEPT = timedelta(days=7)
MOST_ATTEMPTS = 5
STEP = 500
"""Rows between two notes of progress."""
_LOCK_FAMILY = 0x52454D50
"""Keeps the locks of exports apart from any other advisory lock of the database."""


@dataclass(slots=True)
class Made:
    """What the writing found out."""

    files: set[int] = field(default_factory=set)
    rows: int = 0


def make_export(export_id: int, *, at: datetime) -> None:
    """Make the file of an export that waits; do nothing when it is made, erased, or being made by another worker.

    The scope is read again now, as the person who asked: rights lost since then are not exported.
    """
    with _only_one(export_id) as mine:
        export = Export.objects.select_related("asked_by").filter(pk=export_id, state__in=UNDER_WAY).first()
        if export is None or not mine:
            return
        if export.attempts >= MOST_ATTEMPTS:
            with translation.override(export.language):  # the worker speaks French, whoever asked
                _fail(export, _("La préparation s’est interrompue %(times)d fois.") % {"times": export.attempts})
            return
        Export.objects.filter(pk=export.pk).update(
            state=Progress.RUNNING, started_at=at, attempts=export.attempts + 1, rows_done=0
        )
        with translation.override(export.language), tempfile.TemporaryDirectory(prefix="rempart-export-") as folder:
            path = Path(folder) / "export"
            try:
                made = _write(export, path)
            except Refusal as refusal:
                _fail(export, str(refusal))
                return
            _keep(export, path, made)


def _write(export: Export, path: Path) -> Made:
    user = User.objects.get(pk=export.asked_by_id)
    source = SOURCES[Kind(export.kind)]
    if not source.allows(Scope.of(user)):
        raise Refusal(_("Vous n’avez plus le rôle que cet export demande."), "export_not_allowed")
    columns = source.chosen(export.columns)
    total = source.count(user, export.filters)
    Export.objects.filter(pk=export.pk).update(rows_total=total, scope=snapshot(Scope.of(user)))
    writer = open_writer(
        Format(export.format), path, (str(column.title) for column in columns), str(Kind(export.kind).label)
    )
    made = Made()
    for row in source.rows(user, export.filters):
        writer.row([column.value(row) for column in columns])
        made.rows += 1
        if (application := source.application_id(row)) is not None:
            made.files.add(application)
        if made.rows % STEP == 0:
            Export.objects.filter(pk=export.pk).update(rows_done=made.rows)
    writer.close()
    return made


def _keep(export: Export, path: Path, made: Made) -> None:
    """Store the file under its own key, over what an interrupted attempt left, then say it is ready."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        default_storage.delete(export.storage_key)
        default_storage.save(export.storage_key, File(file))
    now = timezone.now()
    with transaction.atomic():
        done = Export.objects.filter(pk=export.pk, state=Progress.RUNNING).update(
            state=Progress.DONE,
            finished_at=now,
            expires_at=now + KEPT,
            rows_done=made.rows,
            rows_total=made.rows,
            files=sorted(made.files),
            size=path.stat().st_size,
            digest=digest,
        )
        if done:
            context = {"export": export, "rows": made.rows, "until": now + KEPT}
            mail.send(export.asked_by.email, "exports/ready", context, language=export.language)
    if not done:  # thrown away while it was being made
        default_storage.delete(export.storage_key)


def _fail(export: Export, problem: str) -> None:
    Export.objects.filter(pk=export.pk).update(state=Progress.FAILED, problem=problem, finished_at=timezone.now())
    with suppress(FileNotFoundError):
        default_storage.delete(export.storage_key)


@contextmanager
def _only_one(export_id: int) -> Iterator[bool]:
    """Hold the export's lock; the database lets it go by itself when the worker is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_FAMILY, export_id])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_FAMILY, export_id])
