"""The exact limit, proven by a listener that reads the kernel's own time of every packet we send."""

import asyncio
import ipaddress
import socket
from random import Random

import dns.message
import pytest

from rempart.exposure.collect.dns_question import DnsQuestion
from rempart.exposure.collect.question import Endpoint, Load, Transport
from rempart.exposure.collect.scheduler import Limits, Scheduler
from rempart.exposure.collect.sweep import Sweep
from rempart.exposure.perimeter import Range, Rates
from rempart.exposure.snapshot import Outcome
from tests.exposure.lab.sniffer import Sniffer, most_in_a_second

HOSTS = [f"127.0.9.{number}" for number in range(1, 7)]
SLOW = "127.0.9.6"
RESOLVER = Endpoint("127.0.9.53", 5353, Transport.UDP)
ADDRESS, RUN, RANGE, DNS = 12, 40, 4, 15


class Greeting:
    """Says hello twice and reads what comes."""

    probe, version, label, load = "test.greeting", 1, "hello", Load.LOW

    async def ask(self, wire):
        await wire.open()
        await wire.send(b"hello\n")
        await wire.receive(100)
        await wire.send(b"again\n")
        await wire.receive(100)


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(dns.message.make_response(dns.message.from_wire(data)).to_wire(), addr)


async def serve():
    """Echo on port 7777 of every host, count what is open at once on each; answer DNS."""
    open_now, most = dict.fromkeys(HOSTS, 0), dict.fromkeys(HOSTS, 0)

    async def talk(reader, writer):
        address = writer.get_extra_info("sockname")[0]
        open_now[address] += 1
        while data := await reader.read(100):
            most[address] = max(most[address], open_now[address])  # a try of the sweep says nothing: it is not a talk
            writer.write(data)
        open_now[address] -= 1
        writer.close()

    for address in HOSTS:
        await asyncio.start_server(talk, address, 7777, family=socket.AF_INET)
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Echo, local_addr=(RESOLVER.address, RESOLVER.port))
    return most


async def everything_at_once():
    """Surveys, a sweep and DNS questions, all at the same time, on six addresses of which one is in a slow range."""
    most = await serve()
    slow = Range(range=ipaddress.ip_network(SLOW), rates=Rates(connections_per_second=RANGE, at_once=1))
    limits = Limits(
        run=Rates(connections_per_second=RUN, packets_per_second=RUN * 2, at_once=12),
        address=Rates(connections_per_second=ADDRESS, packets_per_second=ADDRESS * 2, at_once=3),
        ranges=[slow],
        dns_per_second=DNS,
        jitter=0.1,
    )
    scheduler = Scheduler(limits=limits, resolvers=(RESOLVER,))
    with Sniffer() as sniffer, Sweep(scheduler, Random(1)) as sweep:  # noqa: S311 — an order is no secret
        found = await asyncio.gather(
            *(sweep.host(address, [7777, *range(1, 16)]) for address in HOSTS),
            *(scheduler.ask(Greeting(), Endpoint(address, 7777)) for address in HOSTS for _ in range(4)),
            *(scheduler.ask(DnsQuestion(f"n{number}.test", "A"), RESOLVER) for number in range(30)),
        )
    return {
        "open": [host.states[7777] for host in found[: len(HOSTS)]],
        "outcomes": {each.outcome for each in found[len(HOSTS) :]},
        "most": most,
        "connections": most_in_a_second(sniffer.to(*HOSTS, kinds=["syn"])),
        "packets": most_in_a_second(sniffer.to(*HOSTS)),
        "each": {address: most_in_a_second(sniffer.to(address, kinds=["syn"])) for address in HOSTS},
        "each_packets": max(most_in_a_second(sniffer.to(address)) for address in HOSTS),
        "dns": most_in_a_second(sniffer.to(RESOLVER.address)),
        "seen": len(sniffer.to(*HOSTS, kinds=["syn"])),
    }


@pytest.fixture(scope="module")
def measured(namespace):
    return namespace.run(everything_at_once)


def test_all_was_asked(measured):
    assert measured["open"] == ["open"] * 6
    assert measured["outcomes"] == {Outcome.ANSWERED}
    assert measured["seen"] == 6 * 16 + 24


def test_no_second_ever_holds_more_connections_than_declared(measured):
    assert measured["connections"] <= RUN
    assert measured["connections"] > RUN / 2  # the limit is used, not dodged
    assert max(measured["each"].values()) <= ADDRESS


def test_no_second_ever_holds_more_packets_than_declared(measured):
    assert measured["packets"] <= RUN * 2
    assert measured["each_packets"] <= ADDRESS * 2


def test_the_slowest_limit_wins(measured):
    assert measured["each"][SLOW] <= RANGE
    assert measured["most"][SLOW] == 1


def test_no_more_talks_are_open_at_once_than_declared(measured):
    assert max(measured["most"].values()) <= 3


def test_dns_questions_have_a_rate_of_their_own(measured):
    assert DNS / 2 < measured["dns"] <= DNS
