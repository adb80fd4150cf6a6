"""The PostgreSQL of the tests: a real one, embedded, started once for all workers, thrown away at the end.

This is a pytest plugin (`-p tests.postgres`): it must name the database before Django reads its settings.
"""

import hashlib
import os
import tempfile
from pathlib import Path

import psycopg

from rempart.hub import database

ROOT = Path(__file__).parent.parent
DATA = Path(tempfile.gettempdir()) / f"rempart-tests-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
SERVER = DATA / "postgresql"

os.environ["DATABASE_URL"] = database.embedded_url(SERVER)
os.environ["REMPART_HUB_DATA"] = str(DATA)


def start() -> str:
    """Start the server when it does not run, without the disk's guarantees that throw-away data does not need."""
    url = database.start(SERVER)
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return url
