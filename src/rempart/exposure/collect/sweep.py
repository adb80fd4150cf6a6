"""Which TCP ports are open: non-blocking sockets on an epoll of our own, each try in the scheduler's turn.

Asyncio's streams are ten times too slow for this (one task and one transport a port); its loop only wakes us when the
epoll has something. A try opens a connection and closes it as soon as it is answered: no byte is sent.
"""

import asyncio
import errno
import select
import socket
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from time import monotonic
from typing import Self

from rempart.exposure.collect.question import Endpoint
from rempart.exposure.collect.scheduler import Scheduler, StoppedError

SECONDS = 0.95
"""Wait for an answer: the kernel would repeat a SYN after one second, uncounted."""
TRIES = 2
PENDING = 4000
_BREATH = 256
"""Tries between two looks at what came back, when no pace makes us wait anyway."""
_FULL = {errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.EAGAIN}
_EVENTS = 4096


_KIND = int(socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
Opened = socket.SocketType
"""The C socket: a third quicker to make than the module's class, whose extras a try has no use for."""


class State(StrEnum):
    """What a try says of a port."""

    OPEN = "open"
    CLOSED = "closed"
    FILTERED = "filtered"
    UNKNOWN = "unknown"


_STATES = {
    0: State.OPEN,
    errno.ECONNREFUSED: State.CLOSED,
    errno.ECONNRESET: State.CLOSED,
    errno.EHOSTUNREACH: State.FILTERED,
    errno.ENETUNREACH: State.FILTERED,
    errno.ETIMEDOUT: State.FILTERED,
    errno.EACCES: State.FILTERED,
}


@dataclass
class Host:
    """One address being swept: the state of each port, and how many tries each took."""

    address: str
    states: dict[int, State] = field(default_factory=dict)
    tries: dict[int, int] = field(default_factory=dict)
    waiting: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    family: int = socket.AF_INET

    def __post_init__(self) -> None:
        self.family = int(socket.AF_INET6 if ":" in self.address else socket.AF_INET)


class Sweep:
    """Sweeps addresses one beside the other. Use it as a context: it holds the epoll.

    Args:
        scheduler: whose turns and perimeter hold.
        random: the order of ports.
        pending: tries that may wait for their answer at once, over all addresses.

    """

    def __init__(self, scheduler: Scheduler, random: Random, *, pending: int = PENDING) -> None:
        self._scheduler = scheduler
        self._random = random
        self._most = pending
        self._poll = select.epoll()
        self._waiting: dict[int, tuple[Opened, Host, int]] = {}
        self._deadlines: deque[tuple[float, int, Opened]] = deque()
        self._room = asyncio.Event()
        self._free = scheduler.paces.unlimited

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._poll.fileno(), self._drain)
        self._clock = loop.create_task(self._expire())
        return self

    def __exit__(self, *_: object) -> None:
        self._clock.cancel()
        asyncio.get_running_loop().remove_reader(self._poll.fileno())
        for waiting in self._waiting.values():
            waiting[0].close()
        self._poll.close()

    async def host(self, address: str, ports: Iterable[int]) -> Host:
        """Return the state of each port of an address.

        A port that says nothing is tried a second time. One that may not be touched (`NEVER`, an exclusion) is left
        out; when the run is stopped, what was not tried to the end is unknown.
        """
        found = Host(address)
        left = [port for port in ports if self._scheduler.forbidden(Endpoint(address, port), "sweep") is None]
        try:
            for turn in range(TRIES):
                self._random.shuffle(left)
                found.tries |= dict.fromkeys(left, turn + 1)
                await self._pass(found, left)
                left = [port for port in left if found.states[port] is State.FILTERED]
        except StoppedError:
            left = [port for port in left if port not in found.states]
            found.states |= dict.fromkeys(left, State.UNKNOWN)
            found.tries |= dict.fromkeys(left, 0)
        return found

    async def _pass(self, host: Host, ports: list[int]) -> None:
        """Try each port once, and wait for all answers."""
        try:
            await (self._at_once(host, ports) if self._free else self._in_turn(host, ports))
        finally:
            while host.waiting:
                host.idle.clear()
                await host.idle.wait()

    async def _in_turn(self, host: Host, ports: list[int]) -> None:
        """Try each port when its turn comes."""
        for port in ports:
            await self._enough_room()
            async with self._scheduler.paces.turn(host.address, connection=True):
                await self._scheduler.pause(host.address)
                await self._tried(host, port)

    async def _at_once(self, host: Host, ports: list[int]) -> None:
        """Try each port as soon as there is room: no pace limits anything."""
        for start in range(0, len(ports), _BREATH):
            await self._scheduler.pause(host.address)
            await self._enough_room()
            for port in ports[start : start + _BREATH]:
                if not self._try(host, port):
                    await self._tried(host, port)
            await asyncio.sleep(0)

    async def _enough_room(self) -> None:
        while len(self._waiting) >= self._most:
            self._room.clear()
            await self._room.wait()

    async def _tried(self, host: Host, port: int) -> None:
        """Try, again a little later while the machine has no socket left for it."""
        while not self._try(host, port):  # noqa: ASYNC110 — nothing tells when the machine has a socket again
            await asyncio.sleep(0.01)

    def _try(self, host: Host, port: int) -> bool:
        """Send one SYN; False when the machine could not even try."""
        try:
            opened = Opened(host.family, _KIND)
        except OSError as error:
            if error.errno in _FULL:
                return False
            raise
        code = opened.connect_ex((host.address, port))
        if code in _FULL:
            opened.close()
            return False
        if code == errno.EINPROGRESS:  # what refuses from near by has done so already: no need to wait for it
            code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) or errno.EINPROGRESS
        if code != errno.EINPROGRESS:
            opened.close()
            host.states[port] = _STATES.get(code, State.UNKNOWN)
            return True
        number = opened.fileno()
        self._poll.register(number, select.EPOLLOUT | select.EPOLLONESHOT)
        self._waiting[number] = (opened, host, port)
        self._deadlines.append((monotonic() + SECONDS, number, opened))
        host.waiting += 1
        return True

    def _drain(self) -> None:
        """Read every answer that is there."""
        for number, _ in self._poll.poll(0, _EVENTS):
            opened, host, port = self._waiting.pop(number)
            code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            self._settle(opened, host, port, _STATES.get(code, State.UNKNOWN))

    def _settle(self, opened: Opened, host: Host, port: int, state: State) -> None:
        opened.close()
        host.states[port] = state
        host.waiting -= 1
        if not host.waiting:
            host.idle.set()
        self._room.set()

    async def _expire(self) -> None:
        """Call filtered what was not answered in time."""
        while True:
            await asyncio.sleep(0.02)
            now = monotonic()
            while self._deadlines and self._deadlines[0][0] <= now:
                _, number, opened = self._deadlines.popleft()
                waiting = self._waiting.get(number)
                if waiting is not None and waiting[0] is opened:
                    del self._waiting[number]
                    self._settle(*waiting, State.FILTERED)
