"""The log of launches: who measured what, when, from where, on which perimeter. Lines are added, never changed.

One JSON object a line. Each holds the SHA-256 of the line before, so that a line changed, removed or moved shows.
"""

import fcntl
import getpass
import hashlib
import json
import os
import socket
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from rempart.measurement.errors import AlteredError, InputError
from rempart.measurement.text import Text

FIRST = "0" * 64
SUFFIX = ".log.jsonl"


class Launch(BaseModel):
    """One line: what was done (began, ended, stopped), and by whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime
    event: str
    command: str
    user: str
    host: str
    perimeter: str
    mandate: str
    declared: tuple[str, ...]
    detail: dict[str, str | int] = {}
    before: str = FIRST


@dataclass(frozen=True)
class Who:
    """Who launches: the account (and the one behind sudo), and the machine."""

    user: str
    host: str


def whoever() -> Who:
    """Return the account and the machine of this process."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):
        account = f"uid {os.getuid()}"
    behind = os.environ.get("SUDO_USER")
    return Who(f"{account} ({behind})" if behind and behind != account else account, socket.gethostname())


def log_of(perimeter: Path) -> Path:
    """Return the log that stands beside a perimeter's file."""
    return perimeter.with_suffix(SUFFIX)


def add(path: Path, launch: Launch) -> None:
    """Add a line, chained to the last one; one writer at a time.

    Raises:
        InputError: the log cannot be written to: without its log, nothing is measured.

    """
    try:
        with path.open("a+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            lines = stream.read().splitlines()
            before = _digest(lines[-1]) if lines else FIRST
            line = launch.model_copy(update={"before": before}).model_dump_json()
            stream.write(line.encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise InputError(
            Text(
                fr=f"journal des mesures impossible à écrire ({error.strerror}) : rien n'est lancé",
                en=f"the log of launches cannot be written ({error.strerror}): nothing is launched",
            ),
            where=str(path),
        ) from error


def read(path: Path) -> tuple[Launch, ...]:
    """Return every line, the chain checked.

    Raises:
        InputError: no such log.
        AlteredError: a line is not what was written, or not where it was written.

    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(Text(fr="aucun journal de mesures ici", en="no log of launches here"), str(path)) from error
    before, found = FIRST, []
    for number, line in enumerate(lines, 1):
        try:
            launch = Launch(**json.loads(line))
        except (ValueError, TypeError, ValidationError) as error:
            raise _altered(path, number) from error
        if launch.before != before:
            raise _altered(path, number)
        before = _digest(line)
        found.append(launch)
    return tuple(found)


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _altered(path: Path, number: int) -> AlteredError:
    return AlteredError(
        Text(
            fr="journal modifié : cette ligne ou la précédente n'est pas celle qui fut écrite",
            en="altered log: this line or the one before is not the one that was written",
        ),
        where=f"{path}, ligne {number}",
    )
