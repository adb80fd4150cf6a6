"""Who took care of what: a file beside the results, that only grows. The last word holds; undoing is a word too."""

import fcntl
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from rempart.detection.alerts.incident import Incident, incident_id
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

SUFFIX = ".triage.jsonl"


class State(StrEnum):
    """What became of an alert or an incident."""

    NEW = "new"
    SEEN = "seen"
    HANDLED = "handled"
    TRUE = "true-positive"
    FALSE = "false-positive"

    @property
    def closed(self) -> bool:
        """Tell whether nothing is left to do."""
        return self in {State.TRUE, State.FALSE}


class Entry(BaseModel):
    """One line: an alert or an incident is in that state, said whom, when, with a note."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    state: State
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class Triage:
    """The entries of a file, in the order they were written."""

    entries: tuple[Entry, ...] = ()

    def last(self) -> Mapping[str, Entry]:
        """Return the last entry of each subject."""
        return {entry.subject: entry for entry in self.entries}

    def of_alert(self, alert: str) -> Entry | None:
        """Return the last word on an alert."""
        return self.last().get(alert)

    def of_incident(self, incident: Incident) -> Entry | None:
        """Return the last word on an incident.

        An incident has the identifier of its first alert; when an earlier one joins it, or two become one, what was
        said under the identifier it had before still holds.
        """
        names = {incident.id, *map(incident_id, incident.alerts)}
        said = [entry for entry in self.entries if entry.subject in names]
        return said[-1] if said else None

    def about(self, subjects: Iterable[str]) -> tuple[Entry, ...]:
        """Return everything that was said about some subjects."""
        wanted = set(subjects)
        return tuple(entry for entry in self.entries if entry.subject in wanted)


def beside(result: Path) -> Path:
    """Return the file of triage that stands beside a result."""
    return result.with_name(result.name + SUFFIX)


def read(path: Path) -> Triage:
    """Return what was said so far; nothing when the file is not there.

    Raises:
        InputError: the file cannot be read, or a line is not an entry: it is named, for no word may be lost.

    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return Triage()
    except OSError as error:
        raise _unreadable(path, error) from error
    return Triage(tuple(_entry(line, f"{path}:{n}") for n, line in enumerate(lines, start=1) if line.strip()))


def _entry(line: bytes, where: str) -> Entry:
    try:
        return Entry.model_validate_json(line)
    except ValidationError as error:
        raise InputError(
            Text(fr="cette ligne n'est pas une entrée de triage", en="this line is not an entry of triage"),
            where=where,
            advice=Text(
                fr="Le fichier a été modifié à la main ou coupé : corrigez ou retirez cette ligne.",
                en="The file was changed by hand or cut: mend or remove this line.",
            ),
        ) from error


def add(path: Path, entries: Iterable[Entry]) -> None:
    """Add lines at the end, one writer at a time; a line cut by a crash is closed first.

    Raises:
        InputError: the file cannot be written to.

    """
    lines = b"".join(entry.model_dump_json().encode() + b"\n" for entry in entries)
    try:
        with path.open("a+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0, os.SEEK_END)
            if stream.tell():
                stream.seek(-1, os.SEEK_END)
                lines = lines if stream.read(1) == b"\n" else b"\n" + lines
            stream.write(lines)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(
        Text(
            fr=f"fichier de triage inaccessible ({error.strerror})",
            en=f"the file of triage cannot be reached ({error.strerror})",
        ),
        where=str(path),
    )
