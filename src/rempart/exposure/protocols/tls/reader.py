"""Reading and writing the vectors of TLS: every step is checked against what is really there."""

from rempart.exposure.protocols.octets import Octets


class Reader(Octets):
    """Bytes read from left to right, with the vectors of TLS: content after its own length (RFC 8446, 3.4)."""

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
