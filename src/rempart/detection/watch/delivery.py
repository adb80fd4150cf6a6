"""Sends the waiting messages: mail by SMTP, webhook by HTTPS, until a server takes them.

A message leaves the outbox once a server has said it took it. Killed between the two, the daemon sends it again with
the same identity (`Message-ID`, `Idempotency-Key`), by which mailboxes and receivers know it: never lost, told once.
"""

import email.message
import email.utils
import hashlib
import hmac
import http.client
import smtplib
import sqlite3
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from structlog import get_logger

from rempart.detection.watch.settings import Mail, Settings, Webhook
from rempart.detection.watch.state import connect, transaction

_TIMEOUT = 20
_FIRST_DELAY = 5.0
_LAST_DELAY = 600.0
_GIVEN_UP = 86400.0
"""Seconds after which a message that no server takes is given up, and counted."""
_ROUND = 1.0
_CREATED = range(200, 300)
_log = get_logger("rempart.detection.watch")


class UndeliverableError(Exception):
    """A server did not take a message; `final` when it never will."""

    def __init__(self, problem: str, *, final: bool = False) -> None:
        super().__init__(problem)
        self.final = final


@dataclass(frozen=True)
class Notice:
    """A message of the outbox."""

    id: str
    recipient: str
    body: str
    created: float


class Deliveries(threading.Thread):
    """Sends what waits, in its own thread, with its own door to the state. `counts`: sent, failed, given up."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="deliveries", daemon=True)
        self.counts: Counter[tuple[str, str]] = Counter()
        self._settings = settings
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Stop after the message under way."""
        self._stopping.set()
        self.join(timeout=2 * _TIMEOUT)

    def run(self) -> None:
        """Send until told to stop."""
        connection = connect(self._settings.state)
        try:
            while not self._stopping.wait(_ROUND):
                try:
                    self.send_due(connection, time.time())
                except sqlite3.OperationalError as error:
                    _log.warning("state busy, deliveries wait", why=str(error))
        finally:
            connection.close()

    def send_due(self, connection: sqlite3.Connection, now: float) -> None:
        """Send each message that is due, and write what became of it."""
        rows = connection.execute(
            "SELECT * FROM notices WHERE state = 'waiting' AND due <= ? ORDER BY created", (now,)
        ).fetchall()
        for row in rows:
            if self._stopping.is_set():
                return
            notice = Notice(row["id"], row["recipient"], row["body"], row["created"])
            try:
                self._send(row["channel"], notice)
            except UndeliverableError as error:
                self._failed(connection, row, error, now)
                continue
            with transaction(connection):
                connection.execute(
                    "UPDATE notices SET state = 'sent', sent = ?, attempts = attempts + 1, problem = '' WHERE id = ?",
                    (time.time(), notice.id),
                )
            self.counts[row["channel"], "sent"] += 1
            _log.info("message sent", channel=row["channel"], notice=notice.id)

    def _send(self, channel: str, notice: Notice) -> None:
        if channel == "mail" and self._settings.mail is not None:
            send_mail(self._settings.mail, notice)
        elif channel == "webhook" and self._settings.webhook is not None:
            post(self._settings.webhook, notice)
        else:
            raise UndeliverableError("channel no longer configured", final=True)

    def _failed(self, connection: sqlite3.Connection, row: sqlite3.Row, error: UndeliverableError, now: float) -> None:
        """Try again later, each time later; a message that never will be taken goes to the next person at once."""
        self.counts[row["channel"], "failed"] += 1
        over = error.final or now - row["created"] > _GIVEN_UP
        wait = min(_LAST_DELAY, _FIRST_DELAY * 2 ** min(row["attempts"], 16))
        with transaction(connection):
            connection.execute(
                "UPDATE notices SET state = ?, attempts = attempts + 1, due = ?, problem = ? WHERE id = ?",
                ("given up" if over else "waiting", now + wait, str(error)[:200], row["id"]),
            )
            if over:
                self.counts[row["channel"], "given up"] += 1
                connection.execute(
                    "UPDATE incidents SET next = min(next, ?) WHERE id = ? AND acknowledged IS NULL",
                    (now, row["incident"]),
                )
        _log.warning("message not taken", channel=row["channel"], notice=row["id"], why=str(error)[:200], final=over)


def send_mail(mail: Mail, notice: Notice) -> None:
    """Send one mail.

    Raises:
        UndeliverableError: the server did not take it.

    """
    body = orjson.loads(notice.body)
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, notice.recipient, body["subject"]
    message["Date"] = email.utils.format_datetime(datetime.fromtimestamp(notice.created, UTC))
    message["Message-ID"] = f"<{notice.id}.{int(notice.created)}@{mail.sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body["text"])
    try:
        with _session(mail) as session:
            if mail.user and mail.password_file:
                session.login(mail.user, secret(mail.password_file).decode())
            session.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise UndeliverableError(f"recipient refused {codes}", final=all(code >= 550 for code in codes)) from error  # noqa: PLR2004 — RFC 5321: permanent
    except (OSError, smtplib.SMTPException) as error:
        raise UndeliverableError(f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()) from error


def _session(mail: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=mail.authorities)
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=_TIMEOUT, context=context)
    session = smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT)
    if mail.security == "starttls":
        try:
            session.starttls(context=context)
        except BaseException:
            session.close()
            raise
    return session


def post(webhook: Webhook, notice: Notice) -> None:
    """Post one message, signed: `X-Rempart-Signature: sha256=HEX` over `TIMESTAMP.BODY`.

    Redirections are not followed: the secret's signature is for this receiver.

    Raises:
        UndeliverableError: the receiver did not answer 2xx.

    """
    parts = urlsplit(webhook.url)
    moment = str(int(time.time()))
    body = notice.body.encode()
    try:
        signature = signed(secret(webhook.secret_file), moment, body)
        connection = _connection(webhook)
        try:
            connection.request(
                "POST",
                (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
                body=body,
                headers={
                    "Content-Type": "application/json",
                    "Idempotency-Key": notice.id,
                    "X-Rempart-Timestamp": moment,
                    "X-Rempart-Signature": f"sha256={signature}",
                },
            )
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise UndeliverableError(type(error).__name__) from error
    if status not in _CREATED:
        raise UndeliverableError(f"HTTP {status}")


def _connection(webhook: Webhook) -> http.client.HTTPConnection:
    parts = urlsplit(webhook.url)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port or 80, timeout=_TIMEOUT)
    context = ssl.create_default_context(cafile=webhook.authorities)
    if webhook.proxy is None:
        return http.client.HTTPSConnection(host, parts.port or 443, timeout=_TIMEOUT, context=context)
    proxy = urlsplit(webhook.proxy)
    through = http.client.HTTPSConnection(proxy.hostname or "", proxy.port or 3128, timeout=_TIMEOUT, context=context)
    through.set_tunnel(host, parts.port or 443)
    return through


def signed(key: bytes, moment: str, body: bytes) -> str:
    """Return the hexadecimal HMAC-SHA-256 of a message posted at a moment (seconds since 1970, as text)."""
    return hmac.new(key, moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def secret(path: Path) -> bytes:
    """Return what a secret file holds, without the line feed an editor adds.

    Raises:
        OSError: it cannot be read.

    """
    return path.read_bytes().strip()
