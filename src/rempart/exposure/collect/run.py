"""A whole run: names, ports, identification, surveys, all through one scheduler, kept in a work folder as they come.

A run may be cut at any moment and done again: nothing that was answered is asked twice.

    with Run(Plan(perimeter, work, identify)) as run:
        asyncio.run(run.measure())
        snapshot = run.save(path)
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from rempart.exposure.collect.discovery import Discovery
from rempart.exposure.collect.http import contact
from rempart.exposure.collect.ports import usual_ports
from rempart.exposure.collect.question import Ask, Endpoint, Transport
from rempart.exposure.collect.resolvers import system_resolvers
from rempart.exposure.collect.scheduler import Clock, Limits, Scheduler, Stop, SystemClock, WorkJournal
from rempart.exposure.collect.stages import Stages, silent
from rempart.exposure.collect.surveys import Resolver, Service
from rempart.exposure.collect.writing import Told, save_run
from rempart.exposure.perimeter import Perimeter, Scope
from rempart.exposure.protocols.http.request import agent
from rempart.exposure.snapshot import Snapshot
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

Identify = Callable[[Endpoint, Sequence[str], Ask], Awaitable[Service]]
JITTER = 0.2
"""How much longer than its spacing a turn may wait, at random: no beat for a sensor to notice, and never quicker."""


@dataclass(frozen=True)
class Plan:
    """What a run is to do.

    Attributes:
        perimeter: what may be touched.
        work: the work folder; a run that finds its own beginning there goes on.
        identify: what an open port speaks.
        ports: the TCP ports to try.
        seconds: the time-out of a wait for an answer.
        polite: False drops every rate; for a lab on loopback only.
        names: names found elsewhere (certificate transparency) that a declaration with `subdomains` covers.

    """

    perimeter: Perimeter
    work: Path
    identify: Identify
    ports: tuple[int, ...] = field(default_factory=usual_ports)
    seconds: float = 5.0
    polite: bool = True
    names: tuple[str, ...] = ()

    @property
    def user_agent(self) -> str:
        """Who asks, and the page that says why."""
        return agent(self.perimeter.mandate.contact)

    @property
    def limits(self) -> Limits | None:
        """The rates of this run; None when they are dropped."""
        rates = self.perimeter.rates
        if not self.polite:
            return None
        return Limits(rates.of_run(), rates.of_address(), self.perimeter.ranges, rates.dns_per_second, JITTER)

    @property
    def resolver(self) -> Resolver:
        """Where DNS questions go: the perimeter's resolvers, else the machine's."""
        named = self.perimeter.resolvers or system_resolvers()
        return Resolver(tuple(Endpoint(address, port, Transport.UDP) for address, port in named))


class Run:
    """One run and its work folder, open.

    Raises:
        InputError: the folder holds another run; or politeness was dropped outside a lab.

    """

    def __init__(self, plan: Plan, *, clock: Clock | None = None) -> None:
        self.plan = plan
        self.clock = clock or SystemClock()
        self.scope = Scope(plan.perimeter)
        self.stop = Stop(plan.work)
        _refuse_rude(plan)
        self.journal = WorkJournal(plan.work)
        self._same_run("perimeter", plan.perimeter.digest)
        self._same_run("ports", hashlib.sha256(",".join(map(str, plan.ports)).encode()).hexdigest())
        self.seed = int(self.journal.origin("seed", str(secrets.randbits(32))))
        self._ended_at = self.clock.now()
        self.began_at = datetime.fromisoformat(self.journal.origin("began_at", self.clock.now().isoformat()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.journal.close()

    async def measure(
        self, tell: Callable[[str, int, int | None], None] = silent, *, only_discover: bool = False
    ) -> None:
        """Do what is left of the run; `tell(stage, done, total)` learns how far it is.

        Raises:
            StoppedError: somebody asked to stop; the folder holds what was done.

        """
        contact.set(self.plan.perimeter.mandate.contact)
        resolver = self.plan.resolver
        scheduler = Scheduler(
            scope=self.scope,
            limits=self.plan.limits,
            seconds=self.plan.seconds,
            at_once=512,
            journal=self.journal,
            resolvers=resolver.endpoints,
            stop=self.stop,
            clock=self.clock,
            random=Random(self.seed),  # noqa: S311 — jitter is no secret
        )
        contact.set(self.plan.perimeter.mandate.contact)
        stages = Stages(self.plan, self.journal, scheduler, Random(self.seed), tell)  # noqa: S311 — nor is an order
        with self.stop.on_interrupt():
            await (stages.discover() if only_discover else stages.audit())
        self.stop.check(self.clock.monotonic())
        self._ended_at = self.clock.now()

    def save(self, path: Path, *, kind: str = "audit") -> Snapshot:
        """Write the snapshot of a run that was measured whole, and return it.

        Raises:
            InputError: it cannot be written there.

        """
        discovery = Discovery(self.scope)
        for name in self.plan.names:
            discovery.mention(name, "ct", "")
        told = Told(self.plan.perimeter, self.began_at, self._ended_at, self.seed, kind)
        return save_run(self.journal, self.scope, discovery, told, path)

    def discard(self) -> None:
        """Remove what the work folder holds of this run, once its snapshot is kept; the folder too when it is empty."""
        self.journal.close()
        self.journal.remove()

    def _same_run(self, key: str, value: str) -> None:
        if self.journal.origin(key, value) == value:
            return
        self.journal.close()
        raise InputError(
            Text(
                fr="ce dossier contient le début d'une autre mesure (périmètre ou ports différents)",
                en="this folder holds the beginning of another run (other perimeter or ports)",
            ),
            where=str(self.plan.work),
            advice=Text(fr="Choisissez un autre dossier de travail.", en="Choose another work folder."),
        )


def _refuse_rude(plan: Plan) -> None:
    if plan.polite or all(each.range.is_loopback for each in plan.perimeter.ranges):
        return
    raise InputError(
        Text(
            fr="la mesure sans ménagement n'est permise que sur la machine elle-même",
            en="a run without politeness is for this very machine only",
        ),
        where="--no-politeness",
    )
