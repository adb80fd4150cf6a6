"""Smaller protocols, one harmless question each: rpcbind, NTP, SIP, RTSP, IPP, rsync, Telnet."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets, line_of, printable

_XID = b"REMP"
NTP = b"\x23" + bytes(47)
"""An ordinary client's request (mode 3, version 4); never the control or private modes, which amplify."""
_IAC = 0xFF
_OPTIONS = {
    1: "echo",
    3: "suppress-go-ahead",
    24: "terminal-type",
    31: "window-size",
    37: "authentication",
    38: "encrypt",
}
_PRODUCT = re.compile(r"^(?:server|user-agent):\s*(.{1,200})$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Talker:
    """What a text service said: its first line, and the product it names."""

    line: str
    product: str


def rpc_null(program: int, version: int) -> bytes:
    """Return the null call of an RPC program over TCP (RFC 5531): it does nothing by definition."""
    numbers = (0, 2, program, version, 0, 0, 0, 0, 0)
    body = _XID + b"".join(number.to_bytes(4, "big") for number in numbers)
    return (0x80000000 | len(body)).to_bytes(4, "big") + body


def rpc_answer(data: bytes) -> bool:
    """Tell whether the program is there, from the answer to a null call."""
    reader = Octets(data)
    reader.take(4)
    reader.expect(_XID, "the answer to our call")
    if reader.number(4) != 1:
        raise Malformed("not an RPC reply")
    if reader.number(4):
        return False
    reader.take(4)
    reader.take(min(reader.number(4), 400))
    return reader.number(4) == 0


def ntp_answer(data: bytes) -> int:
    """Return the stratum of a time server."""
    reader = Octets(data)
    first = reader.number(1)
    if first & 7 != 4 or reader.left < 47:  # noqa: PLR2004 — mode 4, a server's answer of 48 bytes
        raise Malformed("not an NTP answer")
    return reader.number(1)


def sip_options(transport: str) -> bytes:
    """Return SIP OPTIONS (RFC 3261, 11): what a phone exchange asks to know if its peer is alive."""
    return (
        "OPTIONS sip:audit@rempart.invalid SIP/2.0\r\n"
        f"Via: SIP/2.0/{transport.upper()} rempart.invalid:5060;branch=z9hG4bKrempart;rport\r\n"
        "Max-Forwards: 1\r\nFrom: <sip:audit@rempart.invalid>;tag=rempart\r\nTo: <sip:audit@rempart.invalid>\r\n"
        "Call-ID: rempart@rempart.invalid\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    ).encode()


RTSP_OPTIONS = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Rempart\r\n\r\n"


def text_answer(data: bytes, protocol: str) -> Talker:
    """Read a status line `PROTOCOL/x.y NNN ...` and the product named in the headers."""
    if not re.match(rf"{protocol}/\d\.\d \d{{3}}".encode(), data):
        raise Malformed(f"not a {protocol} answer")
    found = _PRODUCT.search(data[:8192].decode("utf-8", "replace"))
    return Talker(line_of(data), printable(found[1].encode()) if found else "")


def ipp_ask(host: str) -> bytes:
    """Return Get-Printer-Attributes (RFC 8011, 4.2.5) for three attributes, in its HTTP request. It prints nothing."""
    uri = f"ipp://{host}/ipp/print".encode()
    attributes = (
        (b"\x47", b"attributes-charset", b"utf-8"), (b"\x48", b"attributes-natural-language", b"en"),
        (b"\x45", b"printer-uri", uri), (b"\x44", b"requested-attributes", b"printer-make-and-model"),
        (b"\x44", b"", b"printer-state"), (b"\x44", b"", b"ipp-versions-supported"),
    )  # fmt: skip
    body = b"\x01\x01\x00\x0b\x00\x00\x00\x01\x01"
    for tag, name, value in attributes:
        body += tag + len(name).to_bytes(2, "big") + name + len(value).to_bytes(2, "big") + value
    body += b"\x03"
    head = f"POST /ipp/print HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/ipp\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def ipp_model(data: bytes) -> str:
    """Return the make and model in an IPP answer, "" when it does not tell; any IPP answer is one."""
    head, ended, body = data.partition(b"\r\n\r\n")
    if not ended or b"application/ipp" not in head.lower():
        raise Malformed("not an IPP answer")
    name = b"printer-make-and-model"
    at = body.find(name)
    if at < 0:
        return ""
    value = Octets(body[at + len(name) :])
    return printable(value.take(min(value.number(2), 200)))


def rsync_version(data: bytes) -> str:
    """Return the version of an rsync daemon's greeting; its list of modules is not asked."""
    found = re.match(rb"@RSYNCD: (\d{1,3}(?:\.\d{1,3})?)", data)
    if not found:
        raise Malformed("not an rsync greeting")
    return found[1].decode()


def telnet(data: bytes) -> tuple[tuple[str, ...], str]:
    """Return the options that a Telnet server negotiates (RFC 854) and the text it shows."""
    if len(data) < 3 or data[0] != _IAC or not 0xFA <= data[1] <= 0xFE:  # noqa: PLR2004 — IAC, a command, an option
        raise Malformed("not a Telnet negotiation")
    options: dict[str, None] = {}
    at = 0
    while at + 2 < len(data) and data[at] == _IAC:
        options.setdefault(_OPTIONS.get(data[at + 2], f"option-{data[at + 2]}"))
        at += 3
    return tuple(options), printable(data[at:].replace(bytes([_IAC]), b""))


SMUX_CLOSE = b"\x41\x01\x00"
"""RFC 1227: a peer that goes down before it opened anything. It carries no identity and no password."""


def smux_close(data: bytes) -> int:
    """Return the reason of a SMUX ClosePDU."""
    reader = Octets(data)
    reader.expect(b"\x41\x01", "a SMUX ClosePDU")
    return reader.number(1)
