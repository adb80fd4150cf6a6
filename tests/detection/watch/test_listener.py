"""The ports, with real sockets: TCP, TLS and its clients' certificates, UDP, RELP, bounds."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rempart.detection.watch.journal import Journal
from rempart.detection.watch.listener import Listener
from rempart.detection.watch.settings import Listen
from rempart.measurement.errors import InputError


def certificate(folder, name, authority=None):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    issuer, signer = authority or (subject, key)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    cert, secret = folder / f"{name}.crt", folder / f"{name}.key"
    cert.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, secret, (subject, key)


@pytest.fixture
def listen(tmp_path):
    started = []

    def start(**settings):
        journal = Journal(tmp_path / "received", settings.pop("most", 1 << 30))
        listener = Listener([Listen(port=0, **settings)], journal)
        listener.begin()
        started.append((listener, journal))
        return listener, journal, listener.addresses[0][1]

    yield start
    for listener, journal in started:
        listener.stop()
        journal.close()


def held(journal):
    return b"".join(path.read_bytes()[: journal.readable(path)] for path in journal.segments()).splitlines()


def wait_for(condition):
    limit = time.monotonic() + 10
    while not condition() and time.monotonic() < limit:
        time.sleep(0.01)
    assert condition()


def send(port, data, context=None):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain, contextlib.ExitStack() as stack:
        channel = stack.enter_context(context.wrap_socket(plain, server_hostname="127.0.0.1")) if context else plain
        channel.sendall(data)
        if context:
            with contextlib.suppress(OSError):
                channel.unwrap()
        else:
            channel.shutdown(socket.SHUT_WR)
            channel.recv(1)


def test_tcp_takes_both_framings(listen):
    _, journal, port = listen(transport="tcp")
    send(port, b"<13>one\n7 <13>a\nb\n<13>last")
    wait_for(lambda: len(held(journal)) == 3)
    assert held(journal) == [b"<13>one", b"<13>a#012b", b"<13>last"]


def test_nothing_a_client_sent_before_the_stop_is_lost(listen):
    listener, journal, port = listen(transport="tcp")
    with socket.create_connection(("127.0.0.1", port), timeout=5) as channel:
        wait_for(lambda: sum(listener._open.values()) == 1)
        channel.sendall(b"".join(b"<13>message %d\n" % number for number in range(20000)))
        listener.stop()
    assert len(held(journal)) == 20000


def test_tls_takes_messages(listen, tmp_path):
    cert, key, _ = certificate(tmp_path, "server")
    _, journal, port = listen(transport="tls", certificate=cert, key=key)
    send(port, b"<13>secret\n", ssl.create_default_context(cafile=cert))
    wait_for(lambda: held(journal) == [b"<13>secret"])


def test_tls_refuses_a_client_without_the_right_certificate(listen, tmp_path):
    cert, key, _ = certificate(tmp_path, "server")
    authority, _, signer = certificate(tmp_path, "authority")
    good, good_key, _ = certificate(tmp_path, "good", signer)
    bad, bad_key, _ = certificate(tmp_path, "bad")
    listener, journal, port = listen(transport="tls", certificate=cert, key=key, client_authorities=authority)
    for client, secret in ((None, None), (bad, bad_key)):
        context = ssl.create_default_context(cafile=cert)
        if client:
            context.load_cert_chain(client, secret)
        with contextlib.suppress(OSError):
            send(port, b"<13>intruder\n", context)
    context = ssl.create_default_context(cafile=cert)
    context.load_cert_chain(good, good_key)
    send(port, b"<13>friend\n", context)
    wait_for(lambda: held(journal) == [b"<13>friend"])
    assert listener.is_alive()


def test_udp_takes_a_message_a_datagram(listen):
    _, journal, port = listen(transport="udp", longest=500)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.sendto(b"<13>one\n", ("127.0.0.1", port))
        channel.sendto(b"<13>" + b"x" * 600, ("127.0.0.1", port))
        channel.sendto(b"<13>two\nlines", ("127.0.0.1", port))
    wait_for(lambda: held(journal) == [b"<13>one", b"<13>two#012lines"])


def test_connections_beyond_the_bound_are_refused_and_counted(listen):
    listener, _, port = listen(transport="tcp", connections=1)
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        wait_for(lambda: sum(listener._open.values()) == 1)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as second:
            assert second.recv(1) == b""
    assert listener.counts["tcp", "refused"] == 1


def test_a_silent_connection_is_closed(listen):
    listener, _, port = listen(transport="tcp", idle="1s")
    with socket.create_connection(("127.0.0.1", port), timeout=5) as channel:
        assert channel.recv(1) == b""
    assert listener.counts["tcp", "closed"] == 1


def relp(channel, number, message):
    channel.sendall(b"%d syslog %d %s\n" % (number, len(message), message))
    return channel.recv(100)


def test_relp_answers_once_the_message_is_on_disk(listen):
    listener, journal, port = listen(transport="relp")
    with socket.create_connection(("127.0.0.1", port), timeout=5) as channel:
        channel.sendall(b"1 open 14 relp_version=0\n")
        assert channel.recv(200).startswith(b"1 rsp")
        assert relp(channel, 2, b"<13>one") == b"2 rsp 6 200 OK\n"
        assert held(journal) == [b"<13>one"]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as channel:
        assert relp(channel, 1, b"<13>one") == b"1 rsp 6 200 OK\n"  # sent again: its answer was lost
        assert relp(channel, 2, b"<13>two") == b"2 rsp 6 200 OK\n"
        assert relp(channel, 3, b"<13>one") == b"3 rsp 6 200 OK\n"  # the machine says it again
    assert held(journal) == [b"<13>one", b"<13>two", b"<13>one"]
    assert listener.counts["relp", "resent"] == 1


def test_a_message_sent_again_after_a_restart_is_known(tmp_path):
    for life in range(2):
        journal = Journal(tmp_path / "received", 1 << 30)
        listener = Listener([Listen(transport="relp", port=0)], journal)
        listener.begin()
        with socket.create_connection(("127.0.0.1", listener.addresses[0][1]), timeout=5) as channel:
            assert relp(channel, 1, b"<13>same").startswith(b"1 rsp 6 200")
        listener.stop()
        journal.close()
        assert held(journal) == [b"<13>same"], life


def test_a_full_journal_makes_senders_wait_until_it_is_processed(listen):
    _, journal, port = listen(transport="tcp", most=4 << 20, longest=1 << 16)
    line = b"<13>" + b"x" * 60_000 + b"\n"
    with socket.create_connection(("127.0.0.1", port), timeout=0.5) as channel:
        with pytest.raises(TimeoutError):
            channel.sendall(line * 1000)
        assert journal.full
        before = sum(map(journal.readable, journal.segments()))
        assert journal.forget(journal.readable) > 0
        wait_for(lambda: sum(map(journal.readable, journal.segments())) != before)


def test_a_line_a_kill_left_unfinished_is_cut(tmp_path):
    journal = Journal(tmp_path, 1 << 30)
    journal.append([b"one", b"two"])
    journal.close()
    (segment,) = journal.segments()
    with segment.open("ab") as stream:
        stream.write(b"thr")
    again = Journal(tmp_path, 1 << 30)
    assert segment.read_bytes() == b"one\ntwo\n"
    again.append([b"four"])
    again.close()
    assert len(again.segments()) == 2


def test_a_port_already_taken_is_told(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listener = Listener([Listen(transport="tcp", port=taken.getsockname()[1])], Journal(tmp_path, 1 << 30))
        with pytest.raises(InputError, match="cannot listen"):
            listener.begin()
