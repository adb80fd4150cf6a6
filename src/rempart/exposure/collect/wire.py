"""A real connection, opened once, that keeps what passes: the only place where an engine's bytes meet a socket."""

import asyncio
import contextlib
import errno
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

from rempart.exposure.collect.question import Endpoint, Transport

CHUNK = 1 << 16
MOST_KEPT = 1 << 18
"""Bytes kept of one answer; a server that never stops is cut there."""


SEGMENT = 1400
"""Bytes of one packet that is written, below what any path carries whole."""
_SYN_SECONDS = 0.95
"""Wait for an answer to a SYN: the kernel would repeat it after one second, and no gate would know."""
_SYNS = 2
LONGEST_TALK = 60.0
"""Seconds of one talk once its connection was tried: a server that drips is cut there."""


class Gate(Protocol):
    """Whoever says when something may be sent: it is sent while the turn is held."""

    def opening(self) -> AbstractAsyncContextManager[None]:
        """Return the turn of a new connection."""

    def sending(self) -> AbstractAsyncContextManager[None]:
        """Return the turn of one packet."""


class Free:
    """Lets everything pass at once."""

    @asynccontextmanager
    async def opening(self) -> AsyncIterator[None]:
        """Wait for nothing."""
        yield

    sending = opening


class SocketWire:
    """One TCP connection or one UDP socket (see `question.Wire`)."""

    def __init__(self, endpoint: Endpoint, seconds: float, gate: Gate | None = None) -> None:
        self.deadline: asyncio.Timeout | None = None
        self.began = 0.0
        self.tries = 0
        self.began_at: datetime | None = None
        self._gate: Gate = gate or Free()
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
        return self.tries > 0

    async def open(self) -> None:
        """Connect; a SYN that gets no answer is sent once more, in a turn of its own."""
        if self._socket is not None:
            raise AssertionError("a question opens one connection at most")
        for _ in range(_SYNS if self.endpoint.transport is Transport.TCP else 1):
            with contextlib.suppress(TimeoutError):
                await self._try()
                return
        raise TimeoutError

    async def _try(self) -> None:
        """Send one SYN in its turn and wait for what comes of it (UDP: nothing is sent)."""
        self.close()
        family = socket.AF_INET6 if ":" in self.endpoint.address else socket.AF_INET
        kind = socket.SOCK_DGRAM if self.endpoint.transport is Transport.UDP else socket.SOCK_STREAM
        opening = self._socket = socket.socket(family, kind)
        opening.setblocking(False)  # noqa: FBT003 — the standard library's own name
        if kind == socket.SOCK_STREAM:
            opening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with self._gate.opening():
            code = opening.connect_ex((self.endpoint.address, self.endpoint.port))
        self.tries += 1
        loop = asyncio.get_running_loop()
        self.began, self.began_at = loop.time(), datetime.now(UTC)
        if self.deadline is not None:
            self.deadline.reschedule(self.began + LONGEST_TALK)
        async with asyncio.timeout(min(self.seconds, _SYN_SECONDS)):
            await _connected(opening, code)

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
        for start in range(0, len(data), SEGMENT):
            part = data[start : start + SEGMENT] if self.endpoint.transport is Transport.TCP else data
            async with self._gate.sending():
                await asyncio.get_running_loop().sock_sendall(self._open(), part)
            self.wire_sent += len(part)
            if len(part) == len(data):
                break

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


async def _connected(opened: socket.socket, code: int) -> None:
    """Wait until a connection that was begun is there.

    Raises:
        OSError: it will not be, as the network says.

    """
    if code == errno.EINPROGRESS:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        loop.add_writer(opened.fileno(), _set, ready)
        try:
            await ready
        finally:
            loop.remove_writer(opened.fileno())
        code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def _set(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
