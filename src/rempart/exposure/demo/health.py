"""An image server that takes any association in clear, and an exchange engine that acknowledges any message.

No image, no patient, no message is kept or shown: the association is accepted, and ended at the next word.
"""

import asyncio

from rempart.exposure.demo.listening import DICOM, HL7, MOST, PATIENCE, Listener, State

PACS, INTEROP = "127.88.1.5", "127.88.1.6"
_HEAD, _CONTEXT, _REQUEST = 6, 0x20, 1
_SYNTAX = b"1.2.840.10008.1.2"
_IMPLEMENTATION, _VERSION = b"1.2.276.0.7230010.3.0.3.6.2", b"OFFIS_DCMTK_362"


def accepted(request: bytes) -> bytes:
    """Return an association that takes every context asked for (PS3.8, 9.3.3), by whoever asks it of any title."""
    titles, items = request[4:68], request[68:]
    answers, at = b"", 0
    while at + 4 <= len(items):
        kind, length = items[at], int.from_bytes(items[at + 2 : at + 4], "big")
        if kind == _CONTEXT and length:
            answers += _item(0x21, bytes([items[at + 4], 0, 0, 0]) + _item(0x40, _SYNTAX))
        at += 4 + length
    user = _item(0x51, (16384).to_bytes(4, "big")) + _item(0x52, _IMPLEMENTATION) + _item(0x55, _VERSION)
    body = b"\x00\x01\x00\x00" + titles + _item(0x10, b"1.2.840.10008.3.1.1.1") + answers + _item(0x50, user)
    return b"\x02\x00" + len(body).to_bytes(4, "big") + body


def _item(kind: int, content: bytes) -> bytes:
    return bytes([kind, 0]) + len(content).to_bytes(2, "big") + content


async def _dicom(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await asyncio.wait_for(reader.readexactly(_HEAD), PATIENCE)
    length = int.from_bytes(head[2:], "big")
    if head[0] != _REQUEST or length > MOST:
        return
    writer.write(accepted(await asyncio.wait_for(reader.readexactly(length), PATIENCE)))
    await writer.drain()
    await asyncio.wait_for(reader.read(MOST), PATIENCE)


async def _hl7(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    message = await asyncio.wait_for(reader.readuntil(b"\x1c\r"), PATIENCE)
    fields = message.lstrip(b"\x0b").split(b"\r")[0].split(b"|")
    control = fields[9] if len(fields) > 9 else b""  # noqa: PLR2004 — MSH-10
    header = rb"MSH|^~\&|EAI|VALMONT|REMPART|REMPART|20261101||ACK|1|P|2.5"
    writer.write(b"\x0b" + header + b"\rMSA|AE|" + control + b"\r\x1c\r")
    await writer.drain()


def servers(state: State) -> list[Listener]:
    """Return the services of care: none on the internet once repaired."""
    if state is State.REPAIRED:
        return []
    return [Listener(PACS, DICOM, _dicom), Listener(INTEROP, HL7, _hl7)]
