"""Questions to the servers that hold a declared zone, and to the place where a name leads."""

import secrets
import struct
from dataclasses import dataclass

import dns.message
import dns.rcode

from rempart.exposure.collect.dns_question import DnsQuestion
from rempart.exposure.collect.question import Detail, Load, Wire
from rempart.exposure.facts.dns import PAGE_PROBE
from rempart.exposure.facts.nameservers import RECURSION_PROBE, TRANSFER_PROBE
from rempart.exposure.facts.resolved import DIRECT
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.dns.answers import parse_message

SOMEWHERE_ELSE = "a.root-servers.net"
"""A name that no hospital's server holds, and that every resolver knows."""
_FRAME = (1 << 16) + 2
_LENGTH_BYTES = 2
_PAGE = 1 << 16


@dataclass(frozen=True, slots=True)
class Recursion:
    """Whether a name server goes and looks for a name that is not its own: one query, for one public name."""

    probe = RECURSION_PROBE
    version = 1
    label = f"{SOMEWHERE_ELSE} A{DIRECT}"
    load = Load.LOW

    async def ask(self, wire: Wire) -> Detail | None:
        """Ask as a client would."""
        return await DnsQuestion(SOMEWHERE_ELSE, "A").ask(wire)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Whether a name server hands out a whole zone. The first message is counted and thrown away, then we leave."""

    zone: str

    probe = TRANSFER_PROBE
    version = 1
    load = Load.MEDIUM

    @property
    def label(self) -> str:
        """The zone."""
        return f"{self.zone} AXFR{DIRECT}"

    async def ask(self, wire: Wire) -> Detail | None:
        """Ask for the zone; keep how many records came, of which none, and the server's word."""
        query = dns.message.make_query(self.zone, "AXFR", id=secrets.randbits(16)).to_wire()
        await wire.open()
        await wire.send(struct.pack("!H", len(query)) + query)
        frame = await wire.receive(_FRAME, until=_whole)
        wire.received.clear()
        if not frame:
            return None
        try:
            message = parse_message(frame[_LENGTH_BYTES:])
        except Malformed:
            return {"rcode": "MALFORMED"}
        count = sum(len(rrset) for rrset in message.answer)
        return {"rcode": dns.rcode.to_text(message.rcode()), "records": count}


@dataclass(frozen=True, slots=True)
class AbandonedPage:
    """One GET of the front page, in clear: a hosting service says there that the place is nobody's."""

    probe = PAGE_PROBE
    version = 1
    label = "GET /"
    load = Load.LOW

    async def ask(self, wire: Wire) -> Detail | None:
        """Get the page; nothing is followed."""
        await wire.open()
        host = wire.endpoint.name
        await wire.send(f"GET / HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        await wire.receive(_PAGE, until=lambda _: False)
        return None


def _whole(frame: bytes) -> bool:
    return len(frame) > _LENGTH_BYTES and len(frame) >= _LENGTH_BYTES + struct.unpack_from("!H", frame)[0]
