"""SMB: the negotiation of SMB 1 alone, and of SMB 2 and 3 ([MS-CIFS] 2.2.4.52, [MS-SMB2] 2.2.3, 2.2.4). No session."""

import os
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets

DIALECTS = {0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
_SIGNING_REQUIRED_1, _SIGNING_REQUIRED_2 = 0x08, 0x02
_NONE_CHOSEN = 0xFFFF
_LONGEST = 1 << 17


@dataclass(frozen=True)
class Negotiated:
    """What the server chose: a dialect ("1.0" for NT LM 0.12, None for none), and whether it wants signatures."""

    dialect: str | None
    signing_required: bool | None


def ask_smb1() -> bytes:
    """Return a negotiation that offers NT LM 0.12 alone: offered beside SMB 2, SMB 1 would stay hidden."""
    header = b"\xffSMB\x72" + bytes(4) + b"\x18" + (0xC801).to_bytes(2, "little") + bytes(12) + b"\xff\xff\xfe\xff"
    header += bytes(4)
    dialects = b"\x02NT LM 0.12\x00"
    return _framed(header + b"\x00" + len(dialects).to_bytes(2, "little") + dialects)


def ask_smb2() -> bytes:
    """Return a negotiation that offers every dialect from 2.0.2 to 3.1.1."""
    header = b"\xfeSMB" + (64).to_bytes(2, "little") + bytes(6) + bytes(2) + b"\x01\x00" + bytes(48)
    contexts = _context(1, b"\x01\x00\x20\x00\x01\x00" + os.urandom(32)) + _context(
        2, b"\x02\x00\x02\x00\x01\x00", last=True
    )
    dialects = b"".join(code.to_bytes(2, "little") for code in DIALECTS)
    fixed = b"\x24\x00" + len(DIALECTS).to_bytes(2, "little") + b"\x01\x00" + bytes(2) + bytes(4) + os.urandom(16)
    start = 64 + 36 + len(dialects)
    padding = -start % 8
    body = fixed + (start + padding).to_bytes(4, "little") + b"\x02\x00" + bytes(2) + dialects + bytes(padding)
    return _framed(header + body + contexts)


def negotiated(data: bytes) -> Negotiated:
    """Read the answer to either negotiation."""
    outer = Octets(data)
    outer.expect(b"\x00", "a NetBIOS session message")
    length = outer.number(3)
    message = Octets(outer.take(min(length, outer.left)))
    magic = message.take(4)
    if magic == b"\xffSMB":
        return _smb1(message)
    if magic == b"\xfeSMB":
        return _smb2(message)
    raise Malformed("not an SMB message")


def complete(data: bytes) -> bool:
    """Tell whether the message that was announced is whole."""
    return len(data) >= 4 and len(data) >= 4 + min(int.from_bytes(data[1:4], "big"), _LONGEST)  # noqa: PLR2004


def _smb1(message: Octets) -> Negotiated:
    if message.number(1) != 0x72:  # noqa: PLR2004 — SMB_COM_NEGOTIATE
        raise Malformed("not a negotiation")
    status = message.number(4, little=True)
    message.take(23)
    words = message.number(1)
    if status or not words:
        return Negotiated(None, None)
    chosen = message.number(2, little=True)
    if chosen == _NONE_CHOSEN or words < 17:  # noqa: PLR2004 — the words of an NT LM 0.12 answer
        return Negotiated(None, None)
    return Negotiated("1.0", bool(message.number(1) & _SIGNING_REQUIRED_1))


def _smb2(message: Octets) -> Negotiated:
    message.take(4)
    status = message.number(4, little=True)
    if message.number(2, little=True):
        raise Malformed("not a negotiation")
    message.take(50)
    if status:
        return Negotiated(None, None)
    message.take(2)
    mode = message.number(2, little=True)
    code = message.number(2, little=True)
    return Negotiated(DIALECTS.get(code, f"0x{code:04x}"), bool(mode & _SIGNING_REQUIRED_2))


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


def _context(kind: int, data: bytes, *, last: bool = False) -> bytes:
    padding = b"" if last else bytes(-len(data) % 8)
    return kind.to_bytes(2, "little") + len(data).to_bytes(2, "little") + bytes(4) + data + padding
