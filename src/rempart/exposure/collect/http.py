"""The question that any theme may ask of a web server: a few requests, one after the other, on one connection."""

import os
import ssl
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

from rempart.exposure.collect.question import Detail, Json, Load, Wire
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.http.request import Request, build, host_header
from rempart.exposure.protocols.http.response import HEAD_LIMIT, body_begun, measure, read

contact: ContextVar[str] = ContextVar("contact", default="")
"""The page that says who measures and why, for the User-Agent; the run sets it from the perimeter."""

_LEGACY_SERVER_CONNECT = 0x4  # the `ssl` module names it from Python 3.12 on
_MOST_A_CONNECTION = 1 << 17
"""Bytes after which the rest is left for another connection: a wire keeps twice that."""


def strict() -> ssl.SSLContext:
    """Return the context of a browser: it believes the machine's authorities (or those of SSL_CERT_FILE) only."""
    return _strict(os.environ.get("SSL_CERT_FILE"))


@cache
def _strict(_: str | None) -> ssl.SSLContext:
    return ssl.create_default_context()


@cache
def lenient() -> ssl.SSLContext:
    """Return a context that talks to almost anybody: what a page says is read even when its certificate is bad."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.options |= _LEGACY_SERVER_CONNECT
    return context


@dataclass(frozen=True, slots=True)
class Step:
    """One request, and how many bytes of the answer's body are wanted."""

    request: Request
    most: int


@dataclass(frozen=True, slots=True)
class Visit:
    """Requests on one connection; it ends early when the server ends it or when an answer is longer than wanted.

    The detail holds `lengths`, the bytes that came for each request; inside TLS `tls` (the version) and `verified`.
    """

    probe: str
    steps: tuple[Step, ...]
    secure: bool
    check: bool = False  # whether the certificate must be good
    version: int = 1
    load: Load = Load.MEDIUM

    @property
    def label(self) -> str:
        """The scheme and the first request, and how many follow."""
        first = self.steps[0].request
        more = f" +{len(self.steps) - 1}" if len(self.steps) > 1 else ""
        return f"http{'s' if self.secure else ''} {first.method} {first.target}{more}"

    async def ask(self, wire: Wire) -> Detail:
        """Ask each in turn; what goes wrong after the first answer ends the visit without a fault."""
        await wire.open()
        detail: dict[str, Json] = {}
        name = wire.endpoint.name
        if self.secure:
            wanted = name or wire.endpoint.address
            tls = await wire.start_tls(strict() if self.check else lenient(), wanted if self.check else name or None)
            detail = {"tls": tls.version(), "verified": self.check}
        host = host_header(name or wire.endpoint.address, wire.endpoint.port, secure=self.secure)
        lengths: list[Json] = []
        for step in self.steps:
            try:
                got = await _answer(wire, step, build(step.request, host, contact.get()))
            except (OSError, TimeoutError):
                if not lengths:
                    raise
                break
            lengths.append(len(got))
            if not _may_go_on(got, step.request.method) or len(wire.received) > _MOST_A_CONNECTION:
                break
        return detail | {"lengths": lengths}


async def _answer(wire: Wire, step: Step, request: bytes) -> bytes:
    """Send a request and return what comes, no more than wanted."""
    method = step.request.method

    def enough(data: bytes) -> bool:
        try:
            return body_begun(data, method, step.most)
        except Malformed:
            return True

    await wire.send(request)
    return await wire.receive(HEAD_LIMIT + step.most, until=enough)


def _may_go_on(got: bytes, method: str) -> bool:
    """Tell whether the connection is clean and lasts: exactly one whole answer came, and it does not say goodbye."""
    try:
        return measure(got, method) == len(got) and read(got, method).head.lasting
    except Malformed:
        return False
