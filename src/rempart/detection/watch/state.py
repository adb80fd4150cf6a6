"""The daemon's memory: one SQLite file, every block of events written into it whole or not at all.

Positions of reading, matches kept for correlations, alerts, incidents and messages to send change together, so that a
process killed at any instruction starts again as if the block had never been begun, or as if it had been finished.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TextIO

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

FILE = "state.sqlite"
_VERSION = 1
_WAIT = 30.0
"""Seconds to wait for the other writer (deliveries, `ack`)."""


def connect(folder: Path) -> sqlite3.Connection:
    """Open the state of a folder, made when it is not there.

    Raises:
        InputError: the folder cannot be written to, or the state comes from a later Rempart.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(folder / FILE, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.executescript(files(__package__).joinpath("state.sql").read_text(encoding="utf-8"))
            connection.execute(f"PRAGMA user_version={_VERSION}")
    except (OSError, sqlite3.Error) as error:
        raise InputError(
            Text(fr=f"état inutilisable ({error})", en=f"cannot use the state ({error})"), where=str(folder)
        ) from error
    if version > _VERSION:
        raise InputError(
            Text(fr=f"état au format {version}, plus récent que ce Rempart", en=f"state in a later format ({version})"),
            where=str(folder / FILE),
            advice=Text(fr="Mettez Rempart à jour.", en="Update Rempart."),
        )
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run a block whole or not at all; on disk once it ends."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def lock(folder: Path) -> TextIO:
    """Take the state for this process alone, until it ends; keep what is returned.

    Raises:
        InputError: another daemon has it.

    """
    stream = (folder / "lock").open("a", encoding="utf-8")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.close()
        raise InputError(
            Text(fr="une autre veille se sert déjà de cet état", en="another watch already uses this state"),
            where=str(folder),
            advice=Text(fr="Arrêtez-la, ou donnez un autre dossier.", en="Stop it, or give another folder."),
        ) from error
    stream.truncate(0)
    stream.write(str(os.getpid()))
    stream.flush()
    return stream
