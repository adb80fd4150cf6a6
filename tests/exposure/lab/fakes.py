"""Small servers of our own for what Debian lacks, and hostile ones: `-m tests.exposure.lab.fakes KIND ADDRESS PORT`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_LEVEL = b"MSH|^~\\&|MIRTH|VALMONT|REMPART|REMPART|20261124120000||ACK^J01^ACK|1|T|2.5\rMSA|AE|%s|Unsupported\r"


async def telnet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An old switch: it negotiates, then asks who we are."""
    writer.write(b"\xff\xfd\x18\xff\xfd\x20\xff\xfb\x01\xff\xfb\x03\r\nSwitch VALMONT-2 (fictif)\r\nlogin: ")
    await reader.read(1024)


async def mllp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A receiver of HL7: it refuses what is not of its kinds, and says so."""
    message = await reader.readuntil(b"\x1c\r")
    control = message.split(b"|")[9]
    writer.write(b"\x0b" + _LEVEL % control + b"\x1c\r")
    await writer.drain()
    await reader.read(1024)


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """It never stops talking."""
    while not reader.at_eof():
        writer.write(b"220-" + b"A" * 8000)
        await writer.drain()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One byte at a time, and never a line."""
    while not reader.at_eof():
        writer.write(b"S")
        await writer.drain()
        await asyncio.sleep(0.05)


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The right first bytes, then anything."""
    writer.write(b"SSH-2.0-x\r\n\x7f\xff\xff\xff" + os.urandom(4096))
    await writer.drain()
    await reader.read(1024)


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """It listens and says nothing."""
    while await reader.read(4096):
        pass


async def odd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A device of its own language."""
    if await reader.read(4096):
        writer.write(b"\x02?\x03")
        await writer.drain()
        await reader.read(4096)


async def counted(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """It says on its log that somebody came, and what was heard."""
    heard = await reader.read(4096)
    sys.stdout.write(f"came {heard!r}\n")
    sys.stdout.flush()


TALKS: dict[str, Talk] = {each.__name__: each for each in (telnet, mllp, endless, drip, garbage, silent, odd, counted)}


async def serve(kind: str, address: str, port: int) -> None:
    """Serve until the process is stopped."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await TALKS[kind](reader, writer)
        writer.close()

    server = await asyncio.start_server(talk, address, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
