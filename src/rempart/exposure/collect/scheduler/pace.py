"""Exact rates: between two sends of one pace, at least its spacing, whatever happens in between.

A turn is held from before the send until after it, and the next turn counts its spacing from then: a process that was
slow to send, or slow to wake, makes the pace slower, never faster. So a window of one second never holds more sends
than the declared rate.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from rempart.exposure.collect.scheduler.clock import Clock
from rempart.exposure.perimeter import Range, Rates

_MARGIN = 1.002
"""Spacing above 1/rate, so that a window whose two ends are sends holds no more than the rate; and clocks differ."""


class Pace:
    """One rate: whoever waits gets a turn in the order of asking."""

    def __init__(self, rate: float | None, clock: Clock, wait: Callable[[float], float]) -> None:
        self._spacing = 0.0 if rate is None else _MARGIN / rate
        self._clock = clock
        self._wait = wait
        self._lock = asyncio.Lock()
        self._free_at = float("-inf")

    @property
    def free(self) -> bool:
        """Whether this pace limits nothing."""
        return not self._spacing

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the turn; what is sent is sent before it is given back."""
        async with self._lock:
            while (left := self._free_at - self._clock.monotonic()) > 0:
                await self._clock.sleep(left)
            try:
                yield
            finally:
                self._free_at = self._clock.monotonic() + self._wait(self._spacing)


@dataclass
class Limit:
    """The paces and the places of one thing that is limited: the run, a range, an address."""

    connections: Pace
    packets: Pace
    places: asyncio.Semaphore | None


@dataclass(frozen=True)
class Limits:
    """What a run may do: in all, to each address, to each declared range, to the resolvers."""

    run: Rates = field(default_factory=Rates)
    address: Rates = field(default_factory=Rates)
    ranges: Sequence[Range] = ()
    dns_per_second: float | None = None
    jitter: float = 0.0


class Paces:
    """Every limit of a run. An address is limited by its own, by those of each range that holds it and by the run's.

    Turns and places are taken from the narrowest to the widest, so that one who waits for a slow address keeps nobody
    else waiting, and no two wait for each other.
    """

    def __init__(self, limits: Limits, clock: Clock, random: Random) -> None:
        self._limits = limits
        self._clock = clock
        self._random = random
        self._run = self._limit(limits.run)
        self._dns = self._limit(Rates(connections_per_second=limits.dns_per_second, packets_per_second=None))
        self._ranges = [(each.range, self._limit(each.rates)) for each in limits.ranges if each.rates != Rates()]
        self._chains: dict[str, tuple[Limit, ...]] = {}

    @property
    def unlimited(self) -> bool:
        """Whether no pace limits anything (politeness switched off)."""
        rates = (self._limits.run, self._limits.address, *(each.rates for each in self._limits.ranges))
        return all(each.connections_per_second is None and each.packets_per_second is None for each in rates)

    @asynccontextmanager
    async def place(self, address: str, *, resolver: bool = False) -> AsyncIterator[None]:
        """Hold a place among the talks that may be open at once."""
        async with AsyncExitStack() as stack:
            for limit in self._chain(address, resolver=resolver):
                if limit.places is not None:
                    await stack.enter_async_context(limit.places)
            yield

    @asynccontextmanager
    async def turn(self, address: str, *, connection: bool, resolver: bool = False) -> AsyncIterator[None]:
        """Hold the turn of one packet, which opens a connection or not; send it inside."""
        async with AsyncExitStack() as stack:
            for limit in self._chain(address, resolver=resolver):
                for pace in (limit.connections, limit.packets) if connection else (limit.packets,):
                    if not pace.free:
                        await stack.enter_async_context(pace.turn())
            yield

    def _chain(self, address: str, *, resolver: bool) -> tuple[Limit, ...]:
        if resolver:
            return (self._dns,)
        if address not in self._chains:
            place = ipaddress.ip_address(address)
            ranges = [limit for held, limit in self._ranges if place in held]
            self._chains[address] = (self._limit(self._limits.address), *ranges, self._run)
        return self._chains[address]

    def _limit(self, rates: Rates) -> Limit:
        return Limit(
            Pace(rates.connections_per_second, self._clock, self._wait),
            Pace(rates.packets_per_second, self._clock, self._wait),
            None if rates.at_once is None else asyncio.Semaphore(rates.at_once),
        )

    def _wait(self, spacing: float) -> float:
        """Return the spacing with its jitter, which only ever makes it longer."""
        return spacing * (1 + self._limits.jitter * self._random.random())
