"""The stages of a run: resolve names, sweep and survey each address, survey each name."""

import asyncio
import hashlib
import ipaddress
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING

from rempart.exposure.collect.dns_question import DnsQuestion, addresses_of, answer_of, look_up
from rempart.exposure.collect.front_page import WEB_PORTS, FrontPage
from rempart.exposure.collect.ports import DECOY, kept_of
from rempart.exposure.collect.question import Ask, Endpoint, Observation, Question, Transport
from rempart.exposure.collect.scheduler import Scheduler, WorkJournal
from rempart.exposure.collect.surveys import Service, ServiceSurvey, surveys
from rempart.exposure.collect.sweep import State, Sweep
from rempart.exposure.perimeter.scope import USUAL_PORTS
from rempart.exposure.snapshot import Outcome
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

if TYPE_CHECKING:
    from rempart.exposure.collect.run import Plan

ADDRESSES_AT_ONCE = 64
NAMES_AT_ONCE = 16
NAMES_OF_AN_ADDRESS = 64
"""Declared names of one address that are surveyed; the others are a gap."""
UDP_SERVICES = {53: "dns", 123: "ntp", 161: "snmp", 500: "ike"}
"""What is asked over UDP, where a survey wants it: a silent port and a filtered one look the same."""
_WILDCARD = Text(
    fr="tout nom y répond (DNS générique) : un nom trouvé dessous peut ne correspondre à rien",
    en="any name answers there (wildcard DNS): a name found beneath it may be nothing",
)
_WIDEST_LISTED = 65_536
"""Addresses of a range that are tried one by one; of a wider one (IPv6), only those that names lead to."""


def silent(stage: str, done: int, total: int | None) -> None:
    """Show nothing."""


