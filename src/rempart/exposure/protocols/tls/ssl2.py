"""SSL 2.0: the CLIENT-HELLO and the start of a SERVER-HELLO (draft-hickman-netscape-ssl-00)."""

from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls.reader import Reader

SUITES = {
    0x010080: "SSL_CK_RC4_128_WITH_MD5",
    0x020080: "SSL_CK_RC4_128_EXPORT40_WITH_MD5",
    0x030080: "SSL_CK_RC2_128_CBC_WITH_MD5",
    0x040080: "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5",
    0x050080: "SSL_CK_IDEA_128_CBC_WITH_MD5",
    0x060040: "SSL_CK_DES_64_CBC_WITH_MD5",
    0x0700C0: "SSL_CK_DES_192_EDE3_CBC_WITH_MD5",
}
_SERVER_HELLO = 4
_LONG_HEADER = 0x80


@dataclass(frozen=True, slots=True)
class OldAnswer:
    """A SERVER-HELLO: the suites of the server, and its certificate."""

    suites: tuple[int, ...]
    certificate: bytes


def client_hello(challenge: bytes) -> bytes:
    """Return a CLIENT-HELLO that offers all seven suites; `challenge` is 16 bytes."""
    suites = b"".join(code.to_bytes(3) for code in SUITES)
    sizes = len(suites).to_bytes(2) + b"\x00\x00" + len(challenge).to_bytes(2)
    body = b"\x01\x00\x02" + sizes + suites + challenge
    return (len(body) | 0x8000).to_bytes(2) + body


def read_answer(received: bytes) -> OldAnswer | None:
    """Return the SERVER-HELLO, None when something else came (an alert of a later version).

    Raises:
        Malformed: it begins as a SERVER-HELLO and is not one.

    """
    if len(received) < 3 or not received[0] & _LONG_HEADER or received[2] != _SERVER_HELLO:  # noqa: PLR2004 — its type
        return None
    body = Reader(received[3:])
    body.take(2)
    if body.number(2) != 2:  # noqa: PLR2004 — the version
        raise Malformed("not SSL 2.0")
    certificate, suites = body.number(2), body.number(2)
    body.take(2)
    kept = body.take(certificate)
    codes = Reader(body.take(suites))
    return OldAnswer(tuple(codes.number(3) for _ in range(suites // 3)), kept)


def ended(received: bytes) -> bool:
    """Return whether the first record is whole, or is none of SSL 2.0."""
    if len(received) < 2:  # noqa: PLR2004 — the length
        return False
    if not received[0] & _LONG_HEADER:
        return True
    return len(received) >= 2 + (int.from_bytes(received[:2]) & 0x7FFF)
