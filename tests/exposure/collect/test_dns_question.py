"""Real sockets on loopback, with a resolver of fifteen lines that says what the test wants."""

import asyncio
import socket
import struct

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from rempart.exposure.collect.dns_question import DnsQuestion, answer_of, look_up
from rempart.exposure.collect.question import Endpoint, Transport
from rempart.exposure.collect.scheduler import Scheduler
from rempart.exposure.collect.surveys import Resolver
from rempart.exposure.snapshot import Outcome

ADDRESS = "127.77.1.53"
MX = DnsQuestion("valmont.test", "MX")


class Answering(asyncio.DatagramProtocol):
    """Answers by UDP with what `reply(query)` makes: a list of datagrams."""

    def __init__(self, reply):
        self.reply, self.queries = reply, []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.queries.append(dns.message.from_wire(data))
        for answer in self.reply(self.queries[-1]):
            self.transport.sendto(answer, addr)


def answer(query, rcode=dns.rcode.NOERROR, flags=0, texts=("10 mx.valmont.test.",)) -> bytes:
    made = dns.message.make_response(query)
    made.set_rcode(rcode)
    made.flags |= flags
    if texts:
        made.answer.append(dns.rrset.from_text("valmont.test.", 60, "IN", "MX", *texts))
    return made.to_wire(max_size=65535)


async def serve(reply, address=ADDRESS, port=0):
    """Return a resolver's endpoint and the protocol that answers there."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(lambda: Answering(reply), local_addr=(address, port))
    return Endpoint(address, transport.get_extra_info("sockname")[1], Transport.UDP), protocol, transport


async def asked(*replies, question=MX):
    served = [await serve(reply) for reply in replies]
    scheduler = Scheduler(seconds=0.2)
    found = await look_up(question, Resolver(tuple(each[0] for each in served)), scheduler.ask, "valmont.test")
    for _, _, transport in served:
        transport.close()
    return found, [each[1].queries for each in served]


def test_what_is_kept_is_the_message_of_the_answer():
    found, queries = asyncio.run(asked(lambda query: [answer(query)]))
    assert found.outcome is Outcome.ANSWERED
    assert found.question == "valmont.test MX"
    assert found.subject == "valmont.test"
    assert answer_of(found).answer[0][0].exchange.to_text() == "mx.valmont.test."
    assert dns.message.from_wire(found.sent).question[0].name.to_text() == "valmont.test."
    assert len(queries[0]) == 1


def test_dnssec_asks_for_signatures_and_for_bogus_answers_too():
    _, [[query]] = asyncio.run(
        asked(lambda query: [answer(query)], question=DnsQuestion("valmont.test", "MX", dnssec=True))
    )
    assert query.ednsflags & dns.flags.DO
    assert query.flags & dns.flags.CD
    assert query.flags & dns.flags.RD


def test_an_answer_to_another_query_is_thrown_away():
    def forged_first(query):
        forged = answer(query, texts=("10 evil.test.",))
        return [bytes([forged[0] ^ 255, forged[1]]) + forged[2:], answer(query)]

    found, _ = asyncio.run(asked(forged_first))
    assert answer_of(found).answer[0][0].exchange.to_text() == "mx.valmont.test."


def test_silence_is_asked_three_times_on_two_resolvers_and_is_no_absence():
    found, queries = asyncio.run(asked(lambda _: [], lambda _: []))
    assert found.outcome is Outcome.TIMEOUT
    assert [len(each) for each in queries] == [2, 1]
    assert answer_of(found) is None


def test_a_failing_resolver_gives_way_to_the_next():
    found, queries = asyncio.run(
        asked(lambda query: [answer(query, dns.rcode.SERVFAIL, texts=())], lambda query: [answer(query)])
    )
    assert answer_of(found).rcode() == dns.rcode.NOERROR
    assert [len(each) for each in queries] == [1, 1]


def test_no_such_name_is_an_answer():
    found, queries = asyncio.run(asked(lambda query: [answer(query, dns.rcode.NXDOMAIN, texts=())]))
    assert answer_of(found).rcode() == dns.rcode.NXDOMAIN
    assert len(queries[0]) == 1


def test_garbage_is_no_answer():
    found, _ = asyncio.run(asked(lambda query: [query.to_wire()[:2] + b"\xff" * 40]))
    assert found.outcome is Outcome.ANSWERED
    assert answer_of(found) is None


async def cut_then_whole():
    whole = tuple(f"{rank} mx{rank}.valmont.test." for rank in range(400))

    async def by_tcp(reader, writer):
        query = dns.message.from_wire(await reader.readexactly(struct.unpack("!H", await reader.readexactly(2))[0]))
        message = answer(query, texts=whole)
        frame = struct.pack("!H", len(message)) + message
        writer.write(frame[:1])
        await writer.drain()
        writer.write(frame[1:])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(by_tcp, ADDRESS, 0, family=socket.AF_INET)
    port = server.sockets[0].getsockname()[1]
    endpoint, _, transport = await serve(lambda query: [answer(query, flags=dns.flags.TC, texts=())], port=port)
    scheduler = Scheduler(seconds=1)
    found = await look_up(MX, Resolver((endpoint,)), scheduler.ask)
    transport.close()
    server.close()
    await server.wait_closed()
    return found, scheduler.observations


def test_an_answer_cut_short_is_asked_again_by_tcp():
    found, observations = asyncio.run(cut_then_whole())
    assert [each.endpoint.transport for each in observations] == ["udp", "tcp"]
    assert len(answer_of(found).answer[0]) == 400
    assert dns.message.from_wire(found.sent).question
