"""The daemon itself: the loop that ties the files, the ports, the rules, the state and the people on call together."""

import contextlib
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from structlog import get_logger

from rempart.detection import ledger
from rempart.detection.rules.form import Compiled
from rempart.detection.watch.cases import Tellers, acknowledged_by_file, escalate, forget_incidents
from rempart.detection.watch.delivery import Deliveries
from rempart.detection.watch.held import Held
from rempart.detection.watch.journal import Journal
from rempart.detection.watch.listener import Listener
from rempart.detection.watch.metrics import Endpoint, Figures
from rempart.detection.watch.notify import notify, watchdog
from rempart.detection.watch.output import write_alerts
from rempart.detection.watch.roster import Roster, open_roster
from rempart.detection.watch.settings import Settings
from rempart.detection.watch.sifting import Sifter
from rempart.detection.watch.state import connect, lock, transaction
from rempart.detection.watch.tail import Chunk, Tail
from rempart.detection.watch.tools import Tools
from rempart.detection.watch.work import Work, forget_alerts
from rempart.measurement.errors import RempartError

_AT_ONCE = 64
"""Chunks of different files processed in one block."""
_RULES_EVERY = 5.0
_HOUSE_EVERY = 1.0
_LOOK_EVERY = 2.0
_PAUSE = 5.0
"""Seconds to wait when the state cannot be written (disk full) before trying again."""
_DRAIN = 20.0
"""Seconds given, when asked to stop, to process what the ports received."""
_LEDGER_DAYS = 400
_HOUR, _A_WEEK = 3600.0, 7 * 86400.0
_log = get_logger("rempart.detection.watch")


@dataclass
class _Clock:
    """What is done now and then: `due` is true when its time has come."""

    every: float
    last: float = -1e9

    def due(self, now: float) -> bool:
        """Tell whether the time has come, and take note of it."""
        if now - self.last < self.every:
            return False
        self.last = now
        return True


