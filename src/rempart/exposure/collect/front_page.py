"""The front page of a web server, for discovery: its certificate, and where it sends people to. One connection."""

import base64
import ssl
from dataclasses import dataclass

from rempart.exposure.collect.question import Detail, Load, Wire

WEB_PORTS = (80, 443)
_TLS_PORT = 443
_LIMIT = 1 << 16


@dataclass(frozen=True, slots=True)
class FrontPage:
    """GET / by the endpoint's name; `detail.certificate` is the server's, in base64."""

    user_agent: str

    probe = "discovery.page"
    version = 1
    load = Load.MEDIUM
    label = "GET /"

    async def ask(self, wire: Wire) -> Detail | None:
        """Ask for the page and read its head."""
        detail: dict[str, str] = {}
        await wire.open()
        if wire.endpoint.port == _TLS_PORT:
            tls = await wire.start_tls(_any_certificate(), wire.endpoint.name or None)
            certificate = tls.getpeercert(binary_form=True)
            detail["certificate"] = base64.b64encode(certificate or b"").decode()
        host = wire.endpoint.name or wire.endpoint.address
        await wire.send(
            f"GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {self.user_agent}\r\nConnection: close\r\n\r\n".encode()
        )
        await wire.receive(_LIMIT, until=lambda head: b"\r\n\r\n" in head)
        return dict(detail)


def _any_certificate() -> ssl.SSLContext:
    """Return a context that takes any certificate: it is read, never trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
