"""The few BER forms that LDAP and SNMP need: tag, definite length, value (ITU-T X.690)."""

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets

INTEGER, OCTETS, SEQUENCE, SET = 0x02, 0x04, 0x30, 0x31
_LONG = 0x80
_LONGEST_LENGTH = 4


def wrap(tag: int, *parts: bytes) -> bytes:
    """Return one element."""
    body = b"".join(parts)
    if len(body) < _LONG:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, _LONG | size]) + len(body).to_bytes(size, "big") + body


def integer(value: int) -> bytes:
    """Return a non-negative INTEGER."""
    return wrap(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def read(reader: Octets) -> tuple[int, bytes]:
    """Return the next element's tag and content."""
    tag = reader.number(1)
    length = reader.number(1)
    if length & _LONG:
        size = length & 0x7F
        if not 0 < size <= _LONGEST_LENGTH:
            raise Malformed("a BER length of no use")
        length = reader.number(size)
    return tag, reader.take(length)


def expect(reader: Octets, tag: int) -> bytes:
    """Return the content of the next element, which must have `tag`."""
    found, content = read(reader)
    if found != tag:
        raise Malformed(f"BER tag {found:#x} where {tag:#x} was due")
    return content


def number(content: bytes) -> int:
    """Return the value of an INTEGER or ENUMERATED content."""
    if not 1 <= len(content) <= 8:  # noqa: PLR2004 — 64 bits are enough for what we read
        raise Malformed("a BER integer of no use")
    return int.from_bytes(content, "big", signed=True)


def size(data: bytes) -> int | None:
    """Return how many bytes the first element takes, None when its header is not whole."""
    if len(data) < 2:  # noqa: PLR2004 — tag and first byte of the length
        return None
    if not data[1] & _LONG:
        return 2 + data[1]
    more = data[1] & 0x7F
    if len(data) < 2 + more:
        return None
    return 2 + more + int.from_bytes(data[2 : 2 + more], "big")
