"""What every small server of the demonstration is: a place on loopback, and how it talks."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Reply = Callable[[bytes], bytes | None]
MOST = 1 << 16
"""Bytes a server reads of one message."""
PATIENCE = 20.0
"""Seconds after which a silent client is left."""


class State(StrEnum):
    """How the hospital stands: weak on purpose, or once it had followed its plan."""

    EXPOSED = "exposed"
    REPAIRED = "repaired"


@dataclass(frozen=True)
class Listener:
    """One TCP service; `tls` from the first byte when it is given."""

    address: str
    port: int
    talk: Talk
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True)
class Datagrams:
    """One UDP service: `reply` gives the answer to a datagram, None for silence."""

    address: str
    port: int
    reply: Reply


@dataclass(frozen=True)
class Doors:
    """The ports of the services: usual ones need the right to open low ports; the others need no right."""

    dns: int = 5300
    http: int = 8080
    https: int = 8443
    smtp: int = 2525
    ssh: int = 2222
    telnet: int = 2323


USUAL = Doors(dns=53, http=80, https=443, smtp=25, ssh=22, telnet=23)
UNPRIVILEGED = Doors()
VNC, STORE, DICOM, PACS_WEB, HL7 = 5900, 6379, 11112, 8042, 2575
"""Ports above 1024 already in the world's habits."""
