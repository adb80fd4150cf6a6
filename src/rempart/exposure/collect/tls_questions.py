"""The questions asked of a TLS service: one raw hello, one SSL 2.0 hello, one full handshake of the local OpenSSL."""

import hashlib
import secrets
import ssl
import warnings
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache

from rempart.exposure.collect.question import Detail, Load, Wire
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls import ssl2, starttls
from rempart.exposure.protocols.tls.flight import FlightEnd
from rempart.exposure.protocols.tls.hello import Hello, client_hello

HELLO, OLD_HELLO, FULL = "tls.hello", "tls.ssl2", "tls.full"
_MOST = 1 << 18
_MOST_WORDS = 1 << 14
_LEGACY_SERVER_CONNECT, _DER = 0x4, 2  # numbers of OpenSSL that Python names from 3.12 and 3.13 on
OURS = {
    reg.TLS10: ssl.TLSVersion.TLSv1,
    reg.TLS11: ssl.TLSVersion.TLSv1_1,
    reg.TLS12: ssl.TLSVersion.TLSv1_2,
    reg.TLS13: ssl.TLSVersion.TLSv1_3,
}
"""The versions that the local OpenSSL completes."""


class RefusedError(ssl.SSLError):
    """The service does not turn to TLS when it is asked to."""

    reason = starttls.NO_STARTTLS


async def _words(wire: Wire, dialect: str) -> None:
    """Say the words before TLS."""
    for step in starttls.steps(dialect):
        if step.say:
            await wire.send(step.say)
        if step.replied:
            reply = await wire.receive(_MOST_WORDS, until=step.ended)
            if not step.ended(reply):
                raise TimeoutError if reply else ConnectionResetError
            if not step.agreed(reply):
                raise RefusedError


@dataclass(frozen=True)
class HelloQuestion:
    """Which ServerHello does this ClientHello get? `what` names the purpose: it is the label's first word."""

    hello: Hello
    dialect: str
    what: str
    hidden: bool = False
    probe: str = HELLO
    version: int = 1
    load: Load = Load.MEDIUM

    @property
    def label(self) -> str:
        """What is asked: purpose and version, how much is offered, and a digest of it, for no two hellos are alike."""
        hello = self.hello
        offered = repr(
            (hello.suites, hello.groups, hello.signatures, hello.name, hello.shares, hello.protocols)
        ).encode()
        digest = hashlib.sha256(offered).hexdigest()[:12]
        return f"{self.what} {hello.version} {len(hello.suites)} suites {len(hello.groups)} groups {digest}"

    async def ask(self, wire: Wire) -> Detail | None:
        """Send the hello and keep the first flight; say where TLS begins when words came before."""
        await wire.open()
        await _words(wire, self.dialect)
        before = len(wire.received)
        record = client_hello(self.hello, secrets.token_bytes(32))
        await wire.send(record)
        await wire.receive(_MOST, until=FlightEnd(record if self.hidden else b""))
        return {"tls_at": before} if before else None


@dataclass(frozen=True)
class OldQuestion:
    """Does the service speak SSL 2.0?"""

    dialect: str
    probe: str = OLD_HELLO
    version: int = 1
    label: str = "SSL 2.0"
    load: Load = Load.LOW

    async def ask(self, wire: Wire) -> Detail | None:
        """Send the old hello and keep the answer."""
        await wire.open()
        await _words(wire, self.dialect)
        before = len(wire.received)
        await wire.send(ssl2.client_hello(secrets.token_bytes(16)))
        await wire.receive(_MOST_WORDS, until=ssl2.ended)
        return {"tls_at": before} if before else None


@dataclass(frozen=True)
class FullQuestion:
    """Is the handshake completed? `suite` (its OpenSSL name) restricts it to one; `trust` checks the chain too."""

    tls: str
    dialect: str
    suite: str = ""
    trust: bool = False
    probe: str = FULL
    version: int = 1
    load: Load = Load.MEDIUM
    context: ssl.SSLContext = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        made = _context(self.tls, self.suite, ssl.get_default_verify_paths() if self.trust else None)
        object.__setattr__(self, "context", made)

    @property
    def label(self) -> str:
        """What is asked."""
        return " ".join(part for part in (self.tls, self.suite, "trust" if self.trust else "") if part)

    async def ask(self, wire: Wire) -> Detail | None:
        """Complete the handshake; return its version, suite and chain. A chain not trusted is an answer too."""
        await wire.open()
        await _words(wire, self.dialect)
        roots = self.context.cert_store_stats()["x509_ca"]
        asked: dict[str, bool | int | float | str | None] = {"asked": self.tls, "asked_suite": self.suite}
        try:
            done = await wire.start_tls(self.context, wire.endpoint.name or None)
        except ssl.SSLCertVerificationError as error:
            return asked | {"trusted": False, "why": error.verify_code, "roots": roots, "completed": False}
        name, _, bits = done.cipher() or ("", "", 0)
        found = asked | {"completed": True, "suite": name, "bits": bits, "version": done.version() or ""}
        if self.trust:
            found |= {"trusted": True, "roots": roots}
        if self.tls == reg.TLS13:  # earlier versions show their chain in clear
            chain = getattr(done, "_sslobj").get_unverified_chain() or []  # noqa: B009 — public from Python 3.13 on
            found["chain"] = ",".join(b64encode(item.public_bytes(_DER)).decode() for item in chain)
        return found


@cache
def _context(version: str, suite: str, roots: ssl.DefaultVerifyPaths | None) -> ssl.SSLContext:
    """Return a client that speaks one version, however weak: the measurement wants to know, it hides nothing.

    `roots` is where the machine's own roots are, read once, to check the chain; None not to check it.
    """
    context = ssl.create_default_context() if roots else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if roots is None:
        context.verify_mode = ssl.CERT_NONE
    context.set_ciphers((suite or "ALL:COMPLEMENTOFALL") + ":@SECLEVEL=0")
    context.options |= _LEGACY_SERVER_CONNECT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what is looked for
        context.minimum_version = OURS[version]
        context.maximum_version = OURS[version]
    return context
