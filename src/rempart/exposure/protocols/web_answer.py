"""What services that answer in HTTP say of themselves: status, server, and the JSON document of a short answer."""

import json
import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.http import response
from rempart.exposure.protocols.octets import line_of, printable

_MOST = 1 << 18
AGENT = "Rempart/1"


@dataclass(frozen=True)
class WebAnswer:
    """A status, headers by lower-case name (the last of each), and the body's bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    def document(self) -> dict[str, object]:
        """Return the body as a JSON object, {} when it is not one."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def title(self) -> str:
        """The page's title, "" for none."""
        found = re.search(rb"<title[^>]{0,200}>([^<]{0,300})", self.body[:_MOST], re.IGNORECASE)
        return printable(found[1]) if found else ""


def request(host: str, path: str = "/", method: str = "GET", accept: str = "*/*") -> bytes:
    """Return one request that closes the connection after it."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {AGENT}\r\nAccept: {accept}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()


def read(data: bytes) -> WebAnswer:
    """Read an answer as far as it goes; its body is put together and unpacked."""
    answer = response.read(data)
    headers = {printable(name.encode(), 64).lower(): printable(value.encode()) for name, value in answer.head.headers}
    return WebAnswer(answer.head.status, headers, answer.body)


def complete(data: bytes) -> bool:
    """Tell whether the body that was announced is there; without an announcement only the end says so."""
    try:
        return response.measure(data, "GET") is not None
    except Malformed:
        return True  # nothing that follows would make an answer of it


def name_of(answer: WebAnswer) -> str:
    """Return the `Server` header, else the first line of what came."""
    return answer.headers.get("server", "") or line_of(answer.body, 80)
