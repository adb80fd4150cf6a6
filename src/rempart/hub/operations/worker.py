"""The worker: it does what was queued, and takes up again what a dead worker left half done."""

import asyncio
import os
import signal
import threading
from contextlib import suppress

from django.conf import settings
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from structlog import get_logger

log = get_logger(__name__)
AT_ONCE = 4
"""Jobs done at once: they wait for mail servers and disks more than they compute."""
LAST_WORDS = 5.0
"""Seconds left to say goodbye to the database once the jobs had theirs."""


def run() -> None:
    """Work until asked to stop (SIGTERM, SIGINT); jobs under way end first."""
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("the hub's jobs are kept in Django's database")
    with app.replace_connector(connector.get_worker_connector()) as working:
        asyncio.run(_work(working))


async def _work(working: App) -> None:
    patience = float(settings.WORKER_PATIENCE)
    async with working.open_async():
        rescue = asyncio.create_task(_rescue_for_ever(working, patience))
        work = asyncio.create_task(
            working.run_worker_async(
                concurrency=AT_ONCE,
                shutdown_graceful_timeout=settings.WORKER_GRACE,
                update_heartbeat_interval=patience / 3,
                stalled_worker_timeout=patience,
                install_signal_handlers=False,
            )
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, _stop, work)
        try:
            await work
        except asyncio.CancelledError:
            log.info("worker_stopped")
        finally:
            rescue.cancel()
            with suppress(asyncio.CancelledError):
                await rescue


def _stop(work: "asyncio.Task[None]") -> None:
    """End in order; a job that hangs in a thread cannot be stopped: the process ends, and the job is done again."""
    work.cancel()
    last = threading.Timer(settings.WORKER_GRACE + LAST_WORDS, os._exit, [1])
    last.daemon = True
    last.start()


async def _rescue_for_ever(working: App, patience: float) -> None:
    while True:
        try:
            await rescue_stalled(working, patience)
        except ConnectorException:
            log.warning("rescue_failed", exc_info=True)  # the database is away for a while: the next turn will do
        await asyncio.sleep(patience / 2)


async def rescue_stalled(working: App, patience: float) -> int:
    """Queue again the jobs of workers that gave no sign of life for `patience` seconds; returns how many.

    A job killed in the middle left nothing behind (its transaction was undone), or had ended and only could not say so:
    tasks are written so that doing one twice does it once.
    """
    stalled = list(await working.job_manager.get_stalled_jobs(seconds_since_heartbeat=patience))
    for job in stalled:
        log.warning("job_taken_up_again", job=job.id, task=job.task_name)
        await working.job_manager.retry_job(job)
    return len(stalled)
