"""The words before TLS: how each protocol turns a clear connection into one of TLS. No login is ever tried.

Sources: RFC 3207 (SMTP), 2595 (IMAP, POP3), 4513 (LDAP), 4217 (FTP), 6120 (XMPP); PostgreSQL's and MySQL's protocol
documentation; [MS-RDPBCGR] 2.2.1.1 (RDP).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed

NO_STARTTLS = "STARTTLS_REFUSED"
"""The word kept of a service that does not turn to TLS when it is asked to."""
_CLIENT_SSL = 0x0800
_MYSQL_HEADER = 4


@dataclass(frozen=True, slots=True)
class Step:
    """What is said (nothing: the server speaks first), what its whole reply looks like, and what consents."""

    say: bytes
    whole: re.Pattern[bytes] | Callable[[bytes], bool] | None
    consents: re.Pattern[bytes] | Callable[[bytes], bool] = re.compile(rb"")

    @property
    def replied(self) -> bool:
        """Whether a reply comes before what follows."""
        return self.whole is not None

    def ended(self, reply: bytes) -> bool:
        """Return whether the reply is whole."""
        if self.whole is None:
            return True
        return bool(self.whole.search(reply) if isinstance(self.whole, re.Pattern) else self.whole(reply))

    def agreed(self, reply: bytes) -> bool:
        """Return whether the reply lets us go on."""
        return bool(self.consents.search(reply) if isinstance(self.consents, re.Pattern) else self.consents(reply))


def _lines(say: bytes, code: bytes) -> Step:
    """Return a step of a protocol of numbered lines (SMTP, FTP), whose last line has a space after its number."""
    return Step(say, re.compile(rb"(?m)^\d{3} [^\n]*\n"), re.compile(rb"(?m)^" + code + rb" "))


def _mysql_consents(greeting: bytes) -> bool:
    """Whether the capabilities of a MySQL greeting (protocol 10) hold CLIENT_SSL."""
    body = greeting[_MYSQL_HEADER:]
    end = body.find(b"\0", 1)
    flags = body[end + 14 : end + 16]
    return body[:1] == b"\x0a" and end > 0 and bool(int.from_bytes(flags, "little") & _CLIENT_SSL)


def _mysql_whole(greeting: bytes) -> bool:
    length = int.from_bytes(greeting[:3], "little")
    return len(greeting) >= _MYSQL_HEADER and len(greeting) >= _MYSQL_HEADER + length


def _ldap_consents(reply: bytes) -> bool:
    """Whether an ExtendedResponse has resultCode success (0)."""
    return b"\x78" in reply[:12] and b"\x0a\x01\x00" in reply


def _sized(size_at: int, size: int, header: int) -> Callable[[bytes], bool]:
    """Return what tells that a reply is whole whose length stands at `size_at`, in `size` bytes, header left out."""
    return lambda reply: (
        len(reply) >= size_at + size and len(reply) >= header + int.from_bytes(reply[size_at : size_at + size])
    )


_LDAP = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" + b"1.3.6.1.4.1.1466.20037"
_RDP = bytes.fromhex("030000130ee000000000000100080003000000")  # TPKT, X.224, RDP_NEG_REQ: TLS or CredSSP
_MYSQL = bytes.fromhex("20000001018a00000000000121") + bytes(23)  # SSLRequest of protocol 4.1
_XMPP = (
    b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    b"version='1.0'>"
)
_ANY = re.compile(rb"(?s).")

DIALECTS: dict[str, tuple[Step, ...]] = {
    "smtp": (
        _lines(b"", rb"220"),
        _lines(b"EHLO rempart.invalid\r\n", rb"250"),
        _lines(b"STARTTLS\r\n", rb"220"),
    ),
    "imap": (
        Step(b"", re.compile(rb"\n"), re.compile(rb"^\* OK")),
        Step(b"a1 STARTTLS\r\n", re.compile(rb"(?m)^a1 [^\n]*\n"), re.compile(rb"(?m)^a1 OK")),
    ),
    "pop3": (
        Step(b"", re.compile(rb"\n"), re.compile(rb"^\+OK")),
        Step(b"STLS\r\n", re.compile(rb"\n"), re.compile(rb"^\+OK")),
    ),
    "ftp": (_lines(b"", rb"220"), _lines(b"AUTH TLS\r\n", rb"234")),
    "ldap": (Step(_LDAP, _sized(1, 1, 2), _ldap_consents),),
    "postgresql": (Step(b"\x00\x00\x00\x08\x04\xd2\x16\x2f", _ANY, re.compile(rb"^S")),),
    "mysql": (Step(b"", _mysql_whole, _mysql_consents), Step(_MYSQL, None)),
    "rdp": (Step(_RDP, _sized(2, 2, 0), re.compile(rb"(?s)^\x03\x00..\x0e\xd0.{5}\x02.\x08\x00[^\x00]")),),
    "xmpp": (
        Step(_XMPP, re.compile(rb"</stream:features>"), re.compile(rb"urn:ietf:params:xml:ns:xmpp-tls")),
        Step(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", re.compile(rb">"), re.compile(rb"<proceed")),
    ),
}
"""The steps of each dialect. MySQL's last one is only said: TLS begins without a reply."""


def steps(dialect: str) -> tuple[Step, ...]:
    """Return the steps of a dialect ("" and "direct" have none).

    Raises:
        Malformed: no such dialect.

    """
    if dialect in {"", "direct"}:
        return ()
    if dialect not in DIALECTS:
        raise Malformed(f"no dialect {dialect}")
    return DIALECTS[dialect]
