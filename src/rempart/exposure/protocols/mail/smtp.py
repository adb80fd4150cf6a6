"""The first words of a mail server: its greeting and what it offers (RFC 5321)."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed

_LINE = re.compile(rb"([2-5][0-9][0-9])([ -]?)([^\r\n]*)\r?\n")
_LAST = re.compile(rb"(?:\A|\n)[2-5][0-9][0-9](?: [^\r\n]*)?\r?\n")
_MOST_LINES = 200


@dataclass(frozen=True)
class Reply:
    """A code and its lines."""

    code: int
    lines: tuple[str, ...]


def complete(data: bytes) -> bool:
    """Tell whether the last line of a reply has come."""
    return _LAST.search(data) is not None


def replies(data: bytes) -> list[Reply]:
    """Return the replies in order; a last line that was cut is left out.

    Raises:
        Malformed: what came is no SMTP.

    """
    found: list[Reply] = []
    lines: list[str] = []
    place = 0
    while place < len(data) and len(lines) < _MOST_LINES and len(found) < _MOST_LINES:
        line = _LINE.match(data, place)
        if line is None:
            break
        place = line.end()
        lines.append(line[3].decode("utf-8", "replace"))
        if line[2] != b"-":
            found.append(Reply(int(line[1]), tuple(lines)))
            lines = []
    if not found:
        raise Malformed("no SMTP reply")
    return found


def extensions(reply: Reply) -> dict[str, tuple[str, ...]]:
    """Return what an EHLO reply offers, by keyword, with its parameters; the first line is the server's name."""
    offered: dict[str, tuple[str, ...]] = {}
    for line in reply.lines[1:]:
        keyword, *parameters = line.replace("=", " ", 1).upper().split() or [""]
        offered.setdefault(keyword, tuple(parameters))
    return offered
