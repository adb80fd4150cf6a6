"""RDP: the X.224 connection request and its answer, which agree on a security level ([MS-RDPBCGR] 2.2.1)."""

from dataclasses import dataclass
from enum import IntFlag

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets

_TPKT_VERSION = 3
_CONNECTION_CONFIRM = 0xD0
_RESPONSE, _FAILURE = 2, 3


class Security(IntFlag):
    """Security protocols of [MS-RDPBCGR] 2.2.1.1.1; 0 is RDP's own, which nothing authenticates."""

    STANDARD = 0
    TLS = 1
    NLA = 2
    RDSTLS = 4
    NLA_EX = 8


FAILURES = {
    1: "tls_required",
    2: "tls_not_allowed",
    3: "no_certificate",
    4: "inconsistent_flags",
    5: "nla_required",
    6: "tls_with_user_authentication_required",
}


@dataclass(frozen=True)
class Confirm:
    """The server's choice, or why it refused; `selected` is None when it refused, `failure` is "" when it chose."""

    selected: int | None
    failure: str = ""


def request(protocols: int) -> bytes:
    """Return a connection request that offers `protocols`; no user name or cookie is sent."""
    negotiation = b"\x01\x00\x08\x00" + protocols.to_bytes(4, "little")
    x224 = bytes([6 + len(negotiation), 0xE0, 0, 0, 0, 0, 0]) + negotiation
    return bytes([_TPKT_VERSION, 0]) + (4 + len(x224)).to_bytes(2, "big") + x224


def confirm(data: bytes) -> Confirm:
    """Read the answer. One without a negotiation part (old servers) chose RDP's own security."""
    reader = Octets(data)
    if reader.number(1) != _TPKT_VERSION:
        raise Malformed("not a TPKT packet")
    reader.take(1)
    body = Octets(reader.take(reader.number(2) - 4))
    length, kind = body.number(1), body.number(1)
    if kind & 0xF0 != _CONNECTION_CONFIRM or length < 6:  # noqa: PLR2004 — the fixed part of the header
        raise Malformed("not a connection confirm")
    body.take(5)
    if not body.left:
        return Confirm(int(Security.STANDARD))
    answer = body.number(1)
    body.take(3)
    value = body.number(4, little=True)
    if answer == _RESPONSE:
        return Confirm(value)
    if answer == _FAILURE:
        return Confirm(None, FAILURES.get(value, f"code_{value}"))
    raise Malformed("not a negotiation answer")


def complete(data: bytes) -> bool:
    """Tell whether the TPKT packet that was announced is whole."""
    return len(data) >= 4 and len(data) >= int.from_bytes(data[2:4], "big")  # noqa: PLR2004 — the header
