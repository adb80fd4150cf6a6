"""What services that answer in HTTP say of themselves: status, server, and the JSON document of a short answer."""

import json
import re
from dataclasses import dataclass

from rempart.exposure.protocols.octets import Malformed, line_of, printable

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
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
    """Read an answer, cut or whole; a chunked body is put together."""
    found = _STATUS.match(data)
    if not found:
        raise Malformed("not an HTTP answer")
    head, _, body = data[:_MOST].partition(b"\r\n\r\n")
    headers = {}
    for line in head.split(b"\r\n", 200)[1:200]:
        name, colon, value = line.partition(b":")
        if colon:
            headers[printable(name, 64).lower()] = printable(value)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _joined(body)
    return WebAnswer(int(found[1]), headers, body)


def complete(data: bytes) -> bool:
    """Tell whether the body that was announced is there; without an announcement only the end says so."""
    head, ended, body = data.partition(b"\r\n\r\n")
    announced = re.search(rb"\ncontent-length: *(\d{1,9})", head, re.IGNORECASE)
    if ended and announced:
        return len(body) >= int(announced[1])
    return bool(ended) and b"chunked" in head.lower() and body.endswith(b"0\r\n\r\n")


def name_of(answer: WebAnswer) -> str:
    """Return the `Server` header, else the first line of what came."""
    return answer.headers.get("server", "") or line_of(answer.body, 80)


def _joined(body: bytes) -> bytes:
    parts, rest = [], body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", size.partition(b";")[0]) or not int(size.partition(b";")[0], 16):
            break
        length = int(size.partition(b";")[0], 16)
        parts.append(rest[:length])
        rest = rest[length + 2 :]
    return b"".join(parts)
