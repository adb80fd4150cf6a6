"""A DNS made of a dictionary: the real survey asks it, so that a test says only what its domain publishes."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from rempart.exposure.collect.question import Endpoint, Observation, Question, Transport
from rempart.exposure.collect.surveys import Resolver
from rempart.exposure.collect.surveys.names import mail_and_dns
from rempart.exposure.collect.zone_questions import Recursion, Transfer
from rempart.exposure.snapshot import Outcome
from tests.exposure.lab.asked import remember
from tests.exposure.maker import Maker

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)
RESOLVERS = ("192.0.2.53", "192.0.2.54")
VALMONT = "valmont.test"
SOA = "ns1.valmont.test. host.valmont.test. 7 3600 600 604800 300"


def spf(text: str, name: str = VALMONT) -> dict[tuple[str, str], list[str]]:
    """The records of a domain with one SPF record."""
    return {(name, "TXT"): [f'"{text}"']}


def dmarc(text: str, name: str = VALMONT) -> dict[tuple[str, str], list[str]]:
    """The records of a domain with one DMARC record."""
    return {(f"_dmarc.{name}", "TXT"): [f'"{text}"']}


@dataclass
class World:
    """`records` by name and type; `silent` names time out; the rest does not exist.

    `direct` are servers of zones by address: "authoritative", "lame", "silent", "open" (gives its zone and resolves).
    `policy` is the answer of the MTA-STS host, or an outcome.
    """

    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    direct: dict[str, str] = field(default_factory=dict)
    serials: dict[str, int] = field(default_factory=dict)
    policy: bytes | Outcome = Outcome.TIMEOUT
    page: bytes = b""
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def ask(self, question: Question, endpoint: Endpoint, subject: str = "") -> Observation:
        """Answer as the world is."""
        if endpoint.address in RESOLVERS:
            return self._resolved(question, endpoint, subject)
        if question.probe == "mta_sts.policy":
            return self._kept(question, endpoint, subject, b"GET", self.policy)
        if question.probe == "dns.abandoned":
            return self._kept(question, endpoint, subject, b"GET", self.page)
        return self._told(question, endpoint, subject)

    def _resolved(self, question, endpoint, subject) -> Observation:
        query = question._query()
        name, rdtype = question.name, question.rdtype
        self.asked.append((name, rdtype))
        if name in self.silent:
            return self._kept(question, endpoint, subject, query, Outcome.TIMEOUT)
        return self._kept(question, endpoint, subject, query, self.answer(query, name, rdtype))

    def answer(self, query: bytes, name: str, rdtype: str) -> bytes:
        """The message that answers, aliases followed."""
        message = dns.message.make_response(dns.message.from_wire(query))
        for _ in range(20):
            if (name, rdtype) in self.records:
                message.answer.append(dns.rrset.from_text(f"{name}.", 300, "IN", rdtype, *self.records[name, rdtype]))
                break
            if (name, "CNAME") not in self.records:
                known = any(name == other or other.endswith(f".{name}") for other, _ in self.records)
                message.set_rcode(dns.rcode.NOERROR if known else dns.rcode.NXDOMAIN)
                break
            (target,) = self.records[name, "CNAME"]
            message.answer.append(dns.rrset.from_text(f"{name}.", 300, "IN", "CNAME", target))
            name = target.rstrip(".")
        return message.to_wire(max_size=65535)

    def _told(self, question, endpoint, subject) -> Observation:
        """What a server of a zone says for itself."""
        role = self.direct.get(endpoint.address, Outcome.SKIPPED)
        if isinstance(role, Outcome) or role == "silent":
            came = Outcome.TIMEOUT if role == "silent" else role
            return self._kept(question, endpoint, subject, b"", came, {"why": "outside"} if role != "silent" else {})
        if isinstance(question, Transfer):
            count = 12 if role == "open" else 0
            return self._kept(question, endpoint, subject, b"?", b"", {"rcode": "NOERROR", "records": count})
        query = dns.message.make_query("a.root-servers.net" if isinstance(question, Recursion) else subject, "SOA")
        message = dns.message.make_response(query)
        if isinstance(question, Recursion):
            if role == "open":
                message.flags |= dns.flags.RA
                message.answer.append(dns.rrset.from_text("a.root-servers.net.", 60, "IN", "A", "198.41.0.4"))
        elif role != "lame":
            message.flags |= dns.flags.AA
            soa = SOA.replace(" 7 ", f" {self.serials.get(endpoint.address, 7)} ")
            message.answer.append(dns.rrset.from_text(f"{subject}.", 60, "IN", "SOA", soa))
        return self._kept(question, endpoint, subject, query.to_wire(), message.to_wire())

    def _kept(self, question, endpoint, subject, sent, came, detail=None) -> Observation:  # noqa: PLR0913, PLR0917
        outcome = came if isinstance(came, Outcome) else Outcome.ANSWERED
        return Observation(
            subject=subject,
            endpoint=endpoint,
            probe=question.probe,
            version=1,
            question=question.label,
            at=AT,
            seconds=0.01,
            outcome=outcome,
            sent=sent,
            received=b"" if isinstance(came, Outcome) else came,
            detail=detail or {},
        )

    def observed(self, names: Iterable[str] = (VALMONT,)) -> Maker:
        """A maker that holds what the survey got of each name."""
        maker, kept = Maker(), []

        async def ask(question, endpoint, subject=""):
            kept.append(await self.ask(question, endpoint, subject))
            return kept[-1]

        resolver = Resolver(tuple(Endpoint(address, 53, Transport.UDP) for address in RESOLVERS))
        for name in names:
            maker.asset(name)
            asyncio.run(mail_and_dns(name, resolver, ask))
        return remember(maker, kept)


def world(*parts: dict[tuple[str, str], list[str]], **more: object) -> World:
    """A world whose `valmont.test` exists and receives mail, with these records beside."""
    base = {
        (VALMONT, "SOA"): [SOA],
        (VALMONT, "MX"): ["10 mx.valmont.test."],
        ("mx.valmont.test", "A"): ["192.0.2.25"],
        (VALMONT, "NS"): ["ns1.valmont.test.", "ns2.valmont.test."],
        ("ns1.valmont.test", "A"): ["192.0.2.1"],
        ("ns2.valmont.test", "A"): ["198.51.100.1"],
    }
    for part in parts:
        base |= part
    return World(base, **more)
