"""What was already asked, kept as it comes: in memory, or in a work folder that survives the end of the process.

The folder holds one SQLite file. Each answer is written whole or not at all, so that a run killed at any moment goes on
where it stopped and asks nothing twice.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from rempart.exposure.collect.question import Endpoint, Observation, Transport
from rempart.exposure.snapshot import Outcome
from rempart.measurement.text import Text

FILE = "run.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS origin (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS observations (
    id INTEGER PRIMARY KEY, asked BLOB NOT NULL, launch INTEGER NOT NULL,
    subject TEXT, address TEXT, port INTEGER, transport TEXT, name TEXT, probe TEXT, version INTEGER, question TEXT,
    at REAL, seconds REAL, outcome TEXT, sent BLOB, received BLOB, detail TEXT,
    connections INTEGER, bytes_sent INTEGER, bytes_received INTEGER);
CREATE INDEX IF NOT EXISTS by_question ON observations (asked);
CREATE TABLE IF NOT EXISTS ports (
    address TEXT, port INTEGER, state TEXT, tries INTEGER, PRIMARY KEY (address, port)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS services (
    address TEXT, port INTEGER, transport TEXT, protocol TEXT, tls TEXT, PRIMARY KEY (address, port, transport));
CREATE TABLE IF NOT EXISTS gaps (topic TEXT, subject TEXT, fr TEXT, en TEXT, PRIMARY KEY (topic, subject, fr));
CREATE TABLE IF NOT EXISTS flaws (place TEXT, problem TEXT, PRIMARY KEY (place, problem));
CREATE TABLE IF NOT EXISTS done (stage TEXT, item TEXT, PRIMARY KEY (stage, item)) WITHOUT ROWID;
"""
_COLUMNS = (
    "subject, address, port, transport, name, probe, version, question, at, seconds, outcome, sent, received, detail"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one question cost: tries of its connection (2 when the first SYN got no answer), and bytes."""

    connections: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0


class Journal(Protocol):
    """Where observations are kept."""

    def again(self, probe: str, version: int, question: str, endpoint: Endpoint, subject: str) -> Observation | None:
        """Return what an earlier launch already got for this question; each answer serves once a launch."""

    def keep(self, observation: Observation, cost: Cost) -> None:
        """Keep an observation; when it returns, it survives the process."""


class MemoryJournal:
    """Keeps all in memory: for tests and short talks."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.costs: list[Cost] = []

    def again(self, probe: str, version: int, question: str, endpoint: Endpoint, subject: str) -> Observation | None:
        """Return nothing: there is no earlier launch."""

    def keep(self, observation: Observation, cost: Cost) -> None:
        """Keep it."""
        self.observations.append(observation)
        self.costs.append(cost)


class WorkJournal:
    """The journal of a work folder.

    Args:
        folder: made if needed, readable by its owner only.

    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / FILE
        path.touch(mode=0o600)
        self.folder = folder
        self.base = sqlite3.connect(path, isolation_level=None)
        self.base.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _SCHEMA)
        (self.launch,) = self.base.execute("SELECT coalesce(max(launch), 0) + 1 FROM observations").fetchone()

    def close(self) -> None:
        """Close the file."""
        self.base.close()

    def remove(self) -> None:
        """Remove the file, and the folder when nothing else is in it."""
        for path in self.folder.glob(f"{FILE}*"):
            path.unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def origin(self, key: str, value: str) -> str:
        """Return what the first launch wrote under `key`; `value` when this one is the first."""
        self.base.execute("INSERT OR IGNORE INTO origin VALUES (?, ?)", (key, value))
        return str(self.base.execute("SELECT value FROM origin WHERE key = ?", (key,)).fetchone()[0])

    def again(self, probe: str, version: int, question: str, endpoint: Endpoint, subject: str) -> Observation | None:
        """Return what an earlier launch got for this question, if it was asked more often than in this one."""
        if self.launch == 1:
            return None
        found = self.base.execute(
            f"SELECT id, {_COLUMNS} FROM observations WHERE asked = ? AND launch < ? ORDER BY id LIMIT 1",  # noqa: S608 — our own columns
            (_key(probe, version, question, endpoint, subject), self.launch),
        ).fetchone()
        if found is None:
            return None
        self.base.execute("UPDATE observations SET launch = ? WHERE id = ?", (self.launch, found[0]))
        return _observation(found[1:])

    def keep(self, observation: Observation, cost: Cost) -> None:
        """Write it."""
        end = observation.endpoint
        row = (
            *(_key(observation.probe, observation.version, observation.question, end, observation.subject),),
            *(self.launch, observation.subject, end.address, end.port, end.transport, end.name, observation.probe),
            *(observation.version, observation.question, observation.at.timestamp(), observation.seconds),
            *(observation.outcome, observation.sent, observation.received),
            *(json.dumps(observation.detail, sort_keys=True),),
            *(cost.connections, cost.bytes_sent, cost.bytes_received),
        )
        marks = ",".join("?" * len(row))
        self.base.execute(
            f"INSERT INTO observations (asked, launch, {_COLUMNS}, connections, bytes_sent, bytes_received)"  # noqa: S608 — our own columns
            f" VALUES ({marks})",
            row,
        )

    def observations(self) -> Iterator[Observation]:
        """Yield every observation in the order of their making, a few at a time."""
        for row in self.base.execute(f"SELECT {_COLUMNS} FROM observations ORDER BY at, id"):  # noqa: S608 — our own columns
            yield _observation(row)

    def keep_ports(self, rows: Iterable[tuple[str, int, str, int]]) -> None:
        """Write states of ports: address, port, state, tries."""
        with self.base:
            self.base.execute("BEGIN")
            self.base.executemany("INSERT OR REPLACE INTO ports VALUES (?, ?, ?, ?)", rows)

    def keep_service(self, endpoint: Endpoint, protocol: str, tls: str) -> None:
        """Write what an open service was identified as."""
        row = (endpoint.address, endpoint.port, str(endpoint.transport), protocol, tls)
        self.base.execute("INSERT OR REPLACE INTO services VALUES (?, ?, ?, ?, ?)", row)

    def states_of(self, address: str) -> dict[int, str]:
        """Return the state of each port of an address that was swept."""
        return dict(self.base.execute("SELECT port, state FROM ports WHERE address = ?", (address,)))

    def keep_gap(self, topic: str, subject: str, reason: Text) -> None:
        """Write what could not be looked at, once."""
        self.base.execute("INSERT OR IGNORE INTO gaps VALUES (?, ?, ?, ?)", (topic, subject, reason.fr, reason.en))

    def keep_flaw(self, place: str, problem: str) -> None:
        """Write what could not be understood, once."""
        self.base.execute("INSERT OR IGNORE INTO flaws VALUES (?, ?)", (place, problem))

    def is_done(self, stage: str, item: str) -> bool:
        """Tell whether a stage was ended for an item (an address, a name)."""
        return (
            self.base.execute("SELECT 1 FROM done WHERE stage = ? AND item = ?", (stage, item)).fetchone() is not None
        )

    def mark_done(self, stage: str, item: str) -> None:
        """Note that a stage ended for an item."""
        self.base.execute("INSERT OR IGNORE INTO done VALUES (?, ?)", (stage, item))


def _key(probe: str, version: int, question: str, endpoint: Endpoint, subject: str) -> bytes:
    """Return what tells one question from all others, in sixteen bytes."""
    parts = (probe, str(version), question, endpoint.address, str(endpoint.port), endpoint.transport, endpoint.name)
    return hashlib.blake2b("\0".join((*parts, subject)).encode(), digest_size=16).digest()


def _observation(row: tuple[object, ...]) -> Observation:
    subject, address, port, transport, name, probe, version, question, at, seconds, outcome, sent, received, detail = (
        row
    )
    return Observation(
        subject=str(subject),
        endpoint=Endpoint(str(address), int(str(port)), Transport(str(transport)), str(name)),
        probe=str(probe),
        version=int(str(version)),
        question=str(question),
        at=datetime.fromtimestamp(float(str(at)), UTC),
        seconds=float(str(seconds)),
        outcome=Outcome(str(outcome)),
        sent=sent if isinstance(sent, bytes) else b"",
        received=received if isinstance(received, bytes) else b"",
        detail=json.loads(str(detail)),
    )
