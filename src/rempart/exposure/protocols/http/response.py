"""Answers: a bounded reader that keeps the order and the repeats of headers, and notes what is odd.

Rules of framing: RFC 9112, section 6.3. Nothing is trusted: a head has a longest size, a length is a wish, a compressed
body is unpacked up to a limit.
"""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.http.body import BODY_LIMIT, dechunk, decode

HEAD_LIMIT = 1 << 16
LINES_LIMIT = 512
_INTERIM_LIMIT = 5
_STATUS_LINE = re.compile(rb"HTTP/(\d)\.(\d) (\d{3})(?: ([^\r\n]*))?")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = re.compile(r"\d{1,15}")
_OK, _SWITCHING, _NO_CONTENT, _NOT_MODIFIED = 200, 101, 204, 304


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the headers, as they came: order and repeats kept, bytes read as Latin-1."""

    version: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    oddities: tuple[str, ...]

    def all(self, name: str) -> list[str]:
        """Return every value of a header (its name in lower case), in order."""
        return [value for header, value in self.headers if header.lower() == name]

    def first(self, name: str) -> str | None:
        """Return the first value of a header, None without it."""
        return next(iter(self.all(name)), None)

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return ", ".join(self.all("transfer-encoding")).lower().rpartition(",")[2].strip() == "chunked"

    @property
    def length(self) -> int | None:
        """The declared length of the body, in bytes; None when it is not said, or said twice and differently."""
        said = {part.strip() for value in self.all("content-length") for part in value.split(",")}
        only = said.pop() if len(said) == 1 else ""
        return int(only) if _LENGTH.fullmatch(only) else None

    @property
    def lasting(self) -> bool:
        """Whether the connection may carry another request."""
        said = ", ".join(self.all("connection")).lower()
        return "close" not in said and (self.version == "1.1" or "keep-alive" in said)


@dataclass(frozen=True, slots=True)
class Response:
    """A head and its body, unchunked and uncompressed, up to the limits; `whole` tells whether all of it is there."""

    head: Head
    body: bytes
    whole: bool
    oddities: tuple[str, ...]


def _bodiless(head: Head, method: str) -> bool:
    return method == "HEAD" or head.status in {_SWITCHING, _NO_CONTENT, _NOT_MODIFIED}


def head_end(data: bytes, start: int = 0) -> tuple[int, int] | None:
    """Return where a head ends and where its body begins, or None when the end has not come.

    Raises:
        Malformed: no end within `HEAD_LIMIT` bytes.

    """
    stop = start + HEAD_LIMIT
    ends = [(at, at + len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := data.find(mark, start, stop)) >= 0]
    if ends:
        return min(ends)
    if len(data) - start >= HEAD_LIMIT:
        raise Malformed("a head without an end")
    return None


def read_head(data: bytes) -> Head:
    """Read the bytes of one head, without its last empty line.

    Raises:
        Malformed: no status line.

    """
    status, *lines = data[:HEAD_LIMIT].split(b"\n", LINES_LIMIT + 1)
    found = _STATUS_LINE.fullmatch(status.removesuffix(b"\r"))
    if not found:
        raise Malformed("no status line")
    oddities = [] if all(line.endswith(b"\r") for line in (status, *lines[:-1])) else ["bare_line_feed"]
    if len(lines) > LINES_LIMIT:
        oddities.append("too_many_headers")
    headers = _headers(lines[:LINES_LIMIT], oddities)
    return Head(
        version=f"{found[1].decode()}.{found[2].decode()}",
        status=int(found[3]),
        reason=(found[4] or b"").decode("latin-1").strip(),
        headers=tuple(headers),
        oddities=tuple(dict.fromkeys(oddities)),
    )


def _headers(lines: list[bytes], oddities: list[str]) -> list[tuple[str, str]]:
    """Return names and values; what is odd is noted, what is no header is left out and noted."""
    headers: list[tuple[str, str]] = []
    for line in (line.removesuffix(b"\r") for line in lines):
        if line[:1] in {b" ", b"\t"}:
            oddities.append("folded_header")
            if headers:
                name, value = headers[-1]
                headers[-1] = (name, f"{value} {line.strip().decode('latin-1')}".strip())
            continue
        name_bytes, colon, value_bytes = line.partition(b":")
        if not colon or not _NAME.fullmatch(name_bytes.rstrip()):
            oddities.append("not_a_header")
            continue
        if name_bytes != name_bytes.rstrip():
            oddities.append("space_before_colon")
        if b"\r" in value_bytes or b"\0" in value_bytes:
            oddities.append("control_in_header")
        headers.append((name_bytes.rstrip().decode("latin-1"), value_bytes.strip().decode("latin-1")))
    return headers


def _final_head(data: bytes) -> tuple[Head, int] | None:
    """Return the head after the interim answers (1xx), and where its body begins."""
    start = 0
    for _ in range(_INTERIM_LIMIT):
        found = head_end(data, start)
        if found is None:
            return None
        head = read_head(data[start : found[0]])
        if head.status >= _OK or head.status == _SWITCHING:
            return head, found[1]
        start = found[1]
    raise Malformed("interim answers without an end")


def measure(data: bytes, method: str) -> int | None:
    """Return how many bytes the first answer takes, or None when more must come (or the end of the connection).

    Raises:
        Malformed: no answer of an HTTP server.

    """
    found = _final_head(data)
    if found is None:
        return None
    head, start = found
    if _bodiless(head, method):
        return start
    if head.chunked:
        return dechunk(data, start)[1]
    if head.length is not None and not head.all("transfer-encoding"):
        return start + head.length if len(data) - start >= head.length else None
    return None


def body_begun(data: bytes, method: str, most: int) -> bool:
    """Tell whether the first answer is whole, or its body has already given `most` bytes.

    Raises:
        Malformed: no answer of an HTTP server.

    """
    found = _final_head(data)
    return found is not None and (len(data) - found[1] >= most or measure(data, method) is not None)


def read(data: bytes, method: str = "GET") -> Response:
    """Read one answer from all that came on a connection, as far as it goes.

    Raises:
        Malformed: no answer of an HTTP server, or a head that never ends.

    """
    found = _final_head(data)
    if found is None:
        raise Malformed("the head is not whole")
    head, start = found
    raw, whole, oddities = _framed(data, start, head, method)
    body, unpacked, odd = decode(raw[:BODY_LIMIT], ", ".join(head.all("content-encoding")))
    whole = whole and unpacked and len(raw) <= BODY_LIMIT
    return Response(head, body, whole, tuple(dict.fromkeys((*head.oddities, *oddities, *odd))))


def _framed(data: bytes, start: int, head: Head, method: str) -> tuple[bytes, bool, list[str]]:
    """Return the body as it travelled, whether it is whole, and what is odd about its frame."""
    oddities = []
    if head.all("content-length") and head.all("transfer-encoding"):
        oddities.append("length_and_chunks")
    elif head.all("content-length") and head.length is None:
        oddities.append("lengths_disagree")
    if _bodiless(head, method):
        return b"", True, oddities
    if head.chunked:
        body, end = dechunk(data, start)
        return body, end is not None, oddities
    length = head.length
    if length is None or head.all("transfer-encoding"):
        return data[start:], True, oddities  # RFC 9112, 6.3: what is not framed lasts to the end of the connection
    return data[start : start + length], len(data) - start >= length, oddities
