"""A question made of a few fixed words: say, listen, and stop at the first answer that is not the expected one."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from rempart.exposure.collect.question import Detail, Endpoint, Json, Load, Wire

LIMIT = 1 << 14
"""Bytes listened to for one step: a server that never stops is left there."""
_OLD_RENEGOTIATION = ssl.Options(0x4)
"""OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on."""
Say = bytes | Callable[[Endpoint, bytes], bytes]
Until = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One turn: what is said (made from the endpoint and all that came so far), and what tells that the reply is whole.

    Nothing said before a reply: the server speaks first; nothing made by a function: the talk ends there. A step
    without `until` is a farewell: it is said, and nothing is awaited. After an `optional` one, silence lets the talk
    go on. `until` is given all that came since the talk began.
    """

    say: Say = b""
    until: Until | None = None
    seconds: float | None = None
    optional: bool = False

    def words(self, endpoint: Endpoint, received: bytes) -> bytes | None:
        """Return what is said, None when the talk must end."""
        if isinstance(self.say, bytes):
            return self.say
        return self.say(endpoint, received) or None


@dataclass(frozen=True, slots=True)
class Exchange:
    """The question of one protocol, over one connection, in clear or inside TLS (`handshake`: seconds it may take)."""

    probe: str
    steps: tuple[Step, ...]
    what: str = ""
    load: Load = Load.LOW
    tls: bool = False
    version: int = 1
    limit: int = LIMIT
    handshake: float | None = None

    @property
    def label(self) -> str:
        """What is asked, and whether inside TLS."""
        return f"{self.what or self.probe}{' (TLS)' if self.tls else ''}"

    async def ask(self, wire: Wire) -> Detail | None:
        """Talk; the detail says the version of TLS, and how the talk broke off once something had come."""
        detail: dict[str, Json] = {}
        await wire.open()
        if self.tls:
            async with asyncio.timeout(self.handshake):
                session = await wire.start_tls(any_certificate(), wire.endpoint.name or None)
            detail["tls"] = session.version()
        for step in self.steps:
            words = step.words(wire.endpoint, bytes(wire.received))
            if words is None:
                break
            try:
                if not await self._turn(wire, words, step):
                    break
            except (TimeoutError, OSError) as error:
                if not (wire.received or self.tls):
                    raise
                detail["broke"] = getattr(error, "reason", None) or type(error).__name__
                break
        return detail

    async def _turn(self, wire: Wire, words: bytes, step: Step) -> bool:
        """Say and listen; False at the end of the connection."""
        if words:
            await wire.send(words)
        if step.until is None:
            return True
        before, until = bytes(wire.received), step.until
        try:
            return bool(await wire.receive(self.limit, seconds=step.seconds, until=lambda part: until(before + part)))
        except TimeoutError:
            if not step.optional:
                raise
            return True


def line(data: bytes) -> bool:
    """Tell whether a line is there."""
    return b"\n" in data


def anything(data: bytes) -> bool:
    """Tell whether something came."""
    return bool(data)


def at_least(count: int) -> Until:
    """Return what tells that `count` bytes came."""
    return lambda data: len(data) >= count


def any_certificate() -> ssl.SSLContext:
    """Return a context that takes any certificate and old versions: TLS is only a way in here, judged elsewhere."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= _OLD_RENEGOTIATION
    return context
