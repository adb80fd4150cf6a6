import os
import socket
import sys

import pytest

from tests.exposure.lab.namespace import Namespace

SERVER = "import http.server as s; s.HTTPServer(('127.0.5.6', 80), s.SimpleHTTPRequestHandler).serve_forever()"


def resolved(name: str) -> str:
    return socket.gethostbyname(name)


def connects(address: str, port: int, seconds: float = 5.0) -> bool:
    with socket.create_connection((address, port), timeout=seconds):
        return True


async def awaited(value: int) -> int:
    return value + 1


def prints_then_fails() -> None:
    os.write(1, b"noise")
    raise ValueError("as asked")


@pytest.fixture(scope="module")
def network():
    with Namespace("ns", hosts={"www.valmont.test": "127.0.5.6"}, addresses=["fd00:77::6"]) as made:
        yield made


def test_code_runs_inside_with_names_of_its_own(network):
    assert network.run(resolved, "www.valmont.test") == "127.0.5.6"
    assert network.run(awaited, 1) == 2


def test_what_fails_inside_fails_here_and_the_next_call_works(network):
    with pytest.raises(ValueError, match="as asked"):
        network.run(prints_then_fails)
    assert network.run(awaited, 2) == 3


def test_a_daemon_is_reached_inside_only_and_counted(network):
    daemon = network.start([sys.executable, "-c", SERVER], ready=("127.0.5.6", 80))
    before = network.opened()
    assert network.run(connects, "127.0.5.6", 80)
    assert network.opened() == before + 1
    with pytest.raises(OSError):
        connects("127.0.5.6", 80)
    daemon.stop()
    assert not daemon.alive
    assert not network.listens("127.0.5.6", 80)


def test_a_daemon_that_ends_says_why(network, tmp_path):
    with pytest.raises(RuntimeError, match="no such thing"):
        network.start(
            [sys.executable, "-c", "raise SystemExit('no such thing')"],
            ready=("127.0.5.7", 1),
            log=tmp_path / "log",
        )


def test_a_filtered_address_says_nothing_on_other_ports(network):
    network.filtered("127.0.5.8", but=[80])
    with pytest.raises(ConnectionRefusedError):
        network.run(connects, "127.0.5.8", 80)
    with pytest.raises(TimeoutError):
        network.run(connects, "127.0.5.8", 81, 0.2)


def test_ipv6_addresses_are_there(network):
    with pytest.raises(ConnectionRefusedError):
        network.run(connects, "fd00:77::6", 80)
