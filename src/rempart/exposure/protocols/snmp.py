"""SNMP: the discovery of a version 3 engine (RFC 3414, section 4). It carries no community and no user."""

from dataclasses import dataclass

from rempart.exposure.protocols import Malformed, ber
from rempart.exposure.protocols.octets import Octets

_GET = 0xA0
_VERSION_3 = 3


@dataclass(frozen=True)
class Engine:
    """An SNMPv3 engine: identity in hexadecimal, its maker's enterprise number, boots and seconds since the last."""

    identity: str
    enterprise: int | None
    boots: int
    seconds: int


def ask() -> bytes:
    """Return the empty request of a discovery: reportable, unauthenticated, with an empty user name."""
    empty = ber.wrap(ber.OCTETS)
    header = ber.wrap(
        ber.SEQUENCE, ber.integer(0x5245), ber.integer(65507), ber.wrap(ber.OCTETS, b"\x04"), ber.integer(3)
    )
    security = ber.wrap(ber.SEQUENCE, empty, ber.integer(0), ber.integer(0), empty, empty, empty)
    pdu = ber.wrap(_GET, ber.integer(0x5245), ber.integer(0), ber.integer(0), ber.wrap(ber.SEQUENCE))
    scoped = ber.wrap(ber.SEQUENCE, empty, empty, pdu)
    return ber.wrap(ber.SEQUENCE, ber.integer(_VERSION_3), header, ber.wrap(ber.OCTETS, security), scoped)


def engine(data: bytes) -> Engine:
    """Read the report that answers a discovery."""
    message = Octets(ber.expect(Octets(data), ber.SEQUENCE))
    if ber.number(ber.expect(message, ber.INTEGER)) != _VERSION_3:
        raise Malformed("not SNMP version 3")
    ber.expect(message, ber.SEQUENCE)
    security = Octets(ber.expect(Octets(ber.expect(message, ber.OCTETS)), ber.SEQUENCE))
    identity = ber.expect(security, ber.OCTETS)
    boots, seconds = (ber.number(ber.expect(security, ber.INTEGER)) for _ in range(2))
    maker = int.from_bytes(identity[:4], "big") & 0x7FFFFFFF if len(identity) >= 5 else None  # noqa: PLR2004 — RFC 3411
    return Engine(identity[:32].hex(), maker, boots, seconds)
