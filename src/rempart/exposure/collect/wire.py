"""A real connection, opened once, that keeps what passes: the only place where an engine's bytes meet a socket."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

from rempart.exposure.collect.question import Endpoint, Transport

CHUNK = 1 << 16
MOST_KEPT = 1 << 18
"""Bytes kept of one answer; a server that never stops is cut there."""


class SocketWire:
    """One TCP connection or one UDP socket (see `question.Wire`)."""

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        self.endpoint = endpoint
        self.seconds = seconds
        self.sent = bytearray()
        self.received = bytearray()
        self.wire_sent = 0
        self.wire_received = 0
        self._socket: socket.socket | None = None
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()

    @property
    def opened(self) -> bool:
        """Whether the one connection was made or tried."""
        return self._socket is not None

    async def open(self) -> None:
        """Connect within the time-out."""
        if self._socket is not None:
            raise AssertionError("a question opens one connection at most")
        family = socket.AF_INET6 if ":" in self.endpoint.address else socket.AF_INET
        kind = socket.SOCK_DGRAM if self.endpoint.transport is Transport.UDP else socket.SOCK_STREAM
        self._socket = socket.socket(family, kind)
        self._socket.setblocking(False)  # noqa: FBT003 — the standard library's own name
        if kind == socket.SOCK_STREAM:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(self.seconds):
            await asyncio.get_running_loop().sock_connect(self._socket, (self.endpoint.address, self.endpoint.port))

    async def send(self, data: bytes) -> None:
        """Send all of `data`, inside TLS once it was started."""
        self.sent += data
        if self._tls is None:
            await self._push(data)
        else:
            self._tls.write(data)
            await self._push(self._outgoing.read())

    async def receive(
        self, limit: int, *, seconds: float | None = None, until: Callable[[bytes], bool] | None = None
    ) -> bytes:
        """Return what comes (see `question.Wire.receive`)."""
        got = bytearray()
        try:
            async with asyncio.timeout(self.seconds if seconds is None else seconds):
                while len(got) < limit:
                    part = await self._pull(limit - len(got))
                    got += part
                    if not part or until is None or until(bytes(got)):
                        break
        except TimeoutError:
            if not got:
                raise
        finally:
            self.received += got[: MOST_KEPT - len(self.received)]
        return bytes(got)

    async def start_tls(self, context: ssl.SSLContext, server_name: str | None) -> ssl.SSLObject:
        """Complete a handshake within the time-out."""
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        async with asyncio.timeout(self.seconds):
            while True:
                try:
                    self._tls.do_handshake()
                except ssl.SSLWantReadError:
                    await self._push(self._outgoing.read())
                    await self._feed()
                except ssl.SSLError:
                    with contextlib.suppress(OSError):
                        await self._push(self._outgoing.read())  # the alert, so that the server knows why
                    raise
                else:
                    await self._push(self._outgoing.read())
                    return self._tls

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()

    async def _push(self, data: bytes) -> None:
        if data:
            self.wire_sent += len(data)
            await asyncio.get_running_loop().sock_sendall(self._open(), data)

    async def _feed(self) -> bool:
        """Hand what the network gives to TLS; False at the end."""
        data = await asyncio.get_running_loop().sock_recv(self._open(), CHUNK)
        self.wire_received += len(data)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        return bool(data)

    async def _pull(self, limit: int) -> bytes:
        if self._tls is None:
            data = await asyncio.get_running_loop().sock_recv(self._open(), min(limit, CHUNK))
            self.wire_received += len(data)
            return data
        while True:
            try:
                return self._tls.read(min(limit, CHUNK))
            except ssl.SSLWantReadError:
                await self._push(self._outgoing.read())
                if not await self._feed():
                    return b""
            except ssl.SSLZeroReturnError:
                return b""

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise AssertionError("a question opens its connection before it talks")
        return self._socket
