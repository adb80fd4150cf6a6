"""The scheduler: gives each call its turn, asks the perimeter first, and keeps what came of it."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from random import Random

from rempart.exposure.collect.dns_question import PROBE as DNS_PROBE
from rempart.exposure.collect.dns_question import addresses_of, answer_of
from rempart.exposure.collect.question import NEVER, Ask, Detail, Endpoint, Observation, Question
from rempart.exposure.collect.scheduler.clock import Clock, SystemClock
from rempart.exposure.collect.scheduler.journal import Cost, Journal, MemoryJournal
from rempart.exposure.collect.scheduler.pace import Limits, Paces
from rempart.exposure.collect.scheduler.patience import Patience
from rempart.exposure.collect.scheduler.stopping import Stop, StoppedError
from rempart.exposure.collect.wire import SocketWire
from rempart.exposure.perimeter import Rates, Scope
from rempart.exposure.perimeter.quiet import quiet_until
from rempart.exposure.snapshot import Outcome


class Scheduler:
    """Gives each call its turn and keeps its observation.

    Args:
        scope: what may be touched; None for a lab: loopback and unique local addresses only.
        limits: what the run may do; None for no rate at all, `at_once` connections.
        at_once: how many connections are open at the same time, when there are no limits.
        seconds: the time-out of a connection and of one wait for an answer.
        journal: where observations are kept; in memory by default.
        resolvers: addresses and ports that DNS questions may be asked of.
        stop: the kill switch.
        clock: the time.
        random: where jitter comes from.

    """

    def __init__(  # noqa: PLR0913 — everything the traffic of a run depends on, by name
        self,
        *,
        scope: Scope | None = None,
        limits: Limits | None = None,
        at_once: int = 64,
        seconds: float = 5.0,
        journal: Journal | None = None,
        resolvers: tuple[Endpoint, ...] = (),
        stop: Stop | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        self.scope = scope
        self.seconds = seconds
        self.clock = clock or SystemClock()
        self.journal: Journal = journal if journal is not None else MemoryJournal()
        self.stop = stop or Stop()
        self.polite = limits is not None
        self.paces = Paces(limits or Limits(run=Rates(at_once=at_once)), self.clock, random or Random(0))  # noqa: S311 — jitter is no secret
        self.patience = Patience(pauses=self.polite)
        self.asked = 0
        self._resolvers = frozenset((each.address, each.port) for each in resolvers)

    @property
    def observations(self) -> list[Observation]:
        """The observations of a journal in memory."""
        if not isinstance(self.journal, MemoryJournal):
            raise TypeError("the observations of a run are in its work folder")
        return self.journal.observations

    def for_survey(self, survey: str) -> Ask:
        """Return the `ask` of one survey: exclusions may name it."""

        async def ask(question: Question, endpoint: Endpoint, subject: str = "") -> Observation:
            return await self.ask(question, endpoint, subject, survey=survey)

        return ask

    async def ask(self, question: Question, endpoint: Endpoint, subject: str = "", *, survey: str = "") -> Observation:
        """Ask one question when its turn comes, and return what came of it."""
        known = self.journal.again(question.probe, question.version, question.label, endpoint, subject)
        if known is not None:
            self._learn(known)
            return known
        resolver = self._is_resolver(question, endpoint)
        wire = SocketWire(endpoint, self.seconds, _Gate(self, endpoint, resolver=resolver))
        async with self.paces.place(endpoint.address, resolver=resolver):
            at = self.clock.now()
            forbidden = self._resolving() if resolver else self.forbidden(endpoint, survey)
            outcome, detail = (Outcome.SKIPPED, forbidden) if forbidden else await self._talk(question, wire)
            wire.close()
        observation = Observation(
            subject=subject,
            endpoint=endpoint,
            probe=question.probe,
            version=question.version,
            question=question.label,
            at=wire.began_at or at,
            seconds=self.clock.monotonic() - wire.began if wire.opened else 0.0,
            outcome=outcome,
            sent=bytes(wire.sent),
            received=bytes(wire.received),
            detail=detail,
        )
        self._keep(observation, wire)
        return observation

    def _keep(self, observation: Observation, wire: SocketWire) -> None:
        """Write down what came; what was not asked because somebody stopped the run is left for the next launch."""
        if observation.detail.get("why") == "stopped":
            return
        self.asked += 1
        if wire.opened:
            self.patience.note(observation.endpoint.address, observation.outcome, self.clock.monotonic())
        self.journal.keep(observation, Cost(wire.tries, wire.wire_sent, wire.wire_received))
        self._learn(observation)

    async def _talk(self, question: Question, wire: SocketWire) -> tuple[Outcome, Detail]:
        """Return how the talk ended and what the probe says of it."""
        try:
            async with asyncio.timeout(None) as limit:
                wire.deadline = limit
                detail = await question.ask(wire) or {}
        except StoppedError:
            return Outcome.SKIPPED, {"why": "stopped"}
        except ExhaustedError:
            return Outcome.SKIPPED, {"why": "backed_off"}
        except (TimeoutError, OSError) as error:
            return _network_outcome(error)
        return (Outcome.ANSWERED if wire.received or detail else Outcome.CLOSED), detail

    def forbidden(self, endpoint: Endpoint, survey: str = "") -> Detail | None:
        """Return why an endpoint may not be touched; None when it may. Nothing is opened without this answer."""
        if endpoint.port in NEVER:
            return {"why": "never_on"}
        if self.scope is None:
            return None if is_lab(endpoint.address) else {"why": "outside"}
        if not self.polite and not is_loopback(endpoint.address):
            return {"why": "impolite"}
        permission = self.scope.permits(endpoint.address, endpoint.port, endpoint.name, self.clock.now(), survey)
        if permission or permission.reason is None:
            return None
        return {"why": str(permission.refusal), "fr": permission.reason.fr, "en": permission.reason.en}

    def _resolving(self) -> Detail | None:
        """Return why a resolver may not be asked; None when it may."""
        return None if self.scope is None or self.scope.mandated(self.clock.now()) else {"why": "mandate"}

    def _is_resolver(self, question: Question, endpoint: Endpoint) -> bool:
        return question.probe == DNS_PROBE and (endpoint.address, endpoint.port) in self._resolvers

    def _learn(self, observation: Observation) -> None:
        """Note the addresses that a resolver gives for a declared name."""
        if self.scope is None or observation.probe != DNS_PROBE:
            return
        answer = answer_of(observation)
        if answer is not None and (observation.endpoint.address, observation.endpoint.port) in self._resolvers:
            name, addresses = addresses_of(answer)
            for address in addresses:
                self.scope.learn(name, address)

    async def pause(self, address: str) -> None:
        """Wait until an address may be sent something: quiet hours over, its rest after a burst of resets over.

        Raises:
            StoppedError: the run must open nothing more.
            ExhaustedError: the address was given up.

        """
        while True:
            self.stop.check(self.clock.monotonic())
            if self.patience.exhausted(address):
                raise ExhaustedError
            left = max(self._silence(), self.patience.wait(address, self.clock.monotonic()))
            if left <= 0:
                return
            await self.clock.sleep(min(left, 1.0))

    def _silence(self) -> float:
        if self.scope is None:
            return 0.0
        now = self.clock.now()
        until = quiet_until(self.scope.perimeter.quiet, now)
        return 0.0 if until is None else (until - now).total_seconds()


class ExhaustedError(Exception):
    """An address broke so many talks that it is asked nothing more."""


class _Gate:
    """The turns of one wire."""

    def __init__(self, scheduler: Scheduler, endpoint: Endpoint, *, resolver: bool) -> None:
        self._scheduler = scheduler
        self._address = endpoint.address
        self._resolver = resolver

    @asynccontextmanager
    async def opening(self) -> AsyncIterator[None]:
        """Hold the turn of a connection."""
        await self._scheduler.pause(self._address)
        async with self._scheduler.paces.turn(self._address, connection=True, resolver=self._resolver):
            await self._scheduler.pause(self._address)
            yield

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Hold the turn of a packet of an open talk."""
        async with self._scheduler.paces.turn(self._address, connection=False, resolver=self._resolver):
            yield


@lru_cache(maxsize=4096)
def is_loopback(address: str) -> bool:
    """Tell whether an address is this very machine's."""
    return ipaddress.ip_address(address).is_loopback


@lru_cache(maxsize=4096)
def is_lab(address: str) -> bool:
    """Tell whether an address cannot be anybody else's: loopback, or unique local in IPv6 (a namespace of ours)."""
    place = ipaddress.ip_address(address)
    return place.is_loopback or (place.version == 6 and place in ipaddress.ip_network("fc00::/7"))  # noqa: PLR2004 — IPv6


def _network_outcome(error: OSError) -> tuple[Outcome, Detail]:
    """Return the outcome an error of the network stands for."""
    if isinstance(error, TimeoutError):
        return Outcome.TIMEOUT, {}
    if isinstance(error, ConnectionRefusedError):
        return Outcome.REFUSED, {}
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return Outcome.RESET, {}
    if isinstance(error, ssl.SSLError):
        return Outcome.FAILED, {"error": error.reason or type(error).__name__}
    return Outcome.UNREACHABLE, {"error": error.strerror or type(error).__name__}
