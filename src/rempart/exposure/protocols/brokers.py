"""Message brokers: MQTT, AMQP 0-9-1 and Kafka, up to their first answer. Nothing is subscribed to nor published."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets, printable

AMQP = b"AMQP\x00\x00\x09\x01"
MQTT_LEAVE = b"\xe0\x00"
MQTT_CODES = {
    0: "accepted", 1: "version", 2: "identifier", 3: "unavailable", 4: "bad_login", 5: "not_authorised",
}  # fmt: skip
_TEXT = re.compile(rb"(product|version)S(.{4})", re.DOTALL)
_MOST = 1 << 16


@dataclass(frozen=True)
class AmqpStart:
    """What an AMQP broker announces: product, version, and the ways to log in."""

    product: str
    version: str
    mechanisms: tuple[str, ...]


def mqtt_connect() -> bytes:
    """Return an MQTT 3.1.1 CONNECT: clean session, a client name of ours, no user."""
    body = b"\x00\x04MQTT\x04\x02\x00\x0a" + b"\x00\x07rempart"
    return bytes([0x10, len(body)]) + body


def mqtt_answer(data: bytes) -> str:
    """Return what the broker made of a CONNECT without user (`MQTT_CODES`)."""
    reader = Octets(data)
    reader.expect(b"\x20\x02", "a CONNACK")
    reader.take(1)
    code = reader.number(1)
    if code not in MQTT_CODES:
        raise Malformed("an unknown CONNACK code")
    return MQTT_CODES[code]


def amqp_start(data: bytes) -> AmqpStart:
    """Read Connection.Start; a broker of another version sends its own header back and no more."""
    if data[:4] == b"AMQP" and len(data) == 8:  # noqa: PLR2004 — the protocol header
        return AmqpStart("", "", ())
    frame = Octets(data)
    frame.expect(b"\x01\x00\x00", "an AMQP method frame")
    length = frame.number(4)
    if length > _MOST:
        raise Malformed("an AMQP frame of no use")
    method = Octets(frame.take(length))
    method.expect(b"\x00\x0a\x00\x0a", "Connection.Start")
    method.take(2)
    properties = method.take(method.number(4))
    mechanisms = printable(method.take(method.number(4)))
    return AmqpStart(_property(properties, b"product"), _property(properties, b"version"), tuple(mechanisms.split()))


def amqp_complete(data: bytes) -> bool:
    """Tell whether the frame that was announced is whole."""
    if data[:4] == b"AMQP":
        return len(data) >= 8  # noqa: PLR2004 — the protocol header
    return len(data) >= 8 and len(data) >= 8 + min(int.from_bytes(data[3:7], "big"), _MOST)  # noqa: PLR2004


def kafka_ask() -> bytes:
    """Return ApiVersions version 0, which every broker answers before a login."""
    body = b"\x00\x12\x00\x00" + b"\x52\x45\x4d\x50" + b"\x00\x07rempart"
    return len(body).to_bytes(4, "big") + body


def kafka_answer(data: bytes) -> int:
    """Return how many kinds of request the broker knows."""
    reader = Octets(data)
    length = reader.number(4)
    body = Octets(reader.take(min(length, reader.left, _MOST)))
    body.expect(b"REMP", "the answer to our request")
    body.number(2)
    count = body.number(4)
    if count > 1000 or body.left < 6 * count:  # noqa: PLR2004 — far more than exist
        raise Malformed("an answer of no use")
    return count


def framed(data: bytes) -> bool:
    """Tell whether a message that starts with its length on four bytes is whole."""
    return len(data) >= 4 and len(data) >= 4 + min(int.from_bytes(data[:4], "big") & 0x7FFFFFFF, _MOST)  # noqa: PLR2004


def _property(table: bytes, name: bytes) -> str:
    """Return a text of an AMQP table, found by its name and its type `S`."""
    for found in _TEXT.finditer(table):
        if found[1] == name:
            length = int.from_bytes(found[2], "big")
            return printable(table[found.end() : found.end() + min(length, 128)])
    return ""
