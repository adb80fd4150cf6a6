"""What the worker does for the proofs: scans, and the day's new look at the files that wait."""

from contextlib import suppress
from datetime import UTC, datetime

from django.core.files.storage import default_storage
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from rempart.hub.funding.proofs import antivirus
from rempart.hub.funding.proofs.models import DocumentVersion, ScanState

PATIENT = RetryStrategy(max_attempts=10, exponential_wait=3, retry_exceptions=[antivirus.AntivirusDownError])
MOST_AT_ONCE = 500


@app.task(name="proofs.scan_version", queue="scans", retry=PATIENT)
def scan_version(version_id: int) -> None:
    """Have the antivirus look at a version. While it is down the file stays unscanned: kept, and not downloadable."""
    from rempart.hub.funding.proofs.services.scans import record_scan  # noqa: PLC0415 — services queue these tasks

    version = DocumentVersion.objects.filter(pk=version_id).exclude(scan__in=ScanState.settled()).first()
    if version is None or not antivirus.is_configured():
        return
    with default_storage.open(version.path) as file:
        finding = antivirus.scan(file)
    record_scan(version, finding, at=datetime.now(UTC))


@app.periodic(cron="*/15 * * * *")
@app.task(name="proofs.scan_waiting", queue="scans", queueing_lock="proofs.scan_waiting", pass_context=False)
def scan_waiting(timestamp: int) -> None:
    """Queue again whatever waits for the antivirus: a scan given up on while it was down is never forgotten."""
    del timestamp
    if not antivirus.is_configured() or not antivirus.ping():
        return
    waiting = DocumentVersion.objects.exclude(scan__in=ScanState.settled()).order_by("id")
    for version_id in waiting.values_list("pk", flat=True)[:MOST_AT_ONCE]:
        queue_scan(version_id)


def queue_scan(version_id: int) -> None:
    """Queue the scan of a version, in the transaction under way, unless it is queued already."""
    with suppress(AlreadyEnqueued), transaction.atomic():  # a savepoint: the refusal must not spoil the rest
        scan_version.configure(queueing_lock=f"proofs.scan_version-{version_id}").defer(version_id=version_id)


@app.periodic(cron="15 3 * * *")
@app.task(name="proofs.assess_waiting", queueing_lock="proofs.assess_waiting", pass_context=False)
def assess_waiting(timestamp: int) -> None:
    """Judge anew the files that still take proofs: what was fresh yesterday may be too old today."""
    from rempart.hub.funding.proofs import instruction  # noqa: PLC0415 — as above

    instruction.assess_open(at=datetime.fromtimestamp(timestamp, UTC))
