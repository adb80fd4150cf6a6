"""Identification on real daemons, each on its usual port and on another one, and on hostile servers."""

import pytest

from rempart.exposure.collect.identify import hints
from rempart.exposure.collect.question import NEVER
from rempart.exposure.collect.service_questions import known
from rempart.exposure.snapshot import Outcome
from tests.exposure.lab import services as lab
from tests.exposure.lab.namespace import Namespace
from tests.exposure.services.lab_talks import named

HOST = "127.0.1.9"
FAKES = "127.0.1.10"
EXPECTED = {
    (HOST, 21): ("ftp", "ftp"),
    (HOST, 22): ("ssh", ""),
    (FAKES, 23): ("telnet", ""),
    (HOST, 104): ("dicom", ""),
    (HOST, 199): ("smux", ""),
    (HOST, 389): ("ldap", "ldap"),
    (HOST, 445): ("smb", ""),
    (HOST, 1883): ("mqtt", ""),
    (FAKES, 2575): ("hl7", ""),
    (HOST, 3389): ("rdp", "rdp"),
    (HOST, 5900): ("vnc", ""),
    (HOST, 6379): ("redis", ""),
    (HOST, 8042): ("http", ""),
    (HOST, 11112): ("dicom", ""),
    (HOST, 11211): ("memcached", ""),
    (HOST, 161, "udp"): ("snmp", ""),
}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("services")
    with Namespace("identify", addresses=[HOST]) as ns:
        lab.sshd(ns, folder, HOST)
        lab.vsftpd(ns, folder, HOST, anonymous=True)
        lab.slapd(ns, folder, HOST)
        lab.smbd(ns, folder, HOST)
        lab.xrdp(ns, folder, HOST)
        lab.vnc(ns, folder, HOST, display=71)
        lab.redis(ns, folder, HOST)
        lab.memcached(ns, folder, HOST)
        lab.mosquitto(ns, folder, HOST, open_to_all=True)
        lab.snmpd(ns, folder, HOST)
        lab.orthanc(ns, folder)
        lab.storescp(ns, folder)
        for kind, port in (("telnet", 23), ("mllp", 2575), ("mllp", 7000), ("telnet", 7001), ("silent", 7002)):
            lab.fake(ns, folder, kind, FAKES, port)
        for kind, port in (("odd", 7003), ("endless", 7004), ("drip", 7005), ("counted", 9100), ("garbage", 22)):
            lab.fake(ns, folder, kind, FAKES, port)
        yield ns


def test_sixteen_real_services_are_named_in_one_connection_each(network):
    before = network.opened()
    services, observations = network.run(named, list(EXPECTED))
    assert {
        place: (service.protocol, service.tls) for place, service in zip(EXPECTED, services, strict=True)
    } == EXPECTED
    assert len(observations) == len(EXPECTED)
    assert network.opened() - before == len(EXPECTED) - 1  # the UDP one is no connection


def test_a_service_on_a_port_that_hints_at_nothing_is_named(network):
    services, observations = network.run(named, [(FAKES, 7000), (FAKES, 7001)])
    assert [service.protocol for service in services] == ["hl7", "telnet"]
    assert {each.probe for each in observations} >= {"identify.greeting", "health.hl7"}


def test_what_is_redirected_to_another_port_is_named_by_its_own_words(network):
    rules = "".join(
        f"add rule ip moved out ip daddr {HOST} tcp dport {port} dnat to {HOST}:{to}\n" for port, to in MOVED.items()
    )
    network.nft(f"add table ip moved\nadd chain ip moved out {{ type nat hook output priority -100; }}\n{rules}")
    services, _ = network.run(named, [(HOST, port) for port in MOVED])
    assert [service.protocol for service in services] == MOVED_TO


MOVED = {
    41021: 21,
    41112: 11112,
    41389: 389,
    41445: 445,
    41883: 1883,
    43389: 3389,
    45900: 5900,
    46379: 6379,
    48042: 8042,
}
MOVED_TO = ["ftp", "dicom", "ldap", "smb", "mqtt", "rdp", "vnc", "redis", "http"]


def test_a_silent_server_is_left_unnamed(network):
    services, observations = network.run(named, [(FAKES, 7002)], 1.0)
    assert services[0].protocol == ""
    assert len(observations) <= 14
    assert all(each.outcome is Outcome.TIMEOUT for each in observations)


def test_an_odd_answer_ends_the_questions(network):
    services, observations = network.run(named, [(FAKES, 7003)])
    assert services[0].protocol == ""
    assert [each.probe for each in observations] == ["identify.greeting"]


def test_endless_and_dripping_servers_are_left_in_time(network):
    services, observations = network.run(named, [(FAKES, 7004), (FAKES, 7005), (FAKES, 22)], 1.0)
    assert [service.protocol for service in services][2] == "ssh"
    assert all(len(each.received) <= 1 << 17 for each in observations)
    assert all(each.seconds < 10 for each in observations)


def test_a_port_that_prints_is_never_opened(network):
    before = network.opened()
    services, observations = network.run(named, [(FAKES, 9100)])
    assert services[0].protocol == ""
    assert observations == []
    assert network.opened() == before


def test_every_hint_has_a_question_and_none_is_on_a_forbidden_port():
    assert {protocol for each in hints().values() for protocol, _ in each} <= known() | {"xmpp"}
    assert not hints().keys() & NEVER
