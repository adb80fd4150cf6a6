"""The hospital as a whole: all its servers in one background thread, as long as a `with` block lasts.

with Hospital(State.EXPOSED) as hospital:
    ...                       # hospital.perimeter, hospital.authority

Nothing listens outside 127.88.1.0/28.
"""

import asyncio
import ipaddress
import threading
from contextlib import suppress
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, cast

from rempart.exposure.demo import health, mail, maintenance, names, web
from rempart.exposure.demo.certificates import Authority
from rempart.exposure.demo.listening import UNPRIVILEGED, Datagrams, Doors, Listener, Reply, State, Talk
from rempart.exposure.perimeter import Perimeter, read_perimeter
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

NETWORK = ipaddress.ip_network("127.88.1.0/28")
_BEGINS, _BREATH = 10.0, 0.1
"""Seconds: for all servers to open, and for what was cut to be closed."""
_ROUNDS = 50


class Hospital:
    """The fictional hospital, in one of its states.

    Args:
        state: weak on purpose, or repaired.
        doors: the ports of its services; the default needs no right of root.
        at: the moment that its certificates suit (default: now).

    Raises:
        InputError: an address is taken.

    """

    def __init__(self, state: State, *, doors: Doors = UNPRIVILEGED, at: datetime | None = None) -> None:
        self.state = state
        self.doors = doors
        self._at = at or datetime.now(UTC)
        self._folder = TemporaryDirectory(prefix="rempart-demo-")
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._thread = threading.Thread(target=self._run, name="rempart-demo", daemon=True)

    @property
    def authority(self) -> Path:
        """The file of the fictional authority, for those who are to believe it (SSL_CERT_FILE)."""
        return self._authority.path

    @property
    def perimeter(self) -> Perimeter:
        """The perimeter of the demonstration."""
        text = files(__package__).joinpath("perimeter.toml").read_text(encoding="utf-8")
        return read_perimeter(text.replace("{resolver}", f"{names.RESOLVER}:{self.doors.dns}"), "perimeter.toml")

    @property
    def places(self) -> list[tuple[str, int, str]]:
        """Every place that listens: address, port, transport."""
        return [(each.address, each.port, "tcp" if isinstance(each, Listener) else "udp") for each in self._servers]

    def __enter__(self) -> Self:
        self._authority = Authority(Path(self._folder.name), self._at)
        self._servers = self._all()
        if any(ipaddress.ip_address(each.address) not in NETWORK for each in self._servers):
            raise AssertionError("a server of the demonstration outside its network")
        self._thread.start()
        self._ready.wait(_BEGINS)
        if self._failure is not None:
            self.__exit__(None, None, None)
            raise InputError(
                Text(
                    fr=f"l'hôpital de démonstration n'a pas pu démarrer ({self._failure})",
                    en=f"the demonstration hospital could not start ({self._failure})",
                ),
                advice=Text(
                    fr="Une autre démonstration tourne-t-elle ? Arrêtez-la d'abord.",
                    en="Is another demonstration running? Stop it first.",
                ),
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._over is not None:
            with suppress(RuntimeError):  # the loop ended by itself
                self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._folder.cleanup()

    def _all(self) -> list[Listener | Datagrams]:
        return [
            *names.servers(self.state, self.doors),
            *web.servers(self.state, self.doors, self._authority),
            *mail.servers(self.state, self.doors, self._authority),
            *health.servers(self.state),
            *maintenance.servers(self.state, self.doors),
        ]

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        """Open every service, say that they are ready, and wait for the end."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda *_: None)  # what clients do to a connection is no news here
        self._over = asyncio.Event()
        opened: list[asyncio.Server | asyncio.DatagramTransport] = []
        try:
            for each in self._servers:
                opened.append(await self._open(each))  # noqa: PERF401 — those opened before a failure are to close
        except OSError as error:
            self._failure = error
            self._over.set()
        self._ready.set()
        await self._over.wait()
        for server in opened:
            server.close()
        await self._end_talks()

    async def _end_talks(self) -> None:
        """Let what was just accepted begin, cut what is still open, and let every talk and every handshake end."""
        await asyncio.sleep(_BREATH)
        for _ in range(_ROUNDS):
            others = asyncio.all_tasks() - {asyncio.current_task()}
            if not others:
                break
            for writer in self._talks.values():
                writer.transport.abort()
            await asyncio.wait(others, timeout=_BREATH)
        await asyncio.sleep(_BREATH)

    async def _open(self, server: Listener | Datagrams) -> asyncio.Server | asyncio.DatagramTransport:
        if isinstance(server, Listener):
            talk = self._polite(server.talk)
            return await asyncio.start_server(talk, server.address, server.port, ssl=server.tls, backlog=256)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Answering(server.reply), local_addr=(server.address, server.port)
        )
        return transport

    def _polite(self, talk: Talk) -> Talk:
        """Return a talk that ends quietly, whatever its client does."""

        async def talked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 — asyncio runs each talk as a task
            self._talks[task] = writer
            with suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
                await talk(reader, writer)
            writer.close()
            with suppress(OSError, TimeoutError):
                await writer.wait_closed()
            del self._talks[task]

        return talked


class _Answering(asyncio.DatagramProtocol):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # what asyncio gives is no subclass of it

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._reply(data)
        if answer is not None:
            self._transport.sendto(answer, addr)
