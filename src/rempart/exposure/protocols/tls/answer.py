"""What a server answers to a ClientHello: records, handshake messages, alerts; read from bytes, as far as they go."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls.reader import Reader
from rempart.exposure.protocols.tls.secrets import read_flight, shared_secret

ALERT, HANDSHAKE = 21, 22
SERVER_HELLO, ENCRYPTED_EXTENSIONS, CERTIFICATE, KEY_EXCHANGE, DONE, VERIFY, STATUS = 2, 8, 11, 12, 14, 15, 22
_TYPES = frozenset(range(20, 25))
_LONGEST_RECORD = (1 << 14) + 2048
_MOST_CERTIFICATES = 32
_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The random of a ServerHello that is a HelloRetryRequest (RFC 8446, 4.1.3)."""
_NAMED_CURVE = 3


@dataclass(frozen=True, slots=True)
class KeyExchange:
    """What a server says of its ephemeral key: a named group, or the size of its own modulus; and how it signs."""

    group: int | None = None
    bits: int | None = None
    signature: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a server's first flight says.

    `alert` is the number of a fatal alert or warning that came before any ServerHello, None otherwise. `retry` marks a
    HelloRetryRequest. `group` is the group of a TLS 1.3 key share.
    """

    alert: int | None = None
    version: str | None = None
    suite: int | None = None
    compression: int | None = None
    retry: bool = False
    extensions: dict[int, bytes] = field(default_factory=dict)
    certificates: tuple[bytes, ...] = ()
    stapled: bool = False
    timestamps: bool = False
    exchange: KeyExchange | None = None
    whole: bool = False

    @property
    def offered(self) -> bool:
        """Whether the server took the hello."""
        return self.suite is not None


def records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each whole record: its header (5 bytes) and its content.

    Raises:
        Malformed: what stands there is no record.

    """
    at = 0
    while len(data) - at >= 5:  # noqa: PLR2004 — the header of a record
        header = data[at : at + 5]
        length = int.from_bytes(header[3:])
        if header[0] not in _TYPES or header[1] != 3 or length > _LONGEST_RECORD:  # noqa: PLR2004 — all of TLS is 3.x
            raise Malformed("no record of TLS")
        if at + 5 + length > len(data):
            return
        yield header, data[at + 5 : at + 5 + length]
        at += 5 + length


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each whole handshake message: its type and its body."""
    at = 0
    while len(data) - at >= 4:  # noqa: PLR2004 — the header of a message
        end = at + 4 + int.from_bytes(data[at + 1 : at + 4])
        if end > len(data):
            return
        yield data[at], data[at + 4 : end]
        at = end


def read_answer(received: bytes, hello: bytes = b"") -> Answer:
    """Return what a server answered.

    Args:
        received: the bytes from the first record on.
        hello: the record of the ClientHello, with which the hidden part of a TLS 1.3 flight is read.

    Raises:
        Malformed: these are no bytes of TLS, or a message is not what it says.

    """
    answer, clear = Answer(), bytearray()
    for header, content in records(received):
        if header[0] == ALERT:
            if not answer.offered and not clear:
                answer = replace(answer, alert=content[1] if len(content) > 1 else -1)
            break
        if header[0] == HANDSHAKE:
            clear += content
        elif clear:
            break
    for kind, body in messages(bytes(clear)):
        answer = _with_message(answer, kind, body)
    if answer.version == reg.TLS13 and not answer.retry and hello:
        return _with_hidden(answer, received, hello)
    return answer


def _with_message(answer: Answer, kind: int, body: bytes) -> Answer:
    """Return `answer` with what one message adds."""
    if kind == SERVER_HELLO and not answer.offered:
        return _server_hello(Reader(body))
    readers = {CERTIFICATE: _with_certificates, KEY_EXCHANGE: _with_key_exchange, VERIFY: _with_signature}
    if kind in readers and answer.offered:
        return readers[kind](answer, Reader(body))
    if kind == STATUS:
        return replace(answer, stapled=len(body) > 4)  # noqa: PLR2004 — a type and a length
    if kind == ENCRYPTED_EXTENSIONS:
        return replace(answer, extensions=answer.extensions | _extensions(Reader(body)))
    return replace(answer, whole=True) if kind == DONE else answer


def _with_key_exchange(answer: Answer, body: Reader) -> Answer:
    return replace(answer, exchange=_key_exchange(answer.suite or 0, answer.version or "", body))


def _with_signature(answer: Answer, body: Reader) -> Answer:
    """Return `answer` with the signature of a CertificateVerify (TLS 1.3)."""
    return replace(answer, exchange=replace(answer.exchange or KeyExchange(), signature=body.number(2)), whole=True)


def _server_hello(body: Reader) -> Answer:
    number, random = body.number(2), body.take(32)
    body.vector(1)
    suite, compression = body.number(2), body.number(1)
    found = _extensions(body) if body.left else {}
    chosen = found.get(reg.extensions()["supported_versions"])
    version = reg.VERSION_NAMES.get(int.from_bytes(chosen) if chosen else number)
    if version is None:
        raise Malformed(f"version {number:#06x}")
    share = found.get(reg.extensions()["key_share"], b"")
    exchange = KeyExchange(group=int.from_bytes(share[:2])) if len(share) > 1 else None
    return Answer(None, version, suite, compression, random == _RETRY, found, exchange=exchange)


def _extensions(body: Reader) -> dict[int, bytes]:
    content = Reader(body.vector(2))
    found: dict[int, bytes] = {}
    while content.left:
        code = content.number(2)
        found[code] = content.vector(2)
    return found


def _with_certificates(answer: Answer, body: Reader) -> Answer:
    """Return `answer` with the chain, in the order it was sent (TLS 1.3 adds a context, and extensions to each)."""
    hidden = answer.version == reg.TLS13
    if hidden:
        body.vector(1)
    content = Reader(body.vector(3))
    chain: list[bytes] = []
    stapled, timestamps = answer.stapled, answer.timestamps
    while content.left and len(chain) < _MOST_CERTIFICATES:
        chain.append(content.vector(3))
        if hidden:
            beside = _extensions(content)
            stapled = stapled or reg.extensions()["status_request"] in beside
            timestamps = timestamps or reg.extensions()["signed_certificate_timestamp"] in beside
    return replace(answer, certificates=tuple(chain), stapled=stapled, timestamps=timestamps)


def _key_exchange(code: int, version: str, body: Reader) -> KeyExchange | None:
    """Return what a ServerKeyExchange says (RFC 5246 7.4.3, RFC 8422 5.4, RFC 4279, RFC 5054)."""
    suite = reg.suites().get(code)
    if suite is None:
        return None
    if suite.authentication == "PSK":
        body.vector(2)  # the hint of identity
    group = bits = None
    if suite.key_exchange == "ECDHE":
        if body.number(1) != _NAMED_CURVE:
            return KeyExchange()
        group = body.number(2)
        body.vector(1)
    elif suite.key_exchange in {"DHE", "RSA", "SRP"} and body.left:
        parts = {"DHE": 3, "RSA": 2, "SRP": 2}[suite.key_exchange]
        bits = int.from_bytes(body.vector(2)).bit_length()
        for _ in range(parts - 1):
            body.vector(2)
    signed = suite.authentication in {"RSA", "DSS", "ECDSA"} and version == reg.TLS12 and suite.key_exchange != "SRP"
    return KeyExchange(group, bits, body.number(2) if signed and body.left > 1 else None)


def _with_hidden(answer: Answer, received: bytes, hello: bytes) -> Answer:
    """Return the answer of TLS 1.3 with what its encrypted records say, when our keys can open them."""
    share = Reader(answer.extensions.get(reg.extensions()["key_share"], b""))
    suite = reg.suites().get(answer.suite or 0)
    if suite is None or share.left < 4:  # noqa: PLR2004 — a group and a length
        return answer
    parts = list(records(received))
    first = next((at for at, (header, _) in enumerate(parts) if header[0] == HANDSHAKE), 0)
    try:
        secret = shared_secret(share.number(2), share.vector(2))
        said = hello[5:] + parts[first][1]
        opened = read_flight(suite, secret, said, itertools.islice(parts, first + 1, None))
    except Malformed:
        return answer  # a group or a cipher that we cannot open: the clear part stands
    for kind, body in messages(opened):
        answer = _with_message(answer, kind, body)
    return answer
