"""Messages to people through real servers: SMTP with STARTTLS and sign-in, HTTPS webhooks, failures and retries."""

import http.server
import socket
import ssl
import threading
import time
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from rempart.detection.watch.delivery import Deliveries, signed
from rempart.detection.watch.settings import Settings
from rempart.detection.watch.state import connect
from tests.detection.watch.test_listener import certificate

BODY = '{"subject": "[Rempart] Alerte : é", "text": "Bonjour,\\nune machine chiffre."}'


class Inbox:
    def __init__(self):
        self.mails, self.refusing = [], []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 — aiosmtpd's name
        if self.refusing:
            return self.refusing.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802 — aiosmtpd's name
        self.mails.append(
            (
                session.ssl is not None,
                session.authenticated,
                message_from_bytes(envelope.content, policy=policy.default),
            )
        )
        return "250 OK"


@pytest.fixture
def inbox(tmp_path):
    cert, key, _ = certificate(tmp_path, "mail")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    handler = Inbox()

    def sign_in(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=data.login == b"rempart" and data.password == b"mot de passe")

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    controller = Controller(
        handler, hostname="127.0.0.1", port=handler.port, tls_context=context, require_starttls=True,
        auth_required=True, authenticator=sign_in,
    )  # fmt: skip
    controller.start()
    handler.authority = cert
    yield handler
    controller.stop()


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((dict(self.headers), body))
        status = self.server.statuses.pop(0) if self.server.statuses else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        """Stay quiet."""


@pytest.fixture
def hook(tmp_path):
    cert, key, _ = certificate(tmp_path, "hook")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.posts, server.statuses, server.authority = [], [], cert
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def settings(tmp_path, inbox, hook):
    password, secret = tmp_path / "password", tmp_path / "secret"
    password.write_text("mot de passe\n", encoding="utf-8")
    secret.write_text("clé partagée\n", encoding="utf-8")
    return Settings(
        state=tmp_path / "state",
        follow={"paths": ["/var/log"]},
        mail={
            "host": "127.0.0.1", "port": inbox.port, "sender": "rempart@valmont.example", "user": "rempart",
            "password_file": password, "authorities": inbox.authority, "fallback": "si@valmont.example",
        },
        webhook={
            "url": f"https://127.0.0.1:{hook.server_port}/rempart?site=1", "secret_file": secret,
            "authorities": hook.authority,
        },
    )  # fmt: skip


@pytest.fixture
def state(settings):
    found = connect(settings.state)
    yield found
    found.close()


def write(state, channel, recipient="anne@valmont.example", body=BODY, name="I-1.0"):
    now = time.time()
    state.execute(
        "INSERT OR IGNORE INTO incidents (id, entity, level, titles, hosts, users, addresses, actions, reasons, alerts,"
        " opened, active, told, step, next) VALUES ('I-1','e','high','[]','[]','[]','[]','[]','[]',1,0,0,1,1,1e12)"
    )
    state.execute(
        "INSERT INTO notices (id, incident, channel, recipient, body, due, created) VALUES (?, 'I-1', ?, ?, ?, ?, ?)",
        (f"{name}.{channel}", channel, recipient, body, now, now),
    )


def states(state):
    return [(row["state"], row["attempts"]) for row in state.execute("SELECT * FROM notices ORDER BY id")]


def test_a_mail_leaves_encrypted_signed_in_and_once(settings, state, inbox):
    write(state, "mail")
    deliveries = Deliveries(settings)
    for _ in range(3):
        deliveries.send_due(state, time.time())
    ((encrypted, signed_in, mail),) = inbox.mails
    assert encrypted
    assert signed_in
    assert mail["To"] == "anne@valmont.example"
    assert mail["Subject"] == "[Rempart] Alerte : é"
    assert "une machine chiffre" in mail.get_content()
    assert mail["Message-ID"].startswith("<I-1.0.mail.")
    assert states(state) == [("sent", 1)]


def test_a_server_that_fails_is_tried_again_later_each_time(settings, state, inbox):
    write(state, "mail")
    inbox.refusing += ["451 later", "451 later"]
    deliveries = Deliveries(settings)
    now = time.time()
    deliveries.send_due(state, now)
    deliveries.send_due(state, now + 4)
    assert states(state) == [("waiting", 1)]
    deliveries.send_due(state, now + 6)
    deliveries.send_due(state, now + 14)
    assert states(state) == [("waiting", 2)]
    deliveries.send_due(state, now + 30)
    assert states(state) == [("sent", 3)]
    assert len(inbox.mails) == 1


def test_a_recipient_refused_for_good_hands_over_to_the_next_person_at_once(settings, state, inbox):
    write(state, "mail")
    inbox.refusing.append("550 unknown")
    now = time.time()
    Deliveries(settings).send_due(state, now)
    assert states(state) == [("given up", 1)]
    assert state.execute("SELECT next FROM incidents").fetchone()[0] == now


def test_a_mail_server_without_the_right_certificate_gets_nothing(settings, state, inbox):
    write(state, "mail")
    stranger = settings.model_copy(update={"mail": settings.mail.model_copy(update={"authorities": None})})
    Deliveries(stranger).send_due(state, time.time())
    assert states(state) == [("waiting", 1)]
    assert inbox.mails == []


def test_a_webhook_is_signed_and_idempotent(settings, state, hook):
    write(state, "webhook", body='{"incident":"I-1"}')
    hook.statuses += [500]
    deliveries = Deliveries(settings)
    deliveries.send_due(state, time.time())
    deliveries.send_due(state, time.time() + 60)
    (first, body), (second, _) = hook.posts
    assert first["Idempotency-Key"] == second["Idempotency-Key"] == "I-1.0.webhook"
    expected = signed("clé partagée".encode(), first["X-Rempart-Timestamp"], body)
    assert first["X-Rempart-Signature"] == f"sha256={expected}"
    assert states(state) == [("sent", 2)]


def test_a_redirection_is_not_followed(settings, state, hook):
    write(state, "webhook", body="{}")
    hook.statuses.append(302)
    Deliveries(settings).send_due(state, time.time())
    assert len(hook.posts) == 1
    assert states(state) == [("waiting", 1)]


def test_a_message_nobody_takes_for_a_day_is_given_up_and_counted(settings, state, hook):
    write(state, "webhook", body="{}")
    hook.statuses.append(503)
    deliveries = Deliveries(settings)
    deliveries.send_due(state, time.time() + 2 * 86400)
    assert states(state) == [("given up", 1)]
    assert deliveries.counts["webhook", "given up"] == 1