class Daemon:
    """A watch, from its settings to its end.

    Args:
        settings: the configuration.
        tools: the pieces of the engine.
        now: the clock (a test gives its own).

    Raises:
        RempartError: a port, a rule, the roster or the state cannot be used.

    """

    def __init__(self, settings: Settings, tools: Tools, now: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.figures = Figures()
        self._now = now
        self._stopping = threading.Event()
        self._state = connect(settings.state)
        self._lock = lock(settings.state)
        ledger.prepare(self._state)
        self._tellers = Tellers(settings, _roster(settings))
        self._roster_written = _written(settings.roster)
        self._held = Held(lambda: tools.load(settings, settings.state / "rules-cache"), tools.paths(settings))
        self.journal = Journal(settings.state / "received", settings.bounds.journal)
        self._tail = Tail(
            settings.follow.paths,
            settings.bounds.block,
            journal=settings.state / "received",
            readable=self.journal.readable,
            forgotten=settings.bounds.alerts_kept.total_seconds() + _A_WEEK,
        )
        self._tools = tools
        self._work = Work(
            self._state, tools, self._tail, self._sifter(self._held.compiled), self._tellers, self.figures
        )
        self.listener = Listener(settings.listen, self.journal)
        self._deliveries = Deliveries(settings)
        self.endpoint = Endpoint(self.figures, settings.metrics) if settings.metrics else None
        self._clocks = {
            name: _Clock(every)
            for name, every in (
                ("rules", _RULES_EVERY), ("house", _HOUSE_EVERY), ("look", min(_LOOK_EVERY, settings.follow.every)),
                ("day", 600.0), ("watchdog", (watchdog() or 60.0) / 3),
            )
        }  # fmt: skip

    def run(self) -> None:
        """Watch until told to stop."""
        self._tail.load(self._state)
        self._first_look()
        if self.settings.listen:
            self.listener.begin()
        self._deliveries.start()
        notify("READY=1", "STATUS=watching")
        _log.info(
            "watching",
            rules=len(self._held.compiled.rules),
            correlations=len(self._held.compiled.correlations),
            refused=len(self._held.compiled.refusals),
            files=len(self._tail.followed),
            ports=[f"{address}:{port}" for address, port in self.listener.addresses],
        )
        try:
            while not self._stopping.is_set():
                if not self._turn():
                    self._stopping.wait(self.settings.follow.every)
        finally:
            self._end()

    def stop(self, *_: object) -> None:
        """Ask for the end (SIGTERM, SIGINT)."""
        self._stopping.set()

    def reload(self, *_: object) -> None:
        """Ask for the rules to be loaded again (SIGHUP)."""
        self._held.ask()
        self._clocks["rules"].last = -1e9

    def _turn(self) -> bool:
        """Do what is to be done now; tell whether there was something to read."""
        moment = self._now()
        try:
            self._keep_house(moment)
            chunks = list(islice(self._tail.chunks(moment), _AT_ONCE))
            if chunks:
                self._work.process(chunks, _at(moment))
                write_alerts(self._state, self.settings.alert_file)
        except (sqlite3.OperationalError, OSError) as error:
            _log.error("state cannot be written: nothing is lost, trying again", why=str(error))
            self._stopping.wait(_PAUSE)
            self._take_up()
            return False
        return bool(chunks)

    def _keep_house(self, moment: float) -> None:
        if self._clocks["watchdog"].due(time.monotonic()):
            notify("WATCHDOG=1")
        if self._clocks["rules"].due(time.monotonic()):
            self._look_at_rules()
            self._look_at_roster()
        if self._clocks["look"].due(time.monotonic()):
            with transaction(self._state):
                lost = self._tail.look(self._state, moment)
            for place in lost:
                self.figures.lost.inc()
                _log.error("file lost before it was read whole", place=place)
        if self._clocks["house"].due(time.monotonic()):
            self._look_at_people(moment)
            self.journal.forget(self._tail.position)
            write_alerts(self._state, self.settings.alert_file)
            self._measure()
        if self._clocks["day"].due(time.monotonic()):
            self._note_day(moment)

    def _first_look(self) -> None:
        """Find the files; at the very first start those that exist are taken from where the settings say."""
        with transaction(self._state):
            new = self._state.execute("INSERT OR IGNORE INTO meta VALUES ('began', ?)", (str(self._now()),)).rowcount
            self._tail.look(self._state, self._now(), from_end=bool(new) and self.settings.follow.start == "end")

    def _look_at_rules(self) -> None:
        try:
            compiled = self._held.look()
        except RempartError as error:
            self.figures.reloads.labels("failed").inc()
            _log.error("new rules refused, the old ones keep running", why=str(error))
            return
        if compiled is not None:
            self._work.sifter = self._sifter(compiled)
            self.figures.reloads.labels("done").inc()
            _log.info("rules reloaded", rules=len(compiled.rules), refused=len(compiled.refusals))

    def _look_at_roster(self) -> None:
        """Read the roster again when its file changed; a broken one leaves the old one in use, and is told."""
        written = _written(self.settings.roster)
        if written == self._roster_written:
            return
        self._roster_written = written
        try:
            self._tellers.roster = _roster(self.settings)
        except RempartError as error:
            _log.error("new roster refused, the old one stays", why=str(error))
            return
        _log.info("roster read again")

    def _look_at_people(self, moment: float) -> None:
        with transaction(self._state):
            done = list(acknowledged_by_file(self._state, self.settings.acknowledged, _at(moment)))
            written = escalate(self._state, self._tellers, _at(moment))
        for name in done:
            (self.settings.acknowledged / name).unlink(missing_ok=True)
            _log.info("incident acknowledged", incident=name)
        if written:
            _log.warning("next person told", messages=written)

    def _sifter(self, compiled: Compiled) -> Sifter:
        sifter = Sifter(self._tools, compiled, self.settings.bounds.kept_rows, self.settings.bounds.late)
        sifter.load(self._state)
        return sifter

    def _take_up(self) -> None:
        """Forget what memory holds for what the state does: the block that failed is done again."""
        with contextlib.suppress(sqlite3.OperationalError):
            self._tail.load(self._state)
            self._work.sifter = self._sifter(self._held.compiled)

    def _measure(self) -> None:
        figures, compiled = self.figures, self._held.compiled
        figures.lag.set(self._tail.behind())
        figures.files.set(len(self._tail.followed))
        figures.rules.labels("loaded").set(len(compiled.rules) + len(compiled.correlations))
        figures.rules.labels("refused").set(len(compiled.refusals))
        figures.follow(figures.messages, self.listener.counts)
        figures.follow(figures.deliveries, self._deliveries.counts)
        figures.waiting.set(_count(self._state, "notices WHERE state = 'waiting'"))
        figures.unanswered.set(_count(self._state, "incidents WHERE told IS NOT NULL AND acknowledged IS NULL"))

    def _note_day(self, moment: float) -> None:
        """Write the figures of the day, and forget what is too old."""
        at = _at(moment)
        facts = day_facts(self._held.compiled, self._tellers.roster, self._state, at)
        if self._held.newest is not None:
            facts["rules_newest"] = self._held.newest
        with transaction(self._state):
            ledger.note(self._state, at.date().isoformat(), facts)
            ledger.forget(self._state, (at - timedelta(days=_LEDGER_DAYS)).date().isoformat())
            forget_alerts(self._state, moment - self.settings.bounds.alerts_kept.total_seconds())
            forget_incidents(self._state, moment - _LEDGER_DAYS * 86400.0)

    def _end(self) -> None:
        """Take what the ports still hold, process it, and close everything."""
        notify("STOPPING=1")
        if self.listener.is_alive():
            self.listener.stop()
        limit = time.monotonic() + _DRAIN
        with contextlib.suppress(sqlite3.OperationalError, OSError):
            with transaction(self._state):
                self._tail.look(self._state, self._now())
            while time.monotonic() < limit and self._drain():
                pass
            write_alerts(self._state, self.settings.alert_file)
        if self._deliveries.is_alive():
            self._deliveries.stop()
        if self.endpoint is not None:
            self.endpoint.close()
        self.journal.close()
        self._state.close()
        self._lock.close()
        _log.info("stopped")

    def _drain(self) -> bool:
        moment = self._now()
        chunks: list[Chunk] = list(islice(self._tail.chunks(moment), _AT_ONCE))
        if chunks:
            self._work.process(chunks, _at(moment))
        return bool(chunks)


def watch(settings: Settings, tools: Tools) -> None:
    """Run a watch in this process until SIGTERM or SIGINT; SIGHUP loads the rules again.

    Raises:
        RempartError: it cannot start.

    """
    daemon = Daemon(settings, tools)
    signal.signal(signal.SIGTERM, daemon.stop)
    signal.signal(signal.SIGINT, daemon.stop)
    signal.signal(signal.SIGHUP, daemon.reload)
    daemon.run()


def day_facts(compiled: Compiled, roster: Roster | None, state: sqlite3.Connection, at: datetime) -> dict[str, float]:
    """Return the figures of a day that the ledger keeps on the detection itself."""
    facts: dict[str, float] = {
        "rules": len(compiled.rules) + len(compiled.correlations),
        "refused": len(compiled.refusals),
    }
    if roster is not None:
        gaps = roster.gaps(at, at + timedelta(days=30))
        facts["roster_gap_minutes"] = sum((gap.end - gap.start).total_seconds() for gap in gaps) / 60
    since = (at - timedelta(days=30)).timestamp()
    told = state.execute("SELECT told, acknowledged FROM incidents WHERE told >= ?", (since,)).fetchall()
    delays = [row["acknowledged"] - row["told"] for row in told if row["acknowledged"] is not None]
    facts["told_30"] = len(told)
    facts["acknowledged_30"] = len(delays)
    facts["acknowledged_within_hour_30"] = sum(delay <= _HOUR for delay in delays)
    return facts


def _roster(settings: Settings) -> Roster | None:
    return open_roster(settings.roster) if settings.roster else None


def _written(path: Path | None) -> int | None:
    """Return when a file was written (nanoseconds), None when there is none."""
    try:
        return path.stat().st_mtime_ns if path is not None else None
    except OSError:
        return None


def _count(state: sqlite3.Connection, of: str) -> int:
    return int(state.execute(f"SELECT count(*) FROM {of}").fetchone()[0])  # noqa: S608 — words of ours


def _at(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
