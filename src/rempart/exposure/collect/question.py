"""The contract of every probe: one question, at most one connection, nothing hidden about what it sends.

A `Question` is what one call asks. It gets a `Wire`, which is the only door to the network; the scheduler counts what
passes through it, and makes the `Observation` from what the wire saw.
"""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from rempart.exposure.snapshot import Outcome

Json = bool | int | float | str | None | list["Json"] | dict[str, "Json"]
Detail = Mapping[str, Json]

NEVER = frozenset({*range(9100, 9108), 102, 502, 789, 1911, 2404, 4911, 9600, 20000, 44818, 47808})
"""Ports that no probe writes to: raw printing (what is sent is printed) and industrial or building automation."""


class Transport(StrEnum):
    """How bytes travel."""

    TCP = "tcp"
    UDP = "udp"


class Load(StrEnum):
    """What one call costs the service that answers it."""

    LOW = "low"  # what any client sends when it connects
    MEDIUM = "medium"  # a handshake or a page: some computing
    HIGH = "high"  # many of these; or a server known to lock its clients out


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """Where a question is asked: an address literal, a port, and the declared name to ask it by ("" for none)."""

    address: str
    port: int
    transport: Transport = Transport.TCP
    name: str = ""


class Wire(Protocol):
    """One connection at most, opened once; it keeps all that was sent and received, up to its limit."""

    endpoint: Endpoint
    sent: bytearray
    received: bytearray

    async def open(self) -> None:
        """Connect (TCP), or make the socket (UDP). Twice is an error of the probe."""

    async def send(self, data: bytes) -> None:
        """Send all of `data`."""

    async def receive(
        self,
        limit: int,
        *,
        seconds: float | None = None,
        until: Callable[[bytes], bool] | None = None,
    ) -> bytes:
        """Return what comes: one read, or reads until `until(all of them)` holds, `limit` bytes or the end.

        `seconds` bounds the whole wait (default: the run's time-out).

        Raises:
            TimeoutError: nothing at all came in time. What came before is returned.

        """

    async def start_tls(self, context: ssl.SSLContext, server_name: str | None) -> ssl.SSLObject:
        """Turn the connection to TLS with a full handshake; later sends and receives are inside it."""


class Question(Protocol):
    """What one call asks of one endpoint."""

    @property
    def probe(self) -> str:
        """The name of the probe: `tls.hello`, `http.get`..."""

    @property
    def version(self) -> int:
        """Raised when what is sent changes."""

    @property
    def label(self) -> str:
        """What is asked, in a few words or parameters: it tells this question from the probe's others."""

    @property
    def load(self) -> Load:
        """What it costs the service."""

    async def ask(self, wire: Wire) -> Detail | None:
        """Talk. The wire keeps the bytes; what bytes cannot say is returned.

        Errors of the network are let through: the scheduler turns them into an outcome.
        """


@dataclass(frozen=True, slots=True)
class Observation:
    """What came of one question: a row of the snapshot's table."""

    subject: str
    endpoint: Endpoint
    probe: str
    version: int
    question: str
    at: datetime
    seconds: float
    outcome: Outcome
    sent: bytes
    received: bytes
    detail: Detail = field(default_factory=dict)


Ask = Callable[[Question, Endpoint, str], Awaitable[Observation]]
"""Ask a question of an endpoint on behalf of a subject (a domain name, "" for a service); the scheduler's own door."""
