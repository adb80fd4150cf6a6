"""The names: servers that hold valmont.example and refuse the rest, and a resolver, for which nothing else exists."""

import asyncio
import tomllib
from functools import cache
from importlib.resources import files

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from rempart.exposure.demo.listening import PATIENCE, Datagrams, Doors, Listener, State

ZONE = "valmont.example"
SERVER, RESOLVER, SECOND = "127.88.1.8", "127.88.1.9", "127.88.1.10"
_LIFE = 3600
_SOA = f"ns1.{ZONE}. rssi.{ZONE}. 2026110101 7200 3600 1209600 3600"
_ROOT = dns.rrset.from_text(".", _LIFE, "IN", "SOA", ". . 1 1800 900 604800 86400")
_LENGTH = 2
_LARGEST = 1232
"""Bytes of a datagram that every path lets through."""


class Zone:
    """The records of one state, as their own server gives them, or as a resolver does (`resolves`).

    When exposed, the server hands the zone out whole to whoever asks (AXFR).
    """

    def __init__(self, state: State, *, resolves: bool) -> None:
        self._open = state is State.EXPOSED and not resolves
        self._resolves = resolves
        self._records: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], dns.rrset.RRset] = {}
        self._origin = dns.name.from_text(ZONE)
        self._add(self._origin, "SOA", [_SOA])
        for key, texts in _tables()[state].items():
            label, kind = key.split()
            self._add(dns.name.from_text("" if label == "@" else label, self._origin), kind, texts)

    def _add(self, name: dns.name.Name, kind: str, texts: list[str]) -> None:
        rrset = dns.rrset.from_text(name, _LIFE, "IN", kind, *texts)
        self._records[name, rrset.rdtype] = rrset

    def answer(self, question: bytes, *, cut: bool) -> bytes | None:
        """Return the answer to a query, marked as cut when a datagram cannot hold it; None for what is no query."""
        try:
            query = dns.message.from_wire(question)
        except (dns.exception.DNSException, ValueError):
            return None
        if not query.question or query.flags & dns.flags.QR:
            return None
        response = dns.message.make_response(query)
        self._fill(response, query.question[0].name, query.question[0].rdtype)
        wire = response.to_wire()
        if not cut or len(wire) <= _LARGEST:
            return wire
        response.answer.clear()
        response.flags |= dns.flags.TC
        return response.to_wire()

    def _fill(self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        ours = name.is_subdomain(self._origin)
        if (kind == dns.rdatatype.AXFR and not self._open) or not (ours or self._resolves):
            response.set_rcode(dns.rcode.REFUSED)
            return
        response.flags |= dns.flags.RA if self._resolves else dns.flags.AA
        soa = self._records[self._origin, dns.rdatatype.SOA]
        if kind == dns.rdatatype.AXFR:
            response.answer += [soa, *(each for each in self._records.values() if each is not soa), soa]
        elif (name, kind) in self._records:
            response.answer.append(self._records[name, kind])
        else:
            response.authority.append(soa if ours else _ROOT)
            if not any(known.is_subdomain(name) for known, _ in self._records):
                response.set_rcode(dns.rcode.NXDOMAIN)


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files(__package__).joinpath("zones.toml").read_text(encoding="utf-8"))


def servers(state: State, doors: Doors) -> list[Listener | Datagrams]:
    """Return the name servers (two once repaired) and the resolver, over UDP and TCP."""
    second = [SECOND] if state is State.REPAIRED else []
    return [
        *(each for address in (SERVER, *second) for each in _serve(Zone(state, resolves=False), address, doors.dns)),
        *_serve(Zone(state, resolves=True), RESOLVER, doors.dns),
    ]


def _serve(zone: Zone, address: str, port: int) -> list[Listener | Datagrams]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            length = await asyncio.wait_for(reader.readexactly(_LENGTH), PATIENCE)
            question = await asyncio.wait_for(reader.readexactly(int.from_bytes(length, "big")), PATIENCE)
            answer = zone.answer(question, cut=False)
            if answer is None:
                return
            writer.write(len(answer).to_bytes(_LENGTH, "big") + answer)
            await writer.drain()

    return [
        Datagrams(address, port, lambda question: zone.answer(question, cut=True)),
        Listener(address, port, talk),
    ]
