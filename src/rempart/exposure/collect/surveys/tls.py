"""What a TLS service accepts, in as few connections as can be: suites offered many at once, each chosen one removed.

Versions and chunks of suites are asked in parallel. Nothing is sent after the server's first flight, but for one full
handshake a version (and one for each kind of suite that hides nothing), so that "offered" and "completed" are told
apart. Not asked: heartbeat messages, renegotiations, any known attack (Heartbleed, ROBOT, ...), early data.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from rempart.exposure.collect.question import Ask, Endpoint
from rempart.exposure.collect.surveys import Service, service_survey
from rempart.exposure.collect.tls_questions import OURS, FullQuestion, OldQuestion
from rempart.exposure.collect.tls_talk import Meaning, Talk
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls.hello import WEB, Hello, offer
from rempart.exposure.protocols.tls.starttls import DIALECTS

CHUNK, SMALL_CHUNK = 64, 16
PROTOCOL_VERSION = 70
BREAKAGE = (None, 80)
"""What a server that broke says: nothing, or internal_error."""
_WEB_PROTOCOLS, _WEB_PORTS = ("http", "https"), (443, 8443)
_VERSIONS = (reg.TLS13, reg.TLS12, reg.TLS11, reg.TLS10, reg.SSL3)


class Inquiry:
    """One service being asked: what was found so far decides what is asked next."""

    def __init__(self, service: Service, ask: Ask, *, pause: float = 0.5) -> None:
        self.talk = Talk(service, ask, pause)
        self.endpoint: Endpoint = service.endpoint
        web = service.protocol in _WEB_PROTOCOLS or (not service.protocol and service.endpoint.port in _WEB_PORTS)
        self.protocols = WEB if web and service.tls == "direct" else ()
        self.found: dict[str, list[int]] = {version: [] for version in _VERSIONS}
        self.groups: set[int] = set()
        self.closed: set[str] = set()  # versions refused as such
        self.broken: set[str] = set()  # versions whose refusals may be breakages

    def _offer(self, version: str, suites: Iterable[int], name: str | None = None) -> Hello:
        """Return the hello that offers these suites, by the declared name."""
        return offer(version, tuple(suites), self.endpoint.name if name is None else name, self.protocols)

    async def run(self) -> None:
        """Ask all there is to ask."""
        await asyncio.gather(*(self._usual(version, CHUNK) for version in _VERSIONS))
        if not any(self.found.values()) and not self.talk.left_alone:
            self.broken = set(_VERSIONS)
            await asyncio.gather(*(self._usual(version, SMALL_CHUNK) for version in _VERSIONS))
            self.talk.left_alone = not self.talk.answered
        elif self.broken:
            again = [version for version in (reg.TLS11, reg.TLS10) if not self.found[version]]
            await asyncio.gather(*(self._usual(version, CHUNK) for version in again if version not in self.closed))
        await asyncio.gather(*(self._rest(version) for version in _VERSIONS))
        if not self.talk.left_alone:
            await self._ask(OldQuestion(self.talk.dialect))
        if any(self.found.values()):
            await asyncio.gather(self._all_groups(), self._manners(), self._complete())

    async def _usual(self, version: str, size: int) -> None:
        """Ask the suites that servers of our days speak."""
        await self._chunk(version, reg.suites_of(version)[:size], first=True)

    async def _rest(self, version: str) -> None:
        """Ask the other suites: in one hello when a version refused all the usual ones, in chunks otherwise."""
        others = reg.suites_of(version)[CHUNK:]
        if version in self.closed or self.talk.left_alone:
            return
        size = CHUNK if self.found[version] or version == reg.TLS12 else len(others) or 1
        chunks = [others[start : start + size] for start in range(0, len(others), size)]
        await asyncio.gather(*(self._chunk(version, chunk) for chunk in chunks))

    async def _chunk(self, version: str, chunk: tuple[int, ...], *, first: bool = False) -> None:
        """Offer the suites of a chunk until the server takes none of those that are left."""
        left = list(chunk)
        while left:
            hidden = first and version == reg.TLS13 and len(left) == len(chunk)
            # without a key of ours, a server of TLS 1.3 names its suite and stops there: it signs nothing
            hello = replace(self._offer(version, left), shares=version != reg.TLS13 or hidden)
            reply = await self.talk.hello(hello, "suites", hidden=hidden)
            if reply.meaning is Meaning.UNKNOWN and len(left) > SMALL_CHUNK and not first:
                half = len(left) // 2
                await self._chunk(version, tuple(left[:half]), first=True)
                await self._chunk(version, tuple(left[half:]), first=True)
                return
            if reply.meaning is not Meaning.TAKEN:
                if reply.answer.alert == PROTOCOL_VERSION and not self.found[version]:
                    self.closed.add(version)
                if first and reply.meaning is Meaning.REFUSED and reply.answer.alert in BREAKAGE:
                    await self._apart(version, left)
                return
            if reply.answer.version != version or reply.answer.suite not in left:
                self.closed.add(version)
                return
            left.remove(reply.answer.suite)
            self.found[version].append(reply.answer.suite)

    async def _apart(self, version: str, left: list[int]) -> None:
        """Ask the suites of DHE apart: a server without DH parameters breaks on them, and hides the others.

        Old versions are asked so only of a server that was seen to break, or that took nothing at all.
        """
        if version not in {reg.TLS12, *self.broken}:
            return
        finite = tuple(code for code in left if reg.suites()[code].key_exchange == "DHE")
        others = tuple(code for code in left if code not in finite)
        if finite and others:
            known = len(self.found[version])
            await self._chunk(version, others)
            await self._chunk(version, finite)
            if len(self.found[version]) > known:
                self.broken |= set(_VERSIONS)

    async def _all_groups(self) -> None:
        """Ask the groups of TLS 1.3 one after the other, then those that only earlier versions have."""
        if self.found[reg.TLS13]:
            await self._groups(reg.TLS13, self.found[reg.TLS13])
        for version in (reg.TLS12, reg.TLS11, reg.TLS10):
            curved = [code for code in self.found[version] if reg.suites()[code].key_exchange == "ECDHE"]
            if curved:  # by an RSA certificate where there is one: another's own curve must be in the list
                signed = [code for code in curved if reg.suites()[code].authentication == "RSA"] or curved
                await self._groups(version, signed)
                return

    async def _groups(self, version: str, suites: list[int]) -> None:
        left = [code for code in reg.groups_of(version) if code not in self.groups]
        if version != reg.TLS13:
            left = [code for code in left if reg.groups()[code].kind == "ec"]
        while left:
            hello = replace(self._offer(version, suites), groups=tuple(left), shares=False)
            reply = await self.talk.hello(hello, "groups")
            exchange = reply.answer.exchange
            if reply.meaning is not Meaning.TAKEN or exchange is None or exchange.group not in left:
                return
            self.groups.add(exchange.group)
            kind = reg.groups()[exchange.group].kind
            # finite fields are all large enough here: one says that they are spoken
            left = [g for g in left if g != exchange.group and (kind != "ff" or reg.groups()[g].kind != "ff")]

    async def _manners(self) -> None:
        """Ask what is asked once: order, fallback, weak signatures, the certificate without a name."""
        await asyncio.gather(*(self.talk.hello(hello, what) for what, hello in self._once()))

    def _once(self) -> list[tuple[str, Hello]]:
        spoken = [version for version in _VERSIONS if self.found[version]]
        asked: list[tuple[str, Hello]] = []
        ordered = next((version for version in (reg.TLS12, *_VERSIONS) if len(self.found[version]) > 1), None)
        if ordered:
            asked.append(("order", self._offer(ordered, reversed(self.found[ordered]))))
        if len(spoken) > 1:
            suites = (*self.found[spoken[1]], reg.FALLBACK_SCSV)
            asked.append(("fallback", self._offer(spoken[1], suites)))
        signed = [c for c in self.found[reg.TLS12] if reg.suites()[c].key_exchange in {"ECDHE", "DHE"}]
        if signed:
            weak = tuple(code for code, kind in reg.signatures().items() if kind.hash in {"SHA1", "MD5"})
            asked.append(("signatures", replace(self._offer(reg.TLS12, signed), signatures=weak)))
        if self.endpoint.name:
            asked.append(("no name", self._offer(spoken[0], self.found[spoken[0]], "")))
        return asked

    async def _complete(self) -> None:
        """Complete one handshake a version, the highest one with the check of the chain; then of hollow suites."""
        spoken = [version for version in _VERSIONS if self.found[version] and version in OURS]
        for rank, version in enumerate(spoken):
            seen = await self._ask(FullQuestion(version, self.talk.dialect, trust=rank == 0))
            if seen is not None and seen.get("trusted") is False:
                await self._ask(FullQuestion(version, self.talk.dialect))
        for suite in ("eNULL", "aNULL"):
            weakest = self._hollow(suite)
            if weakest:
                await self._ask(FullQuestion(weakest, self.talk.dialect, suite))

    def _hollow(self, kind: str) -> str | None:
        """Return a version that offers suites without a cipher (eNULL) or without authentication (aNULL)."""
        for version in spoken_before_13(self.found):
            for code in self.found[version]:
                suite = reg.suites()[code]
                if (kind == "eNULL" and suite.cipher == "NULL") or (kind == "aNULL" and suite.authentication == "anon"):
                    return version
        return None

    async def _ask(self, question: FullQuestion | OldQuestion) -> dict[str, object] | None:
        async with self.talk.turns:
            return dict((await self.talk.ask(question, self.endpoint, "")).detail)


def spoken_before_13(found: dict[str, list[int]]) -> list[str]:
    """Return the versions that the local OpenSSL completes and that have suites of the old kind."""
    return [version for version in (reg.TLS12, reg.TLS11, reg.TLS10) if found[version]]


@service_survey("tls", wants=lambda service: service.tls == "direct" or service.tls in DIALECTS)
async def survey(service: Service, ask: Ask) -> None:
    """Ask a TLS service what it accepts."""
    await Inquiry(service, ask).run()
