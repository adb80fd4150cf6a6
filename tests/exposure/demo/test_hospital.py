"""The fictional hospital stands on loopback only, shows what it was built to show, and leaves nothing behind."""

import ipaddress
import socket
import ssl
import threading

import dns.message
import dns.query
import pytest

from rempart.exposure.demo import listening, names
from rempart.exposure.demo.hospital import NETWORK, Hospital
from rempart.exposure.demo.listening import State
from rempart.measurement.errors import InputError

# asyncio leaves the transport of a client that leaves during its handshake to the collector, which complains
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(params=list(State))
def standing(request):
    with Hospital(request.param) as hospital:
        yield hospital


def _takes(address, port):
    with socket.socket() as tried:
        tried.settimeout(5)
        return tried.connect_ex((address, port)) == 0


def test_everything_that_is_said_to_listen_does_and_on_its_own_network_only(standing):
    for address, port, transport in standing.places:
        assert ipaddress.ip_address(address) in NETWORK
        assert port > 1024
        assert transport == "udp" or _takes(address, port)


def test_nothing_listens_on_another_address_of_the_machine(standing):
    ports = {port for _, port, transport in standing.places if transport == "tcp"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as chosen:
        chosen.connect(("192.0.2.1", 9))  # sends nothing: only tells which address would be used
        outside = chosen.getsockname()[0]
    if not ipaddress.ip_address(outside).is_loopback:
        assert not [port for port in ports if _takes(outside, port)]
    assert not [port for port in ports if _takes("127.88.2.1", port)]


def test_the_resolver_knows_the_zone_and_the_server_refuses_the_rest(standing):
    asked = dns.message.make_query("www.valmont.example", "A")
    answer = dns.query.udp(asked, names.RESOLVER, port=standing.doors.dns, timeout=5)
    assert str(answer.answer[0][0]) == "127.88.1.2"
    other = dns.message.make_query("a.root-servers.net", "A")
    refused = dns.query.tcp(other, names.SERVER, port=standing.doors.dns, timeout=5)
    assert refused.rcode() == dns.rcode.REFUSED


def test_only_the_exposed_zone_is_handed_out():
    for state in State:
        zone = names.Zone(state, resolves=False)
        answer = dns.message.from_wire(
            zone.answer(dns.message.make_query("valmont.example", "AXFR").to_wire(), cut=False)
        )
        assert bool(answer.answer) is (state is State.EXPOSED)


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"\xff" * 40, bytes(12)])
def test_a_datagram_that_is_no_query_gets_no_answer(garbage):
    assert names.Zone(State.EXPOSED, resolves=True).answer(garbage, cut=True) is None


def test_every_server_is_gone_once_the_block_is_left():
    with Hospital(State.EXPOSED) as hospital:
        places = hospital.places
        folder = hospital.authority.parent
    assert not [each for each in places if each[2] == "tcp" and _takes(each[0], each[1])]
    assert not folder.exists()
    assert not [each for each in threading.enumerate() if each.name == "rempart-demo"]


def test_a_second_hospital_beside_the_first_is_refused_in_words():
    with Hospital(State.EXPOSED), pytest.raises(InputError, match="demonstration"), Hospital(State.EXPOSED):
        pass


def test_the_repaired_site_shows_a_certificate_of_the_fictional_authority():
    with Hospital(State.REPAIRED) as hospital:
        context = ssl.create_default_context(cafile=str(hospital.authority))
        with (
            socket.create_connection(("127.88.1.2", listening.UNPRIVILEGED.https), 5) as plain,
            context.wrap_socket(plain, server_hostname="www.valmont.example") as secure,
        ):
            assert secure.version() == "TLSv1.3"
