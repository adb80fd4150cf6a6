"""Questions to mail servers and to the host of an MTA-STS policy."""

import ssl
from dataclasses import dataclass

from rempart.exposure.collect.question import Detail, Load, Wire
from rempart.exposure.facts.mail_transport import GREETING_PROBE, POLICY_PROBE
from rempart.exposure.protocols.mail import smtp

_REPLY = 1 << 14
_POLICY = (1 << 16) + 4096
_OURSELVES = "rempart.invalid"
"""The name we give: one that can be nobody's (RFC 6761)."""
_HELLO = f"EHLO {_OURSELVES}\r\n".encode()
_AGENT = "Rempart (mesure d'exposition)"


@dataclass(frozen=True, slots=True)
class SmtpGreeting:
    """The greeting and what EHLO offers. No sender, no recipient, no message, no sign-in."""

    probe = GREETING_PROBE
    version = 1
    label = "EHLO"
    load = Load.LOW

    async def ask(self, wire: Wire) -> Detail | None:
        """Read the greeting, say EHLO, read what is offered, and leave politely."""
        await wire.open()
        greeting = await wire.receive(_REPLY, until=smtp.complete)
        if greeting[:3] == b"220":
            await wire.send(_HELLO)
            await wire.receive(_REPLY, until=smtp.complete)
            await wire.send(b"QUIT\r\n")
        return None


@dataclass(frozen=True, slots=True)
class StsPolicy:
    """One GET of the policy file, as senders do it: the certificate must be valid, no redirection is followed."""

    context: ssl.SSLContext

    probe = POLICY_PROBE
    version = 1
    label = "GET /.well-known/mta-sts.txt"
    load = Load.MEDIUM

    async def ask(self, wire: Wire) -> Detail | None:
        """Get the file; a certificate that does not hold is an error of TLS."""
        await wire.open()
        await wire.start_tls(self.context, wire.endpoint.name)
        await wire.send(_get("/.well-known/mta-sts.txt", wire.endpoint.name))
        await wire.receive(_POLICY, until=_never)
        return None


def _get(path: str, host: str) -> bytes:
    lines = (f"GET {path} HTTP/1.0", f"Host: {host}", f"User-Agent: {_AGENT}", "Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _never(_: bytes) -> bool:
    """Read to the end: the server closes."""
    return False
