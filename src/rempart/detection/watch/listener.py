"""The ports logs are sent to: TCP, TLS, UDP, RELP. What comes is in the journal, on disk, before anything else.

What can be promised. RELP: a message answered 200 is on disk, so that nothing is lost (a sender sends again what was
not answered; what comes twice for that reason is told by its content and dropped). Plain TCP and TLS have no answer:
what the sender's system has handed over and the journal has not yet (a read of 64 KiB a connection, and what waits in
the sockets) is lost when the process is killed; nothing is when it is asked to stop. UDP promises nothing.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Sequence
from functools import partial

from structlog import get_logger

from rempart.detection.watch.framing import Frame, Relp, Syslog, one_line
from rempart.detection.watch.journal import Journal
from rempart.detection.watch.resent import WINDOW, Connection, Resent
from rempart.detection.watch.settings import Listen, Transport
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_READ = 65536
_PAUSE = 0.1
"""Seconds between two looks when the journal is full, and between two syncs of datagrams."""
_LAST_READ = 0.2
"""Seconds that a connection is still read for when the daemon is asked to stop."""
_log = get_logger("rempart.detection.watch")


class Listener(threading.Thread):
    """Serves all ports in one thread. `counts` is read by the metrics: received, dropped, refused, resent, closed.

    Args:
        ports: what to listen on.
        journal: where messages go.

    """

    def __init__(self, ports: Sequence[Listen], journal: Journal) -> None:
        super().__init__(name="listener", daemon=True)
        self.ports = tuple(ports)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.addresses: list[tuple[str, int]] = []
        self.ready = threading.Event()
        self.failure: BaseException | None = None
        self._journal = journal
        self._open: Counter[int] = Counter()
        self._resent = Resent(journal.tail(WINDOW))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def begin(self) -> None:
        """Start, and return once every port is open.

        Raises:
            InputError: a port cannot be opened, or a certificate cannot be read.

        """
        self.start()
        self.ready.wait()
        if isinstance(self.failure, OSError):
            raise InputError(
                Text(fr=f"port d'écoute impossible à ouvrir ({self.failure})", en=f"cannot listen ({self.failure})"),
                where="listen",
            ) from self.failure
        if self.failure is not None:
            raise self.failure

    def stop(self) -> None:
        """Stop accepting, take what connections still hold, and return once it is in the journal."""
        with contextlib.suppress(RuntimeError):  # its loop has already ended
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._stopping.set)
        self.join(timeout=30)

    def run(self) -> None:
        """Serve until told to stop."""
        try:
            asyncio.run(self._serve())
        except (OSError, InputError) as error:
            self.failure = error
        finally:
            self._journal.sync()
            self.ready.set()

    async def _serve(self) -> None:
        servers: list[asyncio.Server] = []
        datagrams: list[asyncio.DatagramTransport] = []
        self._loop = loop = asyncio.get_running_loop()
        for port in self.ports:
            if port.transport is Transport.UDP:
                transport, _ = await loop.create_datagram_endpoint(
                    partial(_Datagrams, self, port), local_addr=(port.address, port.port)
                )
                datagrams.append(transport)
                self.addresses.append(transport.get_extra_info("sockname")[:2])
            else:
                servers.append(await self._server(port))
                self.addresses.append(servers[-1].sockets[0].getsockname()[:2])
        self.ready.set()
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _PAUSE)
            if datagrams:
                await asyncio.to_thread(self._journal.sync)
        for server in servers:
            server.close()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for transport in datagrams:
            transport.close()

    async def _server(self, port: Listen) -> asyncio.Server:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 — a coroutine of a server is a task
            self._tasks.add(task)
            try:
                await self._connection(port, reader, writer)
            finally:
                self._tasks.discard(task)

        return await asyncio.start_server(
            accept, port.address, port.port, limit=_READ, ssl=secured(port), family=_family(port.address)
        )

    async def _connection(self, port: Listen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = port.transport.value
        if self._open[id(port)] >= port.connections:
            self.counts[name, "refused"] += 1
            writer.close()
            return
        self._open[id(port)] += 1
        try:
            serve = self._relp if port.transport is Transport.RELP else self._syslog
            await serve(port, reader, writer)
        except (OSError, EOFError, ssl.SSLError, TimeoutError) as error:
            self.counts[name, "closed"] += 1
            _log.info("connection ended", transport=name, why=type(error).__name__)
        finally:
            self._open[id(port)] -= 1
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 1)

    async def _syslog(self, port: Listen, reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        framing = Syslog(port.longest)
        while data := await self._read(port, reader):
            await self._keep(port, framing.feed(data), framing)
        await self._keep(port, framing.end(), framing)

    async def _keep(self, port: Listen, messages: list[bytes], framing: Syslog) -> None:
        """Put messages on disk before anything more is read of their connection."""
        self.counts[port.transport.value, "dropped"] += framing.dropped
        framing.dropped = 0
        if messages:
            await self._journalled(messages)
            self.counts[port.transport.value, "received"] += len(messages)

    async def _journalled(self, messages: list[bytes]) -> None:
        while self._journal.full and not self._stopping.is_set():  # noqa: ASYNC110 — no event comes from its thread
            await asyncio.sleep(_PAUSE)  # the daemon frees the journal, in another thread
        self._journal.append([one_line(message) for message in messages])
        await asyncio.to_thread(self._journal.sync)

    async def _read(self, port: Listen, reader: asyncio.StreamReader) -> bytes:
        """Return what comes next, b"" at the end of the connection, or when the daemon stops and nothing more waits."""
        reading = asyncio.ensure_future(reader.read(_READ))
        stopping = asyncio.ensure_future(self._stopping.wait())
        patience = port.idle.total_seconds()
        try:
            await asyncio.wait({reading, stopping}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done() and self._stopping.is_set():
                await asyncio.wait({reading}, timeout=_LAST_READ)
            if reading.done():
                return reading.result()
            if self._stopping.is_set():
                return b""
            raise TimeoutError
        finally:
            stopping.cancel()
            reading.cancel()

    async def _relp(self, port: Listen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        framing = Relp(port.longest)
        known = self._resent.connection(str((writer.get_extra_info("peername") or ("",))[0]))
        while data := await self._read(port, reader):
            frames = framing.feed(data)
            await self._relp_messages(port, known, [frame.data for frame in frames if frame.command == "syslog"])
            for frame in frames:
                writer.write(_answer(frame))
            await writer.drain()
            if framing.broken or any(frame.command == "close" for frame in frames):
                self.counts[port.transport.value, "dropped"] += framing.broken
                return
        writer.write(b"0 serverclose 0\n")

    async def _relp_messages(self, port: Listen, known: Connection, messages: list[bytes]) -> None:
        """Put on disk what a RELP sender sends, save what it sends again."""
        lines = [line for message in messages if (line := one_line(message.rstrip(b"\r\n\0")))]
        new = known.new(lines)
        self.counts[port.transport.value, "resent"] += len(lines) - len(new)
        if new:
            await self._journalled(new)
            self.counts[port.transport.value, "received"] += len(new)

    def datagram(self, port: Listen, data: bytes) -> None:
        """Take a datagram; dropped and counted when it is too long or the journal is full."""
        if len(data) > port.longest or self._journal.full:
            self.counts[port.transport.value, "dropped"] += 1
            return
        message = data.rstrip(b"\r\n\0")
        if message:
            self._journal.append([one_line(message)])
            self.counts[port.transport.value, "received"] += 1


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, listener: Listener, port: Listen) -> None:
        self._listener = listener
        self._port = port

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002 — the protocol's own
        """Take a datagram."""
        self._listener.datagram(self._port, data)


def _answer(frame: Frame) -> bytes:
    """Return what RELP answers to a frame."""
    if frame.command == "open":
        said = b"200 OK\nrelp_version=0\nrelp_software=rempart\ncommands=syslog"
    elif frame.command == "syslog":
        said = b"200 OK"
    elif frame.command == "close":
        return b"%d rsp 0\n0 serverclose 0\n" % frame.number
    else:
        said = b"500 unknown command"
    return b"%d rsp %d %s\n" % (frame.number, len(said), said)


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def secured(port: Listen) -> ssl.SSLContext | None:
    """Return the TLS of a port, None without a certificate.

    Raises:
        InputError: a certificate or a key cannot be read.

    """
    if port.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(port.certificate, port.key)
        if port.client_authorities is not None:
            context.load_verify_locations(port.client_authorities)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            Text(fr=f"certificat ou clé inutilisable ({error})", en=f"cannot use the certificate or key ({error})"),
            where=str(port.certificate),
        ) from error
    return context
