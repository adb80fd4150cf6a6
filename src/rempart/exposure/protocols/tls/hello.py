"""What a client says first: built for a question, and read again from the bytes that were sent.

Sources: RFC 6101 (SSL 3.0), RFC 2246, 4346, 5246, 8446 (TLS 1.0 to 1.3), RFC 7685 is not used (no padding).
"""

from dataclasses import dataclass, replace

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls.reader import Reader, numbers, vector
from rempart.exposure.protocols.tls.secrets import public_shares

HANDSHAKE, CLIENT_HELLO = 22, 1
WEB = ("h2", "http/1.1")
"""What a client of the web asks by ALPN. Other services are asked nothing: some refuse what is not theirs."""


@dataclass(frozen=True, slots=True)
class Hello:
    """One ClientHello: what it offers.

    `shares` says whether a TLS 1.3 hello carries keys: without any, the server names the group it wants.
    """

    version: str
    suites: tuple[int, ...]
    groups: tuple[int, ...] = ()
    signatures: tuple[int, ...] = ()
    name: str = ""
    shares: bool = True
    protocols: tuple[str, ...] = ()


def offer(version: str, suites: tuple[int, ...], name: str, protocols: tuple[str, ...] = ()) -> Hello:
    """Return the hello of `version` that offers these suites, all signatures, and the groups of everyday.

    Post-quantum groups are asked apart: a server that prefers them would answer with a retry, and hide the rest.
    """
    groups = tuple(code for code in reg.groups_of(version) if reg.groups()[code].kind in {"ec", "ff"})
    return Hello(version, suites, groups, tuple(reg.signatures()), name, protocols=protocols)


def client_hello(hello: Hello, random: bytes) -> bytes:
    """Return the record of a ClientHello; `random` is 32 bytes."""
    legacy = min(reg.VERSIONS[hello.version], reg.VERSIONS[reg.TLS12])
    session = random[::-1] if hello.version == reg.TLS13 else b""
    compression = b"\x00" if hello.version == reg.TLS13 else b"\x01\x00"  # DEFLATE, then none
    suites = hello.suites if hello.version == reg.TLS13 else (*hello.suites, reg.RENEGOTIATION_SCSV)
    body = legacy.to_bytes(2) + random + vector(1, session) + numbers(2, suites) + vector(1, compression)
    if hello.version != reg.SSL3:
        body += vector(2, b"".join(_extension(name, data) for name, data in _extensions(hello).items()))
    message = bytes([CLIENT_HELLO]) + vector(3, body)
    return bytes([HANDSHAKE]) + min(legacy, 0x0301).to_bytes(2) + vector(2, message)


def _extension(name: str, data: bytes) -> bytes:
    return reg.extensions()[name].to_bytes(2) + vector(2, data)


def _extensions(hello: Hello) -> dict[str, bytes]:
    """Return what is offered beside the suites, in the order of the wire."""
    given: dict[str, bytes] = {}
    if name := _wire_name(hello.name):
        given["server_name"] = vector(2, b"\x00" + vector(2, name))
    given["status_request"] = b"\x01\x00\x00\x00\x00"
    if hello.groups:
        given["supported_groups"] = numbers(2, hello.groups)
        given["ec_point_formats"] = b"\x01\x00"
    if reg.VERSIONS[hello.version] >= reg.VERSIONS[reg.TLS12]:
        given["signature_algorithms"] = numbers(2, hello.signatures)
    if hello.protocols:
        listed = b"".join(vector(1, protocol.encode()) for protocol in hello.protocols)
        given["application_layer_protocol_negotiation"] = vector(2, listed)
    given["signed_certificate_timestamp"] = b""
    if hello.version == reg.TLS13:
        given["supported_versions"] = numbers(1, (reg.VERSIONS[reg.TLS13],))
        given["psk_key_exchange_modes"] = b"\x01\x01"
        shares = public_shares() if hello.shares else {}
        wanted = [(code, shares[code]) for code in hello.groups if code in shares]
        given["key_share"] = vector(2, b"".join(code.to_bytes(2) + vector(2, key) for code, key in wanted))
    else:
        given |= {"heartbeat": b"\x01", "encrypt_then_mac": b"", "extended_master_secret": b"", "session_ticket": b""}
    return given


def _wire_name(name: str) -> bytes:
    """Return a name as the wire writes it; nothing when no name of DNS can be made of it."""
    try:
        return name.encode("idna")
    except UnicodeError:
        return b""


def read_client_hello(sent: bytes) -> tuple[Hello, int]:
    """Return the hello that ends `sent` (words of STARTTLS may stand before it) and where its record begins.

    Raises:
        Malformed: there is none.

    """
    start = -1
    while (start := sent.find(b"\x16\x03", start + 1)) >= 0:
        length = int.from_bytes(sent[start + 3 : start + 5])
        if start + 5 + length == len(sent) and length >= 40 and sent[start + 5] == CLIENT_HELLO:  # noqa: PLR2004
            return _read_body(Reader(sent[start + 9 :])), start
    raise Malformed("no ClientHello was sent")


def _read_body(body: Reader) -> Hello:
    version = reg.VERSION_NAMES.get(body.number(2), "")
    body.take(32)
    body.vector(1)
    hello = Hello(version, tuple(code for code in body.numbers(2) if code != reg.RENEGOTIATION_SCSV))
    body.vector(1)
    content = Reader(body.vector(2)) if body.left else Reader(b"")
    names = {code: name for name, code in reg.extensions().items()}
    while content.left:
        name, data = names.get(content.number(2), ""), Reader(content.vector(2))
        if name == "supported_groups":
            hello = replace(hello, groups=data.numbers(2))
        elif name == "signature_algorithms":
            hello = replace(hello, signatures=data.numbers(2))
        elif name == "supported_versions":
            hello = replace(hello, version=reg.TLS13)
        elif name == "key_share":
            hello = replace(hello, shares=data.number(2) > 0)
        elif name == "server_name":
            hello = replace(hello, name=data.data[5:].decode("ascii", "replace"))
    return hello
