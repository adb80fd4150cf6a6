"""DICOM: one association request and its answer (PS3.8, section 9.3). Contexts are negotiated, none is ever used."""

import secrets
import string
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets, printable

VERIFICATION = "1.2.840.10008.1.1"
FIND = {
    "1.2.840.10008.5.1.4.1.2.1.1": "Patient Root C-FIND",
    "1.2.840.10008.5.1.4.1.2.2.1": "Study Root C-FIND",
    "1.2.840.10008.5.1.4.31": "Modality Worklist C-FIND",
}
CONTEXTS = (VERIFICATION, *FIND)
"""The abstract syntaxes proposed, in order: their context numbers are 1, 3, 5..."""
CALLING = "REMPART"
IMPLEMENTATION = "2.25.163478219537460115937218046105732"
"""A UUID of our own under 2.25 (PS3.5, B.2)."""
ABORT = b"\x07\x00\x00\x00\x00\x04\x00\x00\x00\x00"
RELEASE = b"\x05\x00\x00\x00\x00\x04\x00\x00\x00\x00"
_APPLICATION, _LITTLE_ENDIAN = b"1.2.840.10008.3.1.1.1", b"1.2.840.10008.1.2"
_ACCEPT, _REJECT, _ABORTED = 2, 3, 7
_LONGEST = 1 << 16
_REASONS = {
    (1, 1): "no reason given", (1, 2): "application context not supported", (1, 3): "calling AE title not recognised",
    (1, 7): "called AE title not recognised", (2, 2): "protocol version not supported",
    (3, 1): "temporary congestion", (3, 2): "local limit exceeded",
}  # fmt: skip


@dataclass(frozen=True)
class Association:
    """What the server made of the request: `answer` is accepted, rejected or aborted.

    `contexts` holds the abstract syntaxes that were accepted; `reason` says why it rejected.
    """

    answer: str
    contexts: tuple[str, ...] = ()
    implementation: str = ""
    version: str = ""
    reason: str = ""


def random_title() -> str:
    """Return a called AE title that no server is configured with, but by chance of 1 in 10^18."""
    return "RMP" + "".join(secrets.choice(string.ascii_uppercase) for _ in range(13))


def ask(called: str) -> bytes:
    """Return an association request to the AE title `called`."""
    contexts = b"".join(_context(2 * rank + 1, syntax) for rank, syntax in enumerate(CONTEXTS))
    user = _item(0x51, (16384).to_bytes(4, "big")) + _item(0x52, IMPLEMENTATION.encode()) + _item(0x55, b"REMPART_1")
    body = b"\x00\x01\x00\x00" + called.encode().ljust(16)[:16] + CALLING.encode().ljust(16) + bytes(32)
    body += _item(0x10, _APPLICATION) + contexts + _item(0x50, user)
    return b"\x01\x00" + len(body).to_bytes(4, "big") + body


def association(data: bytes) -> Association:
    """Read the answer to an association request."""
    reader = Octets(data)
    kind = reader.number(1)
    reader.take(1)
    length = reader.number(4)
    if kind not in (_ACCEPT, _REJECT, _ABORTED) or length > _LONGEST:
        raise Malformed("not an answer to an association request")
    body = Octets(reader.take(length))
    if kind == _ACCEPT:
        return _accepted(body)
    if length != 4:  # noqa: PLR2004 — PS3.8, 9.3.4 and 9.3.8
        raise Malformed("a rejection of no use")
    body.take(1)
    if kind == _ABORTED:
        return Association("aborted")
    body.take(1)
    source, reason = body.number(1), body.number(1)
    return Association("rejected", reason=_REASONS.get((source, reason), f"{source}.{reason}"))


def complete(data: bytes) -> bool:
    """Tell whether the unit that was announced is whole."""
    return len(data) >= 6 and len(data) >= 6 + min(int.from_bytes(data[2:6], "big"), _LONGEST)  # noqa: PLR2004


def _accepted(body: Octets) -> Association:
    version = body.number(2)
    if version & 1 != 1:
        raise Malformed("an unknown version of the protocol")
    body.take(66)
    contexts: list[str] = []
    texts: dict[int, str] = {}
    while body.left:
        kind, content = _read(body)
        if kind == 0x21:  # noqa: PLR2004 — a presentation context's answer
            contexts += _accepted_context(Octets(content))
        elif kind == 0x50:  # noqa: PLR2004 — user information
            user = Octets(content)
            while user.left:
                sub, value = _read(user)
                texts[sub] = printable(value.rstrip(b"\x00"), 64)
    return Association("accepted", tuple(contexts), texts.get(0x52, ""), texts.get(0x55, ""))


def _accepted_context(content: Octets) -> list[str]:
    number = content.number(1)
    content.take(1)
    rank, odd = divmod(number, 2)
    return [CONTEXTS[rank]] if content.number(1) == 0 and odd and rank < len(CONTEXTS) else []


def _read(reader: Octets) -> tuple[int, bytes]:
    kind = reader.number(1)
    reader.take(1)
    return kind, reader.take(reader.number(2))


def _item(kind: int, content: bytes) -> bytes:
    return bytes([kind, 0]) + len(content).to_bytes(2, "big") + content


def _context(number: int, syntax: str) -> bytes:
    return _item(0x20, bytes([number, 0, 0, 0]) + _item(0x30, syntax.encode()) + _item(0x40, _LITTLE_ENDIAN))
