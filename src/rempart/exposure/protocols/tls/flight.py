"""When a server has said all that a question needs: what ends a wait before its time-out does."""

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls.answer import ALERT, DONE, HANDSHAKE, SERVER_HELLO, messages, read_answer

_HEADER = 5
_LONGEST_SERVER_HELLO = 1 << 14
_DONE = bytes([DONE, 0, 0, 0])


class FlightEnd:
    """Asked at each read, it looks once at each record that came.

    Args:
        hello: our record, to wait for the hidden part of a TLS 1.3 flight too; empty when its clear part is enough.

    """

    def __init__(self, hello: bytes = b"") -> None:
        self._at = 0
        self._hello = hello
        self._clear = bytearray()
        self._new: bool | None = None

    def __call__(self, data: bytes) -> bool:
        """Return whether `data`, all that came so far, is enough."""
        came = False
        while len(data) - self._at >= _HEADER:
            kind, length = data[self._at], int.from_bytes(data[self._at + 3 : self._at + _HEADER])
            if kind not in range(20, 25) or data[self._at + 1] != 3:  # noqa: PLR2004 — all of TLS is 3.x
                return True  # no TLS: nothing more is learnt by waiting
            if self._at + _HEADER + length > len(data):
                break
            if self._ends(kind, data[self._at + _HEADER : self._at + _HEADER + length]):
                return True
            self._at += _HEADER + length
            came = True
        return came and self._new is True and self._read_to_the_end(data)

    def _ends(self, kind: int, content: bytes) -> bool:
        if kind == ALERT:
            return True
        if kind != HANDSHAKE:
            return False
        self._clear += content
        if self._new is None:
            self._new = self._is_new()
        if self._new:
            return not self._hello
        return self._clear[-4:] == _DONE

    def _is_new(self) -> bool | None:
        """Whether the ServerHello is one of TLS 1.3; None until it is whole."""
        first = next(messages(bytes(self._clear[:_LONGEST_SERVER_HELLO])), None)
        if first is None:
            return None
        chosen = reg.extensions()["supported_versions"].to_bytes(2) + b"\x00\x02\x03\x04"
        return first[0] == SERVER_HELLO and chosen in first[1]

    def _read_to_the_end(self, data: bytes) -> bool:
        try:
            answer = read_answer(data, self._hello)
        except Malformed:
            return True
        return answer.whole or answer.retry
