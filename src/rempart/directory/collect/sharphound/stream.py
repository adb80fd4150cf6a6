"""JSON too large for the memory: one top-level object whose lists are read element by element."""

import json
import re
from collections.abc import Iterator
from typing import IO

_CHUNK = 1 << 20
_LARGEST = 256 << 20
"""Characters of one element: a group of a million members takes a hundred million."""
_SPACES = re.compile(r"[ \t\r\n]*")


def entries(stream: IO[str]) -> Iterator[tuple[str, object]]:
    """Yield each key of the top-level object with its value; a list gives its key once per element.

    Raises:
        ValueError: not JSON, not an object, cut short, nested too deep, or an element too large.

    """
    text = _Text(stream)
    text.expect("{")
    if text.peek() == "}":
        return
    while True:
        key = text.value()
        if not isinstance(key, str):
            raise ValueError("a key is not a text")  # noqa: TRY004 — one family: the file's content is wrong
        text.expect(":")
        if text.peek() == "[":
            yield from ((key, element) for element in _elements(text))
        else:
            yield key, text.value()
        if text.expect(",}") == "}":
            return


def _elements(text: "_Text") -> Iterator[object]:
    text.expect("[")
    if text.peek() == "]":
        text.expect("]")
        return
    while True:
        yield text.value()
        if text.expect(",]") == "]":
            return


class _Text:
    """A window on the text that slides forward as values are taken."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is not space, without taking it; empty at the end."""
        while True:
            self._at = _SPACES.match(self._buffer, self._at).end()  # type: ignore[union-attr] # it matches nothing too
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._ended:
                return ""
            self._more(_CHUNK)

    def expect(self, characters: str) -> str:
        """Take and return the next character, one of `characters`."""
        found = self.peek()
        if not found or found not in characters:
            raise ValueError(
                f"{found!r} where one of {characters!r} was expected" if found else "the file ends too early"
            )
        self._at += 1
        return found

    def value(self) -> object:
        """Take and return the next value, reading on until it is whole."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError as error:
                raise ValueError("nested too deep") from error
            except json.JSONDecodeError as error:
                if self._ended or len(self._buffer) - self._at > _LARGEST:
                    raise ValueError(error.msg) from error
            else:
                if end < len(self._buffer) or self._ended:  # a number at the end of the window may go on
                    self._at = end
                    return value
            self._more(max(_CHUNK, len(self._buffer) - self._at))

    def _more(self, size: int) -> None:
        added = self._stream.read(size)
        self._ended = not added
        self._buffer = self._buffer[self._at :] + added
        self._at = 0
