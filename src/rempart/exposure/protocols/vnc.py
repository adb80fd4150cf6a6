"""VNC: the version and the security types that are offered (RFC 6143, 7.1.1 and 7.1.2). None is chosen."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets, printable

LINE = 12
TYPES = {
    1: "None",
    2: "VNC password",
    5: "RA2",
    6: "RA2ne",
    16: "Tight",
    18: "TLS",
    19: "VeNCrypt",
    20: "SASL",
    30: "Apple DH",
    129: "RSA-AES-256",
    130: "RSA-AES-256 unencrypted",
}
_LINE = re.compile(rb"RFB (\d{3})\.(\d{3})\n")
_CHOICE = (3, 7)
_UNSUPPORTED = re.compile(r"too many|blacklist", re.IGNORECASE)


@dataclass(frozen=True)
class Offer:
    """The version spoken, the security types offered (None when the server refused), and the refusal's reason."""

    version: str
    types: tuple[int, ...] | None
    reason: str = ""

    @property
    def locked_out(self) -> bool:
        """Whether the server refuses because it saw too many of us."""
        return bool(_UNSUPPORTED.search(self.reason))


def version(data: bytes) -> tuple[int, int]:
    """Return the server's version from its first line."""
    found = _LINE.match(data)
    if not found:
        raise Malformed("no RFB version")
    return int(found[1]), int(found[2])


def reply(data: bytes) -> bytes:
    """Return our version line: the server's own, 3.8 at most."""
    major, minor = version(data)
    known = (3, 8) if (major, minor) >= (3, 8) else (3, 7) if (major, minor) >= _CHOICE else (3, 3)
    return b"RFB %03d.%03d\n" % known


def offer(data: bytes) -> Offer:
    """Read all that the server sent up to its security types."""
    spoken = version(data)
    name = f"{spoken[0]}.{spoken[1]}"
    rest = Octets(data[LINE:])
    if spoken < _CHOICE:
        only = rest.number(4)
        return Offer(name, (only,)) if only else Offer(name, None, _reason(rest))
    count = rest.number(1)
    return Offer(name, tuple(rest.take(count))) if count else Offer(name, None, _reason(rest))


def complete(data: bytes) -> bool:
    """Tell whether the security types, or the reason of a refusal, are there."""
    try:
        offer(data)
    except Malformed:
        return False
    return True


def _reason(rest: Octets) -> str:
    return printable(rest.take(rest.number(4)))
