"""Whether the hub can work: its database, its worker, its files."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection
from structlog import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Health:
    """Each part: does it work. Without its worker the hub still answers, and does later what is asked now."""

    database: bool
    worker: bool
    storage: bool

    @property
    def status(self) -> str:
        """`ok`, `degraded` (the worker is away) or `down`."""
        if not (self.database and self.storage):
            return "down"
        return "ok" if self.worker else "degraded"


def examine(*, at: datetime) -> Health:
    """Look at each part; what is wrong goes to the log, not to the asker."""
    heartbeat = _last_heartbeat()
    late = timedelta(seconds=2 * settings.WORKER_PATIENCE)
    return Health(
        database=heartbeat is not _NO_DATABASE,
        worker=isinstance(heartbeat, datetime) and at - heartbeat < late,
        storage=_storage(),
    )


_NO_DATABASE = object()


def _last_heartbeat() -> object:
    """Return when a worker last said it lives, None when none ever did, `_NO_DATABASE` when that cannot be asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
            return cursor.fetchone()[0]
    except DatabaseError:
        log.exception("health_database")
        return _NO_DATABASE


def _storage() -> bool:
    try:
        if isinstance(default_storage, FileSystemStorage):
            folder = Path(default_storage.location)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.access(folder, os.W_OK)
        default_storage.exists("health")
    except Exception:  # each storage has errors of its own
        log.exception("health_storage")
        return False
    return True
