"""What the worker does for exports: make them, resume those a crash left, erase those of more than a week."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rempart.hub.exports.making import make_export
from rempart.hub.exports.models import UNDER_WAY, Export, Progress

LEFT_BEHIND = timedelta(minutes=5)
FORGOTTEN = timedelta(days=90)


@app.task(name="exports.make", queue="exports", retry=RetryStrategy(max_attempts=3, wait=30))
def make(*, export_id: int) -> None:
    """Make one export."""
    make_export(export_id, at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="exports.resume", queueing_lock="exports.resume", pass_context=False)
def resume(timestamp: int) -> None:
    """Queue again what waits since long: its worker was killed. One still at work keeps its lock: nothing doubles."""
    del timestamp
    old = timezone.now() - LEFT_BEHIND
    for key in Export.objects.filter(state__in=UNDER_WAY, asked_at__lt=old).order_by("pk").values_list("pk", flat=True):
        if not _queued(key):
            make.defer(export_id=key)


@app.periodic(cron="17 3 * * *")
@app.task(name="exports.purge", queueing_lock="exports.purge")
def purge(timestamp: int) -> None:
    """Erase the files past their date; forget the requests of more than three months."""
    del timestamp
    now = timezone.now()
    for export in Export.objects.filter(state=Progress.DONE, expires_at__lte=now).order_by("pk"):
        default_storage.delete(export.storage_key)
        Export.objects.filter(pk=export.pk).update(state=Progress.EXPIRED)
    for export in Export.objects.filter(asked_at__lt=now - FORGOTTEN).exclude(state=Progress.DONE).order_by("pk"):
        default_storage.delete(export.storage_key)
        export.delete()


def _queued(export_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs"
            " WHERE task_name = 'exports.make' AND status = 'todo' AND (args->>'export_id')::bigint = %s)",
            [export_id],
        )
        return bool(cursor.fetchone()[0])
