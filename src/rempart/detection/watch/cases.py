"""Quiet grouping and escalation: alerts of one machine or account are one incident, told once, until somebody answers.

Functions write into a transaction of the caller: an alert and the decision to tell of it are
kept together or not at all.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from rempart.detection.alerts.advice import actions, declare
from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.entities import host_key, named, user_key
from rempart.detection.alerts.levels import rank
from rempart.detection.watch.messages import Said, mail_body, webhook_body
from rempart.detection.watch.roster import Person, Roster
from rempart.detection.watch.settings import Settings

_MOST = 20
"""Titles and names kept of an incident."""
_LISTS = ("titles", "hosts", "users", "addresses", "actions", "reasons")


@dataclass
class Tellers:
    """Who is told and how: the settings, and the roster when there is one (read again when its file changes)."""

    settings: Settings
    roster: Roster | None


def entity(alert: Alert) -> str:
    """Return what an alert is about: its machine, else its account, else its address, else its rule."""
    return host_key(alert.host) or user_key(alert.user) or alert.address or alert.about.id


def join(connection: sqlite3.Connection, alert: Alert, tellers: Tellers, now: datetime) -> str:
    """Put an alert in the open incident of its entity, or in a new one; tell people when it must. Return its id."""
    moment = now.timestamp()
    quiet = tellers.settings.escalation.quiet.total_seconds()
    row = connection.execute(
        "SELECT * FROM incidents WHERE entity = ? AND active >= ? ORDER BY active DESC LIMIT 1",
        (entity(alert), moment - quiet),
    ).fetchone()
    id_ = row["id"] if row is not None else f"I-{alert.id[:8]}"
    if row is None:
        connection.execute(
            "INSERT INTO incidents (id, entity, level, titles, hosts, users, addresses, actions, reasons, alerts,"
            " opened, active) VALUES (?, ?, ?, '[]', '[]', '[]', '[]', '[]', '[]', 0, ?, ?)",
            (id_, entity(alert), alert.about.level, moment, moment),
        )
        row = connection.execute("SELECT * FROM incidents WHERE id = ?", (id_,)).fetchone()
    _grow(connection, row, alert, moment)
    if _recent(alert, tellers, now):
        _tell_first(connection, id_, tellers, now)
    return id_


def _grow(connection: sqlite3.Connection, row: sqlite3.Row, alert: Alert, moment: float) -> None:
    """Add what an alert says to its incident."""
    host, user, address = named(alert)
    said = {
        "titles": [alert.about.title], "hosts": [host], "users": [user], "addresses": [address],
        "actions": actions([alert]), "reasons": declare([alert]),
    }  # fmt: skip
    lists = [_list([*orjson.loads(row[name]), *filter(None, said[name])]) for name in _LISTS]
    first, last = (_micros(each) for each in (alert.first, alert.last))
    connection.execute(
        "UPDATE incidents SET level = ?, alerts = alerts + 1, first = ?, last = ?, active = ?,"
        " titles = ?, hosts = ?, users = ?, addresses = ?, actions = ?, reasons = ? WHERE id = ?",
        (
            max(row["level"], alert.about.level, key=rank),
            min((each for each in (row["first"], first) if each is not None), default=None),
            max((each for each in (row["last"], last) if each is not None), default=None),
            moment, *lists, row["id"],
        ),
    )  # fmt: skip


def escalate(connection: sqlite3.Connection, tellers: Tellers, now: datetime) -> int:
    """Tell the next person of each incident nobody acknowledged in time; return how many messages were written."""
    due = connection.execute(
        "SELECT id FROM incidents WHERE next <= ? AND acknowledged IS NULL ORDER BY next", (now.timestamp(),)
    ).fetchall()
    return sum(_tell(connection, row["id"], tellers, now) for row in due)


def acknowledge(connection: sqlite3.Connection, incident: str, who: str, now: datetime) -> bool:
    """Write that somebody takes care of an incident; False when there is none of that id.

    Messages that have not left yet are not sent. The first who answers stays.
    """
    found = connection.execute(
        "UPDATE incidents SET acknowledged = coalesce(acknowledged, ?), acknowledged_by = coalesce(acknowledged_by, ?),"
        " next = NULL WHERE id = ?",
        (now.timestamp(), who, incident),
    )
    connection.execute("UPDATE notices SET state = 'needless' WHERE incident = ? AND state = 'waiting'", (incident,))
    return found.rowcount > 0


def acknowledged_by_file(connection: sqlite3.Connection, folder: Path, now: datetime) -> Iterable[str]:
    """Acknowledge the incidents that files of a folder are named after; return them, for their files to be removed."""
    if not folder.is_dir():
        return []
    names = [path.name for path in sorted(folder.iterdir()) if path.is_file()]
    return [name for name in names if acknowledge(connection, name, "file", now)]


def forget_incidents(connection: sqlite3.Connection, before: float) -> None:
    """Remove the incidents silent since before a moment, and their messages, in a transaction of the caller."""
    connection.execute("DELETE FROM notices WHERE created < ? AND state != 'waiting'", (before,))
    connection.execute("DELETE FROM incidents WHERE active < ? AND (next IS NULL OR acknowledged)", (before,))


def _recent(alert: Alert, tellers: Tellers, now: datetime) -> bool:
    """Tell whether an alert is worth waking somebody; one without a moment is."""
    return alert.last is None or now - alert.last <= tellers.settings.escalation.recent


def _tell_first(connection: sqlite3.Connection, incident: str, tellers: Tellers, now: datetime) -> None:
    row = connection.execute("SELECT level, told FROM incidents WHERE id = ?", (incident,)).fetchone()
    if row["told"] is None and rank(row["level"]) >= rank(tellers.settings.escalation.level):
        connection.execute("UPDATE incidents SET told = ? WHERE id = ?", (now.timestamp(), incident))
        _tell(connection, incident, tellers, now)


def _tell(connection: sqlite3.Connection, incident: str, tellers: Tellers, now: datetime) -> int:
    """Write the messages of the next step of an incident, and when the step after it comes."""
    row = connection.execute("SELECT * FROM incidents WHERE id = ?", (incident,)).fetchone()
    people = tellers.roster.on_call(now) if tellers.roster else ()
    steps = max(1, len(people)) * tellers.settings.escalation.rounds
    step = row["step"]
    if step >= steps:
        connection.execute("UPDATE incidents SET next = NULL WHERE id = ?", (incident,))
        return 0
    person = people[step % len(people)] if people else None
    said = _said(row, step, person, tellers)
    written = sum(
        connection.execute(
            "INSERT OR IGNORE INTO notices (id, incident, channel, recipient, body, due, created)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (f"{incident}.{step}.{channel}", incident, channel, recipient, body, now.timestamp(), now.timestamp()),
        ).rowcount
        for channel, recipient, body in _messages(said, person, tellers.settings)
    )
    following = now.timestamp() + tellers.settings.escalation.delay.total_seconds()
    connection.execute("UPDATE incidents SET step = ?, next = ? WHERE id = ?", (step + 1, following, incident))
    return written


def _messages(said: Said, person: Person | None, settings: Settings) -> Iterable[tuple[str, str, str]]:
    """Yield channel, recipient and body of each message of a step."""
    if settings.mail is not None:
        recipient = person.mail if person is not None and person.mail else settings.mail.fallback
        if recipient:
            yield "mail", recipient, mail_body(said)
    if settings.webhook is not None:
        yield "webhook", settings.webhook.url, webhook_body(said, settings.webhook.knowledge)


def _said(row: sqlite3.Row, step: int, person: Person | None, tellers: Tellers) -> Said:
    return Said(
        incident=row["id"],
        entity=row["entity"],
        level=row["level"],
        **{name: tuple(orjson.loads(row[name])) for name in _LISTS},
        alerts=row["alerts"],
        first=_moment(row["first"]),
        last=_moment(row["last"]),
        step=step,
        person=person.name if person else "",
        delay=tellers.settings.escalation.delay,
        nobody=tellers.roster is not None and person is None,
    )


def _list(values: Iterable[str]) -> str:
    return orjson.dumps(list(dict.fromkeys(values))[:_MOST]).decode()


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1_000_000)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else datetime.fromtimestamp(micros / 1_000_000, UTC)
