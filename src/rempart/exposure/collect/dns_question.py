"""A DNS question: one message to one resolver, and how a name is looked up without taking silence for an absence.

`observation.received` is the DNS message of the answer, whatever carried it; read it with `dns.message.from_wire`.
"""

import secrets
import struct
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from rempart.exposure.collect.question import Ask, Detail, Endpoint, Load, Observation, Transport, Wire
from rempart.exposure.collect.surveys import Resolver
from rempart.exposure.snapshot import Outcome

PROBE = "dns.query"
_PAYLOAD = 1232
"""Bytes an answer over UDP may have: no fragment on any path (DNS flag day 2020)."""
_LONGEST = 1 << 16
_TRIES = 3
_LONGEST_CHAIN = 16
_STRANGERS = 8
"""Answers to somebody else's question that are thrown away before giving up."""
_WORTH_ANOTHER_TRY = {dns.rcode.SERVFAIL, dns.rcode.REFUSED}


@dataclass(frozen=True, slots=True)
class DnsQuestion:
    """One query. It goes by UDP or TCP as its endpoint says.

    Attributes:
        name: the domain name asked for, without final dot.
        rdtype: the type of record ("A", "MX", "TXT"...).
        dnssec: ask for the signatures, and for the answer even when the resolver finds it bogus (DO and CD set):
            the proof is ours to check.
        recursive: False for a question to the server that holds the zone.

    """

    name: str
    rdtype: str
    dnssec: bool = False
    recursive: bool = True

    probe = PROBE
    version = 1
    load = Load.LOW

    @property
    def label(self) -> str:
        """The name, the type and the flags."""
        flags = (" dnssec" if self.dnssec else "") + ("" if self.recursive else " direct")
        return f"{self.name} {self.rdtype}{flags}"

    async def ask(self, wire: Wire) -> Detail | None:
        """Send the query and take its answer. What comes for another query is thrown away."""
        query = self._query()
        await wire.open()
        if wire.endpoint.transport is Transport.TCP:
            await _over_tcp(wire, query)
        else:
            await _over_udp(wire, query)
        return None

    def _query(self) -> bytes:
        made = dns.message.make_query(
            self.name, self.rdtype, use_edns=0, want_dnssec=self.dnssec, payload=_PAYLOAD, id=secrets.randbits(16)
        )
        if self.dnssec:
            made.flags |= dns.flags.CD
        if not self.recursive:
            made.flags &= ~dns.flags.RD
        return made.to_wire()


async def _over_udp(wire: Wire, query: bytes) -> None:
    await wire.send(query)
    for _ in range(_STRANGERS):
        answer = await wire.receive(_LONGEST)
        if answer[:2] == query[:2]:
            return
        wire.received.clear()
    raise TimeoutError


async def _over_tcp(wire: Wire, query: bytes) -> None:
    """Frame the query by its length (RFC 1035, 4.2.2); what is kept is the messages without their frame."""
    await wire.send(struct.pack("!H", len(query)) + query)
    await wire.receive(_LONGEST + 2, until=_whole)
    del wire.sent[:2]
    del wire.received[:2]


def _whole(frame: bytes) -> bool:
    return len(frame) > 2 and len(frame) >= 2 + struct.unpack_from("!H", frame)[0]  # noqa: PLR2004 — the length itself


def answer_of(observation: Observation) -> dns.message.Message | None:
    """Return the message that answers, None when there is none or when it cannot be read."""
    if observation.outcome is not Outcome.ANSWERED:
        return None
    try:
        return dns.message.from_wire(observation.received, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        return None


def addresses_of(answer: dns.message.Message) -> tuple[str, tuple[str, ...]]:
    """Return the name that was asked, and the addresses that it has in an answer, through its CNAMEs (16 at most)."""
    if not answer.question:
        return "", ()
    asked = answer.question[0].name
    name, found = asked, list[str]()
    for _ in range(_LONGEST_CHAIN):
        records = [record for group in answer.answer if group.name == name for record in group]
        found += [record.address for record in records if record.rdtype in {dns.rdatatype.A, dns.rdatatype.AAAA}]
        following = [record.target for record in records if record.rdtype == dns.rdatatype.CNAME]
        if not following:
            break
        name = following[0]
    return asked.to_text(omit_final_dot=True).lower(), tuple(found)


async def look_up(question: DnsQuestion, resolver: Resolver, ask: Ask, subject: str = "") -> Observation:
    """Ask until somebody knows: three tries, each resolver in its turn, then TCP when the answer was cut.

    A time-out or a server failure is asked again elsewhere; what is returned last may still be one: the answer is then
    not known, which is no absence.
    """
    turns = [resolver.endpoints[turn % len(resolver.endpoints)] for turn in range(_TRIES)]
    for endpoint in turns[:-1]:
        observation = await _whole_answer(question, endpoint, ask, subject)
        if observation.outcome is Outcome.SKIPPED or _knows(observation):
            return observation
    return await _whole_answer(question, turns[-1], ask, subject)


async def _whole_answer(question: DnsQuestion, endpoint: Endpoint, ask: Ask, subject: str) -> Observation:
    observation = await ask(question, endpoint, subject)
    answer = answer_of(observation)
    if answer is None or endpoint.transport is Transport.TCP or not answer.flags & dns.flags.TC:
        return observation
    return await ask(question, Endpoint(endpoint.address, endpoint.port, Transport.TCP), subject)


def _knows(observation: Observation) -> bool:
    answer = answer_of(observation)
    return answer is not None and answer.rcode() not in _WORTH_ANOTHER_TRY
