"""Requests: building one, and reading back those that were sent."""

import re
from dataclasses import dataclass

AGENT = "Rempart (mesure de l'exposition sur internet; measurement of internet exposure{contact})"
ORIGIN = "https://rempart-question.invalid"
"""An origin that cannot exist (RFC 2606): a server that trusts it trusts anybody."""

_HEAD_END = b"\r\n\r\n"
_MOST_READ = 1 << 18
_TOKEN = re.compile(r"[A-Z]{3,10}")
_PRINTABLE = re.compile(r"[!-~]+")
_UNSHOWN = re.compile(r"[^!-~]")
_VALUE = re.compile(r"[\t -~]*")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a server: method, target (path and query) and the headers beyond the usual ones."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()

    def first(self, name: str) -> str | None:
        """Return the value of the first header of that name, whatever the case."""
        return next((value for header, value in self.headers if header.lower() == name), None)


def agent(contact: str) -> str:
    """Return the User-Agent, which names Rempart and, when there is one, the page that says who asks and why."""
    shown = _UNSHOWN.sub("", contact)
    return AGENT.format(contact=f"; +{shown}" if shown else "")


def host_header(host: str, port: int, *, secure: bool) -> str:
    """Return the value of `Host` for a name or an address literal."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port == (443 if secure else 80) else f"{shown}:{port}"


def build(request: Request, host: str, contact: str = "") -> bytes:
    """Return the bytes of an HTTP/1.1 request without a body.

    Raises:
        ValueError: a part that would break out of its line.

    """
    usual = (("Host", host), ("User-Agent", agent(contact)), ("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate"))
    headers = (*usual, *request.headers)
    if not (_TOKEN.fullmatch(request.method) and _PRINTABLE.fullmatch(request.target)):
        raise ValueError(f"not a request line: {request.method} {request.target}")
    if bad := [name for name, value in headers if not (_PRINTABLE.fullmatch(name) and _VALUE.fullmatch(value))]:
        raise ValueError(f"a header that would break out of its line: {bad[0]}")
    lines = [f"{request.method} {request.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def read_requests(sent: bytes) -> list[Request]:
    """Return the requests that a probe sent on one connection, in order; what is no request ends the list."""
    found = []
    for head in sent[:_MOST_READ].split(_HEAD_END)[:-1]:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = first.partition(" ")
        target, _, version = rest.rpartition(" ")
        if version != "HTTP/1.1" or not _TOKEN.fullmatch(method):
            break
        headers = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
        found.append(Request(method, target, headers))
    return found
