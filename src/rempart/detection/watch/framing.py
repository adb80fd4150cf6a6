"""Messages out of a stream of bytes: syslog over TCP (RFC 6587, both framings), RELP. Pure, bounded, never raises."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_COUNTED = re.compile(rb"([1-9][0-9]{0,8}) <")
_MAYBE_COUNTED = re.compile(rb"[1-9][0-9]{0,8}( <?)?\Z")
_RELP = re.compile(rb"([0-9]{1,9}) ([A-Za-z]{1,32}) ([0-9]{1,9})(?: |(?=\n))")
_RELP_HEAD = 56
"""Bytes of the longest head of a RELP frame."""


@dataclass
class Syslog:
    """Cuts a stream into messages; each message may be counted (`LENGTH SP MESSAGE`) or end by a line feed.

    A count is believed only when `<` follows it: a line of text that begins by digits is a line (RFC 6587, 3.4.1).

    Attributes:
        longest: bytes of the longest message.
        dropped: messages that were longer, dropped whole.

    """

    longest: int
    dropped: int = 0
    _rest: bytes = b""
    _skip: int = 0  # bytes of a counted message too long that are still to come
    _skipping_line: bool = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that are whole once `data` has come, without what ends them."""
        found: list[bytes] = []
        rest = self._rest + data
        at = 0
        while at < len(rest):
            at, message = self._next(rest, at)
            if message is None:
                break
            if message:
                found.append(message)
        self._rest = rest[at:]
        return found

    def end(self) -> list[bytes]:
        """Return what stood without its line feed when the stream ended: a line all the same."""
        rest, self._rest = self._rest, b""
        if self._skip or self._skipping_line or not rest or _COUNTED.match(rest):
            self.dropped += 1 if rest and not self._skip and not self._skipping_line else 0
            return []
        return [message] if (message := _stripped(rest)) else []

    def _next(self, rest: bytes, at: int) -> tuple[int, bytes | None]:
        """Return where the next message begins, and the message found before it: b"" for none, None to wait."""
        if self._skip:
            taken = min(self._skip, len(rest) - at)
            self._skip -= taken
            return at + taken, b""
        if not self._skipping_line:
            counted = _COUNTED.match(rest, at, at + 12)
            if counted:
                return self._counted(rest, counted.end() - 1, int(counted[1]), at)
            if len(rest) - at < 11 and _MAYBE_COUNTED.match(rest, at):  # noqa: PLR2004 — the longest count
                return at, None
        return self._line(rest, at)

    def _counted(self, rest: bytes, start: int, length: int, at: int) -> tuple[int, bytes | None]:
        if length > self.longest:
            self.dropped += 1
            self._skip = length
            return start, b""
        if len(rest) - start < length:
            return at, None
        return start + length, _stripped(rest[start : start + length])

    def _line(self, rest: bytes, at: int) -> tuple[int, bytes | None]:
        end = rest.find(b"\n", at)
        if end < 0:
            if self._skipping_line or len(rest) - at > self.longest:
                self.dropped += not self._skipping_line
                self._skipping_line = True
                return len(rest), b""
            return at, None
        if self._skipping_line or end - at > self.longest + 1:
            self.dropped += not self._skipping_line
            self._skipping_line = False
            return end + 1, b""
        return end + 1, _stripped(rest[at:end])


class Frame(NamedTuple):
    """A frame of RELP: its number in the session, its command, its data."""

    number: int
    command: str
    data: bytes


@dataclass
class Relp:
    """Cuts a stream into frames of RELP (`TXNR SP COMMAND SP LENGTH [SP DATA] LF`).

    Attributes:
        longest: bytes of the longest data.
        broken: the stream is no RELP any more: the connection must be closed.

    """

    longest: int
    broken: bool = field(default=False)
    _rest: bytes = b""

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that are whole once `data` has come."""
        found: list[Frame] = []
        self._rest += data
        while not self.broken and (frame := self._next()) is not None:
            found.append(frame)
        return found

    def _next(self) -> Frame | None:
        head = _RELP.match(self._rest)
        if head is None:
            self.broken = len(self._rest) > _RELP_HEAD or b"\n" in self._rest
            return None
        length, start = int(head[3]), head.end()
        if length > self.longest:
            self.broken = True
            return None
        if len(self._rest) < start + length + 1:
            return None
        if self._rest[start + length : start + length + 1] != b"\n":
            self.broken = True
            return None
        data = self._rest[start : start + length]
        self._rest = self._rest[start + length + 1 :]
        return Frame(int(head[1]), head[2].decode().lower(), data)


def _stripped(message: bytes) -> bytes:
    return message.rstrip(b"\r\n\0")


def one_line(message: bytes) -> bytes:
    """Return a message as one line: its line feeds written `#012`, as rsyslog does."""
    return message.replace(b"\n", b"#012") if b"\n" in message else message
