"""SSH: the identification line and the KEXINIT message (RFC 4253, sections 4.2 and 7.1). Nothing after it."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets, printable

HELLO = b"SSH-2.0-Rempart\r\n"
KINDS = ("kex", "host_key", "cipher_out", "cipher_in", "mac_out", "mac_in", "compression_out", "compression_in")
_LONGEST_PACKET = 35_000  # RFC 4253, 6.1: what every implementation must take
_LONGEST_NAME = 64  # RFC 4251, section 6
_KEXINIT = 20
_LINE = re.compile(rb"(?:^|\n)SSH-(\d{1,2}\.\d{1,3})-([^\r\n]{0,253})\r?\n")


@dataclass(frozen=True)
class Greeting:
    """What the identification line says: protocol version (1.99 speaks both), software, and where the line ends."""

    version: str
    software: str
    end: int


def greeting(data: bytes) -> Greeting:
    """Read the identification line; other lines may stand before it."""
    found = _LINE.search(data[:8192])
    if not found:
        raise Malformed("no SSH identification line")
    return Greeting(found[1].decode(), printable(found[2]), found.end())


def algorithms(data: bytes) -> dict[str, tuple[str, ...]]:
    """Return the algorithms that the server offers, in its order, by kind (`KINDS`), from all it sent."""
    packet = Octets(data[greeting(data).end :])
    length = packet.number(4)
    if length > _LONGEST_PACKET:
        raise Malformed(f"an SSH packet of {length} bytes")
    body = Octets(packet.take(length))
    padding = body.number(1)
    message = Octets(body.take(body.left - padding))
    if message.number(1) != _KEXINIT:
        raise Malformed("not a KEXINIT message")
    message.take(16)
    return {kind: _names(message) for kind in KINDS}


def complete(data: bytes) -> bool:
    """Tell whether the whole KEXINIT is there."""
    try:
        algorithms(data)
    except Malformed:
        return False
    return True


def _names(message: Octets) -> tuple[str, ...]:
    listed = message.take(message.number(4))
    return tuple(printable(name, _LONGEST_NAME) for name in listed.split(b",") if name)
