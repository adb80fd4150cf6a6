"""The day-by-day ledger of what was received: written by the watch and by a run, read by the posture.

A day is a day of UTC, of the event's own moment (of reception for an event that says none), so that what comes late, or
is read again by a run, counts for the day when it happened.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rempart.detection.events import HOST, TIME, Block
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

EDGES = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 172800, 604800)
"""Seconds between event and reception: upper edges of what is counted; the last count is of all that is later."""
AHEAD = 120
"""Seconds by which a clock may be ahead of ours before its event is counted as ahead."""
MOST_HOSTS = 100_000
"""Machines kept for one source and day: beyond, a source writes anything as a host name."""
_MICROS = 1_000_000
_DAY = 86_400 * _MICROS
_HOUR = 3_600 * _MICROS


@dataclass
class _Day:
    events: int = 0
    undated: int = 0
    first: int | None = None
    last: int | None = None
    hours: int = 0
    delays: int = 0
    delay_sum: float = 0.0
    delay_counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(EDGES) + 1, dtype=np.int64))
    ahead: int = 0
    hosts: set[str] = field(default_factory=set)
    codes: dict[str, int] = field(default_factory=dict)


class Tally:
    """Counts events until they are written; several threads may count."""

    def __init__(self) -> None:
        self._days: dict[tuple[str, str], _Day] = {}
        self._lock = threading.Lock()

    def count(self, block: Block, today: datetime, *, live: bool = False) -> None:
        """Count the events of a block; `today` is the moment of reception, the delay counts for `live` logs."""
        batch = block.batch
        if not batch.num_rows:
            return
        moments = batch.column(TIME).cast(pa.int64())
        dated = np.asarray(pc.is_valid(moments))
        now = int(today.timestamp() * _MICROS)
        times = np.where(dated, np.asarray(pc.fill_null(moments, now)), now)
        days = times // _DAY
        with self._lock:
            for day in np.unique(days):
                rows = days == day
                key = (_name(int(day)), block.event_class.source)
                counted = self._days.setdefault(key, _Day())
                _add(counted, times[rows], dated[rows], now if live else None)
                code = block.event_class.code
                counted.codes[code] = counted.codes.get(code, 0) + int(rows.sum())
                chosen = batch.column(HOST) if rows.all() else batch.column(HOST).filter(pa.array(rows))
                names = (str(name).lower() for name in pc.unique(chosen).to_pylist() if name)
                for name in names:
                    if len(counted.hosts) >= MOST_HOSTS:
                        break
                    counted.hosts.add(name)

    def write(self, connection: sqlite3.Connection) -> None:
        """Add what was counted to a ledger, in a transaction of the caller, and start again from nothing."""
        with self._lock:
            days, self._days = self._days, {}
        for (day, source), counted in days.items():
            _write(connection, day, source, counted)


def _add(day: _Day, times: NDArray[np.int64], dated: NDArray[np.bool_], now: int | None) -> None:
    day.events += len(times)
    day.undated += int((~dated).sum())
    for hour in np.unique(times % _DAY // _HOUR):
        day.hours |= 1 << int(hour)
    known = times[dated]
    if not len(known):
        return
    first, last = int(known.min()), int(known.max())
    day.first = first if day.first is None else min(day.first, first)
    day.last = last if day.last is None else max(day.last, last)
    if now is None:
        return
    delays = (now - known) / _MICROS
    day.ahead += int((delays < -AHEAD).sum())
    delays = np.maximum(delays, 0)
    day.delays += len(delays)
    day.delay_sum += float(delays.sum())
    day.delay_counts += np.bincount(np.searchsorted(EDGES, delays), minlength=len(EDGES) + 1)


def _write(connection: sqlite3.Connection, day: str, source: str, counted: _Day) -> None:
    before = connection.execute(
        "SELECT delay_counts FROM ledger_days WHERE day = ? AND source = ?", (day, source)
    ).fetchone()
    counts = (
        counted.delay_counts + np.array(orjson.loads(before[0]), dtype=np.int64) if before else counted.delay_counts
    )
    connection.execute(
        "INSERT INTO ledger_days VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, source) DO UPDATE SET"
        " events = events + excluded.events, undated = undated + excluded.undated,"
        " first = min(coalesce(first, excluded.first), coalesce(excluded.first, first)),"
        " last = max(coalesce(last, excluded.last), coalesce(excluded.last, last)),"
        " hours = hours | excluded.hours, delays = delays + excluded.delays,"
        " delay_sum = delay_sum + excluded.delay_sum, delay_counts = excluded.delay_counts,"
        " ahead = ahead + excluded.ahead",
        (
            day, source, counted.events, counted.undated, counted.first, counted.last, counted.hours,
            counted.delays, counted.delay_sum, orjson.dumps(counts.tolist()).decode(), counted.ahead,
        ),
    )  # fmt: skip
    connection.executemany(
        "INSERT OR IGNORE INTO ledger_hosts VALUES (?, ?, ?)", [(day, source, host) for host in sorted(counted.hosts)]
    )
    connection.executemany(
        "INSERT INTO ledger_codes VALUES (?, ?, ?, ?)"
        " ON CONFLICT (day, source, code) DO UPDATE SET events = events + excluded.events",
        [(day, source, code, events) for code, events in counted.codes.items()],
    )


def note(connection: sqlite3.Connection, day: str, facts: Mapping[str, float]) -> None:
    """Write figures of a day on the detection itself; the last ones of the day stay. In a transaction of the caller."""
    connection.executemany(
        "INSERT OR REPLACE INTO ledger_facts VALUES (?, ?, ?)", [(day, *fact) for fact in facts.items()]
    )


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables of a ledger where they are not there."""
    connection.executescript(files(__package__).joinpath("ledger.sql").read_text(encoding="utf-8"))


def forget(connection: sqlite3.Connection, before: str) -> None:
    """Remove the days before one, in a transaction of the caller."""
    for table in ("ledger_days", "ledger_hosts", "ledger_codes", "ledger_facts"):
        connection.execute(f"DELETE FROM {table} WHERE day < ?", (before,))  # noqa: S608 — names of ours


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a ledger to write in it, made when it is not there; whole or not at all.

    Raises:
        InputError: it cannot be written to, or is something else.

    """
    try:
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            prepare(connection)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise InputError(
            Text(fr=f"registre inutilisable ({error})", en=f"cannot use the ledger ({error})"), where=str(path)
        ) from error


def _name(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, UTC).date().isoformat()
