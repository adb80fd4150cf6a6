"""What a port usually speaks: a stand-in for identification, which asks the service itself."""

from collections.abc import Sequence

from rempart.exposure.collect.question import Ask, Endpoint
from rempart.exposure.collect.surveys import Service

_USUAL = {
    21: ("ftp", "ftp"),
    22: ("ssh", ""),
    25: ("smtp", "smtp"),
    80: ("http", ""),
    110: ("pop3", "pop3"),
    143: ("imap", "imap"),
    389: ("ldap", "ldap"),
    443: ("http", "direct"),
    587: ("smtp", "smtp"),
    8042: ("http", ""),
    8080: ("http", ""),
    8443: ("http", "direct"),
}


async def identify(endpoint: Endpoint, names: Sequence[str], ask: Ask) -> Service:  # noqa: ARG001 — the form of `run.Identify`
    """Return what the port's number says, without asking."""
    protocol, tls = _USUAL.get(endpoint.port, ("", ""))
    return Service(endpoint, protocol, tls)
