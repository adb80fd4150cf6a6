"""MongoDB: `isMaster`, then a harmless command that only someone logged in may run. No database is named or listed."""

from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets, printable

_QUERY, _REPLY, _MESSAGE = 2004, 1, 2013
_LONGEST = 1 << 16
_UNAUTHORIZED = 13
_FIXED = {0x01: 8, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0x7F: 0, 0xFF: 0, 0x06: 0}
_DEEPEST = 8
_MOST_FIELDS = 500


@dataclass(frozen=True)
class Mongo:
    """A server: its highest wire version (None: not told), and whether a login is needed (None: not known)."""

    wire_version: int | None
    login: bool | None


def ask_hello() -> bytes:
    """Return `isMaster` as an OP_QUERY, which every version answers without a login."""
    document = _document(b"\x10isMaster\x00\x01\x00\x00\x00")
    return _framed(1, _QUERY, bytes(4) + b"admin.$cmd\x00" + bytes(4) + b"\xff\xff\xff\xff" + document)


def ask_parameter() -> bytes:
    """Return `getParameter featureCompatibilityVersion`: one setting, refused before a login where logins exist."""
    fields = b"\x10getParameter\x00\x01\x00\x00\x00" + b"\x10featureCompatibilityVersion\x00\x01\x00\x00\x00"
    document = _document(fields + b"\x02$db\x00\x06\x00\x00\x00admin\x00")
    return _framed(2, _MESSAGE, bytes(4) + b"\x00" + document)


def read(data: bytes) -> Mongo:
    """Read the one or two answers."""
    messages = _messages(data)
    hello = messages[0]
    if "maxWireVersion" not in hello and "ismaster" not in hello and "isWritablePrimary" not in hello:
        raise Malformed("not an answer to isMaster")
    version = hello.get("maxWireVersion")
    login: bool | None = None
    if len(messages) > 1:
        answer = messages[1]
        if answer.get("code") == _UNAUTHORIZED:
            login = True
        elif answer.get("ok"):
            login = False
    return Mongo(int(version) if isinstance(version, int) else None, login)


def complete(data: bytes) -> bool:
    """Tell whether the first message is whole."""
    return len(data) >= 4 and len(data) >= min(int.from_bytes(data[:4], "little"), _LONGEST)  # noqa: PLR2004


def _messages(data: bytes) -> list[dict[str, object]]:
    reader = Octets(data)
    found: list[dict[str, object]] = []
    while reader.left and len(found) < 2:  # noqa: PLR2004 — as many as were asked
        if found and reader.left < 16:  # noqa: PLR2004 — a header is not whole
            break
        length = reader.number(4, little=True)
        reader.take(8)
        kind = reader.number(4, little=True)
        if not 16 <= length <= _LONGEST:  # noqa: PLR2004
            raise Malformed("a MongoDB message of no use")
        body = Octets(reader.take(length - 16))
        if kind == _REPLY:
            body.take(20)
        elif kind == _MESSAGE:
            body.take(5)
        else:
            raise Malformed("not a MongoDB answer")
        found.append(_fields(body, 0))
    if not found:
        raise Malformed("no MongoDB message")
    return found


def _fields(outer: Octets, depth: int) -> dict[str, object]:
    """Return the numbers and texts of a BSON document; what is nested is walked over."""
    length = outer.number(4, little=True)
    document = Octets(outer.take(length - 4))
    found: dict[str, object] = {}
    for _ in range(_MOST_FIELDS):
        kind = document.number(1)
        if kind == 0:
            return found
        name = _text(document)
        found[name] = _value(document, kind, depth)
    raise Malformed("a BSON document without an end")


def _value(document: Octets, kind: int, depth: int) -> object:
    if kind in (0x03, 0x04):
        if depth >= _DEEPEST:
            raise Malformed("BSON nested too deep")
        return _fields(document, depth + 1)
    if kind == 0x02:  # noqa: PLR2004 — a string
        return printable(document.take(document.number(4, little=True)).rstrip(b"\x00"))
    if kind == 0x05:  # noqa: PLR2004 — binary
        return document.take(document.number(4, little=True) + 1)[:0]
    if kind not in _FIXED:
        raise Malformed("an unknown BSON type")
    raw = document.take(_FIXED[kind])
    if kind == 0x01:
        return raw != bytes(8)
    return int.from_bytes(raw, "little", signed=True) if kind in (0x10, 0x12, 0x08) else None


def _text(document: Octets) -> str:
    end = document.data.find(b"\x00", document.at, document.at + 256)
    if end < 0:
        raise Malformed("a BSON name without an end")
    name = document.take(end - document.at)
    document.take(1)
    return printable(name, 255)


def _document(fields: bytes) -> bytes:
    return (len(fields) + 5).to_bytes(4, "little") + fields + b"\x00"


def _framed(number: int, kind: int, body: bytes) -> bytes:
    header = (16 + len(body), number, 0, kind)
    return b"".join(part.to_bytes(4, "little") for part in header) + body
