"""Bytes read from left to right, never beyond their end: what every parser of this room stands on."""

from rempart.exposure.protocols import Malformed


class Octets:
    """A reader over `data`; a read beyond the end raises `Malformed`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    @property
    def left(self) -> int:
        """How many bytes were not read yet."""
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        if not 0 <= count <= self.left:
            raise Malformed(f"{count} bytes announced, {self.left} left")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, count: int, *, little: bool = False) -> int:
        """Return an unsigned integer of `count` bytes."""
        return int.from_bytes(self.take(count), "little" if little else "big")

    def expect(self, literal: bytes, what: str) -> None:
        """Read `literal`, or raise `Malformed` saying that it is not `what`."""
        if self.take(min(len(literal), self.left)) != literal:
            raise Malformed(f"not {what}")


def line_of(data: bytes, most: int = 512) -> str:
    """Return the first line of an answer, printable and no longer than `most` characters."""
    return printable(data.partition(b"\n")[0][: most + 1].rstrip(b"\r"), most)


def printable(data: bytes, most: int = 512) -> str:
    """Return bytes as text fit for a report: control characters are dropped, the rest is cut at `most`."""
    text = data[: 4 * most].decode("utf-8", "replace")
    return "".join(character for character in text if character.isprintable() or character == " ").strip()[:most]
