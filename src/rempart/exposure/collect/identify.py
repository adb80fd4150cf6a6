"""What an open port speaks: the question its number hints at, then silence, then others; the first sure answer wins.

One connection a question, most usual first. An answer that nobody knows ends it: what speaks a language of its own (a
medical device, a machine) is asked nothing more. So does a server that breaks five talks.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from rempart.exposure.collect.exchange import Exchange
from rempart.exposure.collect.question import NEVER, Ask, Endpoint, Observation, Transport
from rempart.exposure.collect.service_questions import GREETING, known, question_of
from rempart.exposure.collect.surveys import Service
from rempart.exposure.protocols.recognise import STARTTLS, proves, recognise, wants_tls
from rempart.exposure.snapshot import Outcome

_SHORT = 1.0
"""Seconds waited for the first answer to a question that no number hinted at."""
_BROKEN = 5
_GONE = {Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.SKIPPED}
_SURE_OF_TLS = ("ALERT", "UNSUPPORTED_PROTOCOL", "CERTIFICATE", "DH_KEY", "RENEGOTIATION", "NO_SHARED", "BAD_ECPOINT")
"""Parts of the reasons of a handshake that failed with somebody who does speak TLS."""


@cache
def hints() -> dict[int, tuple[tuple[str, bool], ...]]:
    """Return the protocols that each port hints at, and whether inside TLS, in the order to ask them."""
    found: dict[int, tuple[tuple[str, bool], ...]] = {}
    for group, inside in (("clear", False), ("tls", True)):
        for protocol, ports in _file()[group].items():
            for port in ports:
                found[port] = (*found.get(port, ()), (protocol, inside))
    return found


async def identify(endpoint: Endpoint, names: Sequence[str], ask: Ask) -> Service:
    """Return what an open port speaks; its protocol is "" when that is not sure.

    Args:
        endpoint: the address and port, asked without a name.
        names: the declared names of the address; the first is given to servers of TLS, which may want one.
        ask: the scheduler's door.

    """
    if endpoint.port in NEVER:
        return Service(endpoint, "")
    return await _Identification(endpoint, names[0] if names else "", ask).found()


class _Identification:
    """One port being named."""

    def __init__(self, endpoint: Endpoint, name: str, ask: Ask) -> None:
        self._endpoint = endpoint
        self._name = name
        self._ask = ask
        self._broken = 0
        self._over = False
        self._tried: set[tuple[str, bool]] = set()

    async def found(self) -> Service:
        hinted = hints().get(self._endpoint.port, ())
        for protocol, tls in hinted:
            if service := await self._try(protocol, tls=tls):
                return service
        if self._endpoint.transport is Transport.UDP or self._over:
            return self._named("")
        if service := await self._greeting():
            return service
        for protocol, tls in self._others():
            if service := await self._try(protocol, tls=tls, seconds=_SHORT):
                return service
        return self._named("")

    def _others(self) -> Iterator[tuple[str, bool]]:
        """Yield what is left to ask, as long as asking may go on."""
        for protocol, tls in (("http", True), *((each, False) for each in _order())):
            if self._over:
                return
            if (protocol, tls) not in self._tried:
                yield protocol, tls

    async def _try(self, protocol: str, *, tls: bool, seconds: float | None = None) -> Service | None:
        """Ask the question of a protocol; return the service when the answer is sure, of this protocol or another."""
        if (protocol, tls) in self._tried or self._over or protocol not in known():
            return None
        self._tried.add((protocol, tls))
        observation = await self._asked(question_of(protocol, tls=tls, seconds=seconds), with_name=tls)
        if tls:
            return self._inside(protocol, observation)
        return await self._in_clear(protocol, observation)

    async def _in_clear(self, protocol: str, observation: Observation) -> Service | None:
        if wants_tls(observation.received):
            return await self._try("http", tls=True)
        if proves(protocol, observation.received):
            return self._named(protocol)
        if other := recognise(observation.received):
            return self._named(other)
        self._over |= bool(observation.received) and not observation.received.startswith(b"220")
        return None

    def _inside(self, protocol: str, observation: Observation) -> Service | None:
        """Return a service that speaks TLS, whose protocol is said by what came inside, else not at all."""
        error = str(observation.detail.get("error", ""))
        if observation.outcome is Outcome.FAILED and not any(part in error for part in _SURE_OF_TLS):
            return None
        if observation.outcome is not Outcome.FAILED and "tls" not in observation.detail:
            return None
        hinted = (protocol, True) in hints().get(self._endpoint.port, ())
        inside = protocol if proves(protocol, observation.received) else recognise(observation.received)
        return Service(self._endpoint, inside or (protocol if hinted else ""), "direct")

    async def _greeting(self) -> Service | None:
        """Wait for a server that speaks first, then ask it for a page."""
        observation = await self._asked(GREETING)
        service = await self._in_clear("", observation)
        if service is None and observation.received[:3] == b"220":
            return await self._try("smtp", tls=False) or await self._try("ftp", tls=False)
        return service

    async def _asked(self, question: Exchange, *, with_name: bool = False) -> Observation:
        endpoint = replace(self._endpoint, name=self._name) if with_name else self._endpoint
        observation = await self._ask(question, endpoint, "")
        self._broken += observation.outcome is Outcome.RESET
        self._over |= observation.outcome in _GONE or self._broken >= _BROKEN
        return observation

    def _named(self, protocol: str) -> Service:
        return Service(self._endpoint, protocol, protocol if protocol in STARTTLS else "")


def _order() -> tuple[str, ...]:
    return tuple(str(each) for each in _file()["after"]["order"])


@cache
def _file() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("hints.toml").read_text(encoding="utf-8"))