class Stages:
    """What is left of a run."""

    def __init__(
        self,
        plan: "Plan",
        journal: WorkJournal,
        scheduler: Scheduler,
        random: Random,
        tell: Callable[[str, int, int | None], None],
    ) -> None:
        self._plan = plan
        self._journal = journal
        self._scheduler = scheduler
        self._random = random
        self._tell = tell
        assert scheduler.scope is not None  # noqa: S101 — a run has a perimeter
        self._scope = scheduler.scope

    async def audit(self) -> None:
        """Do the stages one after the other; addresses and names of one stage go side by side, in random order."""
        names = await self._begin()
        addresses = self._addresses()
        self._random.shuffle(addresses)
        with Sweep(self._scheduler, self._random) as sweep:
            await self._each("addresses", addresses, lambda each: self._address(sweep, each), ADDRESSES_AT_ONCE)
        await self._each("domains", names, self._survey_name, NAMES_AT_ONCE)
        self._end()

    async def discover(self) -> None:
        """Only read what declared names mention: their DNS records, their certificates, where their pages send to."""
        await self._each("mentions", await self._begin(), self._mentions, NAMES_AT_ONCE)
        self._end()

    async def _begin(self) -> list[str]:
        """Learn which addresses the names lead to, and return the names that may be surveyed, in random order."""
        now = self._scheduler.clock.now()
        for warning in self._scope.warnings(now):
            self._journal.keep_gap("perimeter", "", warning)
        if not self._scope.mandated(now):
            raise InputError(
                Text(fr="aucun mandat en cours : rien n'a été envoyé", en="no mandate holds: nothing was sent"),
                where="perimeter.toml, mandate",
            )
        names = list(self._names())
        self._random.shuffle(names)
        await self._each("names", names, self._resolve, NAMES_AT_ONCE)
        return [name for name in names if self._scope.permits_name(name, now)]

    def _end(self) -> None:
        for address in self._scheduler.patience.given_up():
            reason = Text(
                fr="trop de connexions coupées : mesure arrêtée sur cette adresse",
                en="too many broken connections: this address was left alone",
            )
            self._journal.keep_gap("backed_off", address, reason)

    async def _each(self, stage: str, items: list[str], work: Callable[[str], Awaitable[None]], at_once: int) -> None:
        """Do `work` for each item not done by an earlier launch, `at_once` side by side."""
        left = iter([item for item in items if not self._journal.is_done(stage, item)])
        done = len(items) - sum(1 for item in items if not self._journal.is_done(stage, item))

        async def one_after_another() -> None:
            nonlocal done
            for item in left:
                await work(item)
                if self._scheduler.stop.asked:
                    return
                if stage != "names":  # what names lead to is learnt again by each launch, from what is kept
                    self._journal.mark_done(stage, item)
                done += 1
                self._tell(stage, done, len(items))

        self._tell(stage, done, len(items))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(items))):
                group.create_task(one_after_another())

    def _names(self) -> Iterator[str]:
        """Yield the declared names, those that declarations cover, and the excluded ones: their addresses matter."""
        excluded = (each.name for each in self._plan.perimeter.exclusions if each.name is not None)
        found = {each.name for each in self._plan.perimeter.names} | set(excluded)
        yield from sorted(found | {name for name in self._plan.names if self._scope.declared(name) is not None})

    async def _resolve(self, name: str) -> None:
        """Ask which addresses a name has; the scheduler learns them."""
        ask, resolver = self._scheduler.for_survey("resolve"), self._plan.resolver
        await asyncio.gather(*(look_up(DnsQuestion(name, kind), resolver, ask, name) for kind in ("A", "AAAA")))
        answers = await asyncio.gather(
            *(look_up(DnsQuestion(f"{label}.{name}", "A"), resolver, ask) for label in self._nobody(name))
        )
        messages = [answer for each in answers if (answer := answer_of(each)) is not None]
        if messages and all(addresses_of(message)[1] for message in messages):
            self._journal.keep_gap("discovery", name, _WILDCARD)

    def _nobody(self, name: str) -> list[str]:
        """Return labels that nobody gave a host, the same at each launch: what answers for them answers for any."""
        digest = hashlib.sha256(f"{self._plan.perimeter.digest} {name}".encode()).hexdigest()
        return [digest[start : start + 16] for start in (0, 16, 32)]

    async def _mentions(self, name: str) -> None:
        """Ask what a declared name leads to: records, and one page of each web server that its addresses have."""
        ask, resolver = self._scheduler.for_survey("discovery"), self._plan.resolver
        kinds = ("MX", "NS", "TXT", "CNAME")
        await asyncio.gather(*(look_up(DnsQuestion(name, kind), resolver, ask, name) for kind in kinds))
        addresses = [each for each in self._scope.addresses() if name in self._scope.names_of(each)]
        page = FrontPage(self._plan.user_agent)
        await asyncio.gather(
            *(ask(page, Endpoint(address, port, name=name), "") for address in addresses for port in WEB_PORTS)
        )

    def _addresses(self) -> list[str]:
        """Return the addresses to look at: those of declared ranges, and those that declared names lead to."""
        found = set(self._scope.addresses())
        for each in self._plan.perimeter.ranges:
            if each.range.num_addresses <= _WIDEST_LISTED:
                found |= {str(address) for address in each.range}
            else:
                reason = Text(
                    fr="plage trop large pour être parcourue : seules ses adresses nommées ont été mesurées",
                    en="range too wide to be walked: only the addresses that names lead to were measured",
                )
                self._journal.keep_gap("wide_range", str(each.range), reason)
        return sorted(found, key=lambda address: ipaddress.ip_address(address).packed)

    async def _address(self, sweep: Sweep, address: str) -> None:
        """Sweep an address, name what is open and survey it."""
        opened = await self._open_ports(sweep, address)
        kept = list(kept_of(opened))
        if len(opened) > DECOY:
            reason = Text(
                fr=f"{len(opened)} ports répondent : un leurre ou un pare-feu répond pour eux ; "
                f"seuls les usuels ont été mesurés",
                en=f"{len(opened)} ports answer: a decoy or a firewall answers for them; only usual ones were measured",
            )
            self._journal.keep_gap("decoy", address, reason)
        await asyncio.gather(*(self._service(Endpoint(address, port)) for port in kept))
        if self._scope.sweeps(address):
            await asyncio.gather(*(self._datagrams(address, port) for port in UDP_SERVICES))

    async def _open_ports(self, sweep: Sweep, address: str) -> list[int]:
        if not self._journal.is_done("sweep", address):
            ports = self._plan.ports if self._scope.sweeps(address) else sorted(USUAL_PORTS & set(self._plan.ports))
            found = await sweep.host(address, ports)
            if self._scheduler.stop.asked:
                return []
            rows = [(address, port, str(state), found.tries.get(port, 0)) for port, state in found.states.items()]
            self._journal.keep_ports(rows)
            self._journal.mark_done("sweep", address)
        return [port for port, state in self._journal.states_of(address).items() if state == State.OPEN]

    async def _service(self, endpoint: Endpoint) -> None:
        """Name an open port, then run the surveys that want it: by each declared name where names make a difference."""
        names = self._scope.names_of(endpoint.address)
        service = await self._identify(endpoint, names)
        self._journal.keep_service(endpoint, service.protocol, service.tls)
        if len(names) > NAMES_OF_AN_ADDRESS:
            reason = Text(
                fr=f"{len(names)} noms à cette adresse : les {NAMES_OF_AN_ADDRESS} premiers ont été mesurés",
                en=f"{len(names)} names at this address: the first {NAMES_OF_AN_ADDRESS} were measured",
            )
            self._journal.keep_gap("many_names", endpoint.address, reason)
        await asyncio.gather(
            *(
                self._survey(survey, function, asked)
                for survey, (wants, function) in surveys().services.items()
                if wants(service)
                for asked in _by_name(service, survey, names[:NAMES_OF_AN_ADDRESS])
            )
        )

    async def _identify(self, endpoint: Endpoint, names: Sequence[str]) -> Service:
        """Name an open port; a defect of identification is written down, and leaves the port without a name."""
        try:
            return await self._plan.identify(endpoint, names, self._scheduler.for_survey("identify"))
        except Exception as error:  # noqa: BLE001 — whatever a hostile server made it do
            self._journal.keep_flaw(f"identify, {endpoint.address} {endpoint.port}/{endpoint.transport}", repr(error))
            return Service(endpoint, "")

    async def _datagrams(self, address: str, port: int) -> None:
        """Run the surveys of a UDP service; what they get tells the state of its port."""
        service = Service(Endpoint(address, port, Transport.UDP), UDP_SERVICES[port])
        wanted = [(name, function) for name, (wants, function) in surveys().services.items() if wants(service)]
        if not wanted:
            return
        outcomes: set[Outcome] = set()

        def noting(ask: Ask) -> Ask:
            async def ask_and_note(question: Question, endpoint: Endpoint, subject: str = "") -> Observation:
                observation = await ask(question, endpoint, subject)
                outcomes.add(observation.outcome)
                return observation

            return ask_and_note

        await asyncio.gather(*(self._survey(name, function, service, noting) for name, function in wanted))
        self._journal.keep_service(service.endpoint, service.protocol if Outcome.ANSWERED in outcomes else "", "")

    async def _survey(
        self, name: str, function: ServiceSurvey, service: Service, wrap: Callable[[Ask], Ask] = lambda ask: ask
    ) -> None:
        """Run one survey; a defect of it is written down and costs the others nothing."""
        try:
            await function(service, wrap(self._scheduler.for_survey(name)))
        except Exception as error:  # noqa: BLE001 — whatever a hostile server made a survey do
            end = service.endpoint
            self._journal.keep_flaw(
                f"{name}, {end.address} {end.port}/{end.transport} {end.name}".rstrip(), repr(error)
            )

    async def _survey_name(self, name: str) -> None:
        for survey, function in surveys().names.items():
            permission = self._scope.permits_name(name, self._scheduler.clock.now(), survey)
            if not permission:
                self._journal.keep_gap("excluded", f"{survey}, {name}", permission.reason or Text(fr="", en=""))
                continue
            try:
                await function(name, self._plan.resolver, self._scheduler.for_survey(survey))
            except Exception as error:  # noqa: BLE001 — whatever a hostile zone made a survey do
                self._journal.keep_flaw(f"{survey}, {name}", repr(error))


def _by_name(service: Service, survey: str, names: Iterable[str]) -> list[Service]:
    """Return the service as it is asked: by each name when the web or TLS answers there, else once by its address."""
    named = service.protocol == "http" or service.tls == "direct" or (service.tls and survey.startswith("tls"))
    end = service.endpoint
    found = [
        Service(Endpoint(end.address, end.port, end.transport, name), service.protocol, service.tls) for name in names
    ]
    return found if named and found else [service]
