"""Reading bytes that the other side wrote: every step is checked against what is really there."""


class Malformed(ValueError):  # noqa: N818 — it says what the bytes are
    """The bytes are not what the protocol says they should be."""


class Reader:
    """A cursor over bytes; reading past the end is `Malformed`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    @property
    def left(self) -> int:
        """How many bytes are not read yet."""
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        if count > self.left:
            raise Malformed(f"{count} bytes announced, {self.left} there")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size: int) -> int:
        """Return the next `size` bytes as a big-endian number."""
        return int.from_bytes(self.take(size))

    def vector(self, size: int) -> bytes:
        """Return the content of a vector whose length is written in `size` bytes."""
        return self.take(self.number(size))

    def numbers(self, size: int) -> tuple[int, ...]:
        """Return all that is left as 16-bit numbers, after a length written in `size` bytes."""
        content = Reader(self.vector(size))
        return tuple(content.number(2) for _ in range(content.left // 2))


def vector(size: int, content: bytes) -> bytes:
    """Return `content` after its length in `size` bytes."""
    return len(content).to_bytes(size) + content


def numbers(size: int, codes: tuple[int, ...]) -> bytes:
    """Return 16-bit numbers after the length of them all in `size` bytes."""
    return vector(size, b"".join(code.to_bytes(2) for code in codes))
