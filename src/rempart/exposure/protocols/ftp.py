"""FTP: replies (RFC 959, 4.2), features (RFC 2389) and the offer of TLS (RFC 4217)."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import printable

CONTACT = b"rempart-audit@example.invalid"
"""What an anonymous visitor gives as a password, says RFC 1635: an address of mail. This one leads nowhere."""
_LINE = re.compile(rb"^(\d{3})([ -])(.*)$")
_MOST_LINES = 500


@dataclass(frozen=True)
class Reply:
    """One reply: its code and its lines."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole reply on one line."""
        return " ".join(self.lines)


def replies(data: bytes) -> tuple[Reply, ...]:
    """Return the whole replies of a talk, in order; what is not whole at its end is left out, unless there is no other.

    Raises:
        Malformed: the first line is no reply.

    """
    found: list[Reply] = []
    code, lines = b"", []
    for raw in data.split(b"\n", _MOST_LINES)[:_MOST_LINES]:
        line = raw.rstrip(b"\r")
        match = _LINE.match(line)
        if not code and not match:
            if found or not line:
                break
            raise Malformed("not an FTP reply")
        lines.append(printable(match[3] if match else line, 256))
        if match and code in (b"", match[1]):
            code = match[1]
            if match[2] == b" ":
                found.append(Reply(int(code), tuple(lines)))
                code, lines = b"", []
    if not found and not code:
        raise Malformed("no FTP reply")
    return tuple(found) or (Reply(int(code), tuple(lines)),)


def complete(data: bytes) -> bool:
    """Tell whether the last line ends a reply."""
    if not data.endswith(b"\n"):
        return False
    last = _LINE.match(data[:-1].rpartition(b"\n")[2].rstrip(b"\r"))
    return last is not None and last[2] == b" "
