"""The machine a supplier maintains from afar: SSH with old algorithms, Telnet, VNC and a store without any password.

Each says its first words and nothing else: no session is ever opened. The banners are imitated.
"""

import asyncio

from rempart.exposure.demo.listening import MOST, PATIENCE, STORE, VNC, Doors, Listener, State

ADDRESS = "127.88.1.7"
_SSH = b"SSH-2.0-OpenSSH_6.6.1p1 Ubuntu-2ubuntu2.13\r\n"
_KEX = "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1"
_HOST_KEYS = "ssh-rsa,ssh-dss"
_CIPHERS = "aes128-ctr,aes128-cbc,3des-cbc,arcfour"
_MACS = "hmac-sha1,hmac-md5"
_KEXINIT = 20
_BLOCK = 8


def kexinit() -> bytes:
    """Return the packet of algorithms (RFC 4253, 7.1): the order is kex, host keys, ciphers, MACs, compression."""
    lists = (_KEX, _HOST_KEYS, _CIPHERS, _CIPHERS, _MACS, _MACS, "none", "none", "", "")
    names = b"".join(len(each).to_bytes(4, "big") + each.encode() for each in lists)
    message = bytes([_KEXINIT]) + bytes(16) + names + b"\x00" + bytes(4)
    padding = _BLOCK - (len(message) + 5) % _BLOCK
    padding += _BLOCK if padding < 4 else 0  # noqa: PLR2004 — RFC 4253, section 6: four at least
    return (len(message) + padding + 1).to_bytes(4, "big") + bytes([padding]) + message + bytes(padding)


async def _ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_SSH)
    await asyncio.wait_for(reader.readline(), PATIENCE)
    writer.write(kexinit())
    await writer.drain()
    await asyncio.wait_for(reader.read(MOST), PATIENCE)


async def _telnet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\xff\xfd\x18\xff\xfd\x20\xff\xfb\x01\r\nAutomate de laboratoire (imitation)\r\nlogin: ")
    await writer.drain()
    await asyncio.wait_for(reader.read(MOST), PATIENCE)


async def _vnc(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"RFB 003.008\n")
    await asyncio.wait_for(reader.readexactly(12), PATIENCE)
    writer.write(b"\x01\x01")  # one security type: None
    await writer.drain()
    await asyncio.wait_for(reader.read(MOST), PATIENCE)


async def _store(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    about = b"# Server\r\nredis_version:4.0.9\r\nredis_mode:standalone\r\nos:Linux\r\n"
    known = {b"PING": b"+PONG\r\n", b"INFO": b"$%d\r\n%s\r\n" % (len(about), about), b"QUIT": b"+OK\r\n"}
    while line := await asyncio.wait_for(reader.readline(), PATIENCE):
        verb = line.strip().upper().partition(b" ")[0]
        writer.write(known.get(verb, b"-ERR unknown command\r\n"))
        await writer.drain()
        if verb == b"QUIT":
            return


def servers(state: State, doors: Doors) -> list[Listener]:
    """Return the services of the maintenance machine: behind the remote access once repaired."""
    if state is State.REPAIRED:
        return []
    return [
        Listener(ADDRESS, doors.ssh, _ssh),
        Listener(ADDRESS, doors.telnet, _telnet),
        Listener(ADDRESS, VNC, _vnc),
        Listener(ADDRESS, STORE, _store),
    ]
