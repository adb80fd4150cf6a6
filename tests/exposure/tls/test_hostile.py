"""Hostile servers on real sockets: bounded in time, connections and memory, and never a crash."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls.hello import read_client_hello
from rempart.exposure.protocols.tls.reader import vector
from rempart.measurement.verdict import Status
from tests.exposure.lab import certificates
from tests.exposure.tls.measured import measured, service, survey
from tests.exposure.tls.served import Served

ADDRESS = "127.77.3.90"
Behaviour = Callable[[socket.socket], None]


@contextmanager
def behaving(behaviour: Behaviour) -> Iterator[int]:
    """Serve a behaviour, one thread a connection; gives the port."""
    with closing(socket.create_server((ADDRESS, 0), backlog=64)) as server:
        server.settimeout(0.2)
        stop = threading.Event()

        def one(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.settimeout(5)
                behaviour(connection)

        def loop() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def garbage(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"\x99" * 5000)


def web_page(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def at_once_closed(connection: socket.socket) -> None:
    connection.recv(4096)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def silent(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.recv(4096)


def alerts(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"\x15\x03\x01\x00\x02\x02\x28" * 1000)


def drip(connection: socket.socket) -> None:
    connection.recv(4096)
    for byte in b"\x16\x03\x03\x40\x00" + bytes(100_000):
        connection.sendall(bytes([byte]))
        time.sleep(0.01)


def endless(connection: socket.socket) -> None:
    connection.recv(4096)
    record = b"\x16\x03\x03" + vector(2, b"\x00" + vector(3, bytes(16000)))
    while True:
        connection.sendall(record)


def liar(connection: socket.socket) -> None:
    """A ServerHello that chooses what was not offered, in a version nobody asked."""
    connection.recv(4096)
    body = b"\x03\x03" + bytes(32) + b"\x00\xfa\xce\x00"
    connection.sendall(b"\x16\x03\x03" + vector(2, b"\x02" + vector(3, body)))


@pytest.mark.parametrize("behaviour", [garbage, web_page, at_once_closed, reset, silent, alerts, drip, endless, liar])
def test_a_hostile_server_costs_little_and_is_never_a_pass(behaviour, judge):
    with behaving(behaviour) as port:
        maker = measured([service(ADDRESS, port)], seconds=0.3)
    assert len(maker.rows["observations"]) <= 60
    assert sum(len(row["received"]) for row in maker.rows["observations"]) < 60 << 18
    row = maker.surface().facts("tls_services").row(0, named=True)
    assert row["tls"] is not True
    for control in ("vuln_tls_ssl", "vuln_tls_null", "vuln_tls_expired"):
        assert judge(maker, control).status is not Status.SATISFIED


def _serving(served: Served) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        with suppress(Malformed):
            hello, _ = read_client_hello(connection.recv(1 << 16))
            connection.sendall(served.answer(hello)[1])

    return behave


def test_a_certificate_of_ten_thousand_names_and_a_giant_one_are_bounded(judge):
    names = [f"n{number}.valmont.example" for number in range(10_000)]
    many = certificates.leaf(certificates.root(), names).der
    with behaving(_serving(Served(chain=(many,) * 3, suites={reg.TLS12: (0xC030,)}))) as port:
        maker = measured([service(ADDRESS, port)], seconds=1)
    assert sum(len(row["received"]) for row in maker.rows["observations"]) <= len(maker.rows["observations"]) << 18
    assert judge(maker, "vuln_tls_expired").status in {Status.NOT_EVALUATED, Status.SATISFIED}


def test_a_server_that_resets_what_it_does_not_like_is_still_read(judge):
    served = Served(suites={reg.TLS12: (0xC030, 0xC02F)})

    def behave(connection: socket.socket) -> None:
        with suppress(Malformed):
            hello, _ = read_client_hello(connection.recv(1 << 16))
            answer = served.answer(hello)[1]
            if answer[0] == 0x15:
                reset(connection)
            else:
                connection.sendall(answer)

    with behaving(behave) as port:
        maker = measured([service(ADDRESS, port)], seconds=2)
    assert judge(maker, "vuln_tls_null").status is Status.SATISFIED
    assert judge(maker, "vuln_tls_old_versions").status is Status.SATISFIED


def test_a_server_that_starts_to_reset_everything_is_left_alone():
    count = [0]
    served = Served(suites={reg.TLS12: (0xC030, 0xC02F)})

    def behave(connection: socket.socket) -> None:
        count[0] += 1
        if count[0] > 5:
            reset(connection)
            return
        with suppress(Malformed):
            connection.sendall(served.answer(read_client_hello(connection.recv(1 << 16))[0])[1])

    with behaving(behave) as port:
        assert len(survey([service(ADDRESS, port)], seconds=1)) < 40
