"""What the worker does for the whole site."""

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from rempart.hub.common.stored import sweep

log = structlog.get_logger(__name__)


@app.periodic(cron="40 3 * * *")
@app.task(name="operations.sweep_storage", queueing_lock="operations.sweep_storage", pass_context=False)
def sweep_storage(timestamp: int) -> None:
    """Delete the bytes that no row speaks of: a process killed midway left them."""
    del timestamp
    found = sweep(at=timezone.now())
    log.info("storage_swept", files=len(found.names), size=found.size)
