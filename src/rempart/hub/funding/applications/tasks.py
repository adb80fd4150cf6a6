"""What the worker does for files: deadlines every hour, reminders and digests in the morning, retention at night."""

from datetime import UTC, datetime

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.periodic(cron="1 * * * *")
@app.task(name="applications.lapse", queueing_lock="applications.lapse", pass_context=False)
def lapse(timestamp: int) -> None:
    """Lapse the files that did not come to a desk that closed."""
    from rempart.hub.funding.applications.services import deadlines  # noqa: PLC0415 — services defer these tasks

    deadlines.lapse(_at(timestamp))


@app.periodic(cron="0 6 * * *")
@app.task(name="applications.remind", queueing_lock="applications.remind", pass_context=False)
def remind(timestamp: int) -> None:
    """Write to applicants before a desk closes and before a correction is due."""
    from rempart.hub.funding.applications.services import deadlines  # noqa: PLC0415

    deadlines.remind(_at(timestamp))


@app.periodic(cron="30 6 * * 1-5")
@app.task(name="applications.digest", queueing_lock="applications.digest", pass_context=False)
def digest(timestamp: int) -> None:
    """Write to those who instruct what waits for them."""
    from rempart.hub.funding.applications.services import digests  # noqa: PLC0415

    digests.send(_at(timestamp))


@app.periodic(cron="30 2 * * *")
@app.task(name="applications.retention", queueing_lock="applications.retention", pass_context=False)
def retention(timestamp: int) -> None:
    """Warn of the content that will be erased, then erase it."""
    from rempart.hub.funding.applications.services import archives, retention  # noqa: PLC0415

    at = _at(timestamp)
    retention.purge(at)
    retention.warn(at)
    archives.forget_old(at)


@app.task(name="applications.archive", queue="exports", retry=RetryStrategy(max_attempts=3, wait=30))
def make_archive(*, archive_id: int) -> None:
    """Make the archive of one file."""
    from rempart.hub.funding.applications.services import archives  # noqa: PLC0415

    archives.make(archive_id, at=timezone.now())


def _at(timestamp: int) -> datetime:
    """Return the moment of the schedule: a worker that was away does late what was due then."""
    return datetime.fromtimestamp(timestamp, UTC)
