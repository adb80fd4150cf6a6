"""What the worker does at night: seal the days that ended."""

from django.utils import timezone
from procrastinate.contrib.django import app

from rempart.hub.journal.services import seal


@app.periodic(cron="15 3 * * *")
@app.task(queueing_lock="seal_journal", lock="seal_journal")
def seal_journal(timestamp: int) -> None:
    """Seal every day that ended and is not sealed; a night missed is caught up the next one."""
    del timestamp  # the hour it should have run; what counts is which days are over now
    seal(at=timezone.now())
