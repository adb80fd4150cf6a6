"""HL7 v2 over MLLP: a message without any patient, and the acknowledgement's header (HL7 v2.5.1, chapters 2 and 5).

The message is a QCN^J01 ("cancel query") reduced to its header: it names no query, so there is nothing to cancel; it
has no PID, PV1 or OBX segment; its processing id is T (training), so that a production receiver sets it aside.
A receiver that follows the standard answers it with an ACK or a NAK; nothing else is sent.
"""

from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import printable

START, END = b"\x0b", b"\x1c\r"
_MOST = 1 << 16
_CODES = {"AA", "AE", "AR", "CA", "CE", "CR"}


@dataclass(frozen=True)
class Acknowledgement:
    """What the receiver said: its application, facility, version of HL7, type of message, and MSA code ("" if none)."""

    application: str
    facility: str
    version: str
    kind: str
    code: str


def ask(control: str, at: str) -> bytes:
    """Return the message, with its control id and its time (`YYYYMMDDHHMMSS`)."""
    header = rf"MSH|^~\&|REMPART|REMPART|TEST|TEST|{at}||QCN^J01^QCN_J01|{control}|T|2.5"
    return START + header.encode("ascii") + b"\r" + END


def acknowledgement(data: bytes) -> Acknowledgement:
    """Read the first message of an answer."""
    start = data[:_MOST].find(START)
    if start < 0:
        raise Malformed("no MLLP start")
    segments = data[start + 1 : _MOST].partition(b"\x1c")[0].split(b"\r", 64)
    header = segments[0].strip()
    if not header.startswith(b"MSH") or len(header) < 8:  # noqa: PLR2004 — MSH and its separators
        raise Malformed("no MSH segment")
    fields = header.split(header[3:4], 32)
    codes = [
        segment.split(header[3:4], 3)[1] for segment in segments if segment[:3] == b"MSA" and header[3:4] in segment
    ]
    code = printable(codes[0], 8) if codes else ""
    return Acknowledgement(
        _field(fields, 2), _field(fields, 3), _field(fields, 11), _field(fields, 8), code if code in _CODES else ""
    )


def complete(data: bytes) -> bool:
    """Tell whether a whole message is there."""
    return END[:1] in data


def _field(fields: list[bytes], rank: int) -> str:
    return printable(fields[rank], 64) if rank < len(fields) else ""
