"""Asking hellos with patience: what an answer means, when to ask again more softly, when to leave a server alone."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from rempart.exposure.collect.question import Ask, Observation
from rempart.exposure.collect.surveys import Service
from rempart.exposure.collect.tls_questions import HelloQuestion
from rempart.exposure.protocols.tls.answer import Answer, read_answer
from rempart.exposure.protocols.tls.hello import Hello
from rempart.exposure.protocols.tls.reader import Malformed
from rempart.exposure.snapshot import Outcome

AT_ONCE, AT_ONCE_STARTTLS = 8, 3
"""Connections at the same time to one service; servers with words before TLS count their clients."""
MOST_SILENCES = 3
"""Questions without a usable answer, one after the other, after which a server is left alone."""


class Meaning(StrEnum):
    """What came of a hello."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reply:
    """What a hello got."""

    meaning: Meaning
    answer: Answer = field(default_factory=Answer)


@dataclass
class Talk:
    """The questions of one survey of one service.

    `pause` is the first back-off, in seconds; it doubles at each reset.
    """

    service: Service
    ask: Ask
    pause: float = 0.5
    silences: int = 0
    left_alone: bool = False
    welcome: Hello | None = None
    turns: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.turns = asyncio.Semaphore(AT_ONCE if self.dialect == "" else AT_ONCE_STARTTLS)

    @property
    def dialect(self) -> str:
        """The words before TLS, "" for none."""
        return "" if self.service.tls == "direct" else self.service.tls

    async def hello(self, hello: Hello, what: str, *, hidden: bool = False) -> Reply:
        """Ask one hello; a reset is asked again after a pause, and believed only of a server that still answers."""
        seen = await self._once(hello, what, hidden=hidden)
        if seen is None:
            return Reply(Meaning.UNKNOWN)
        if seen.outcome is Outcome.RESET and (self.dialect or not seen.received):
            seen = await self._after_reset(hello, what, hidden=hidden)
        reply = self._read(seen)
        self.silences = self.silences + 1 if reply.meaning is Meaning.UNKNOWN else 0
        self.left_alone = self.left_alone or self.silences >= MOST_SILENCES
        if reply.meaning is Meaning.TAKEN and self.welcome is None:
            self.welcome = hello
        return reply

    async def _once(self, hello: Hello, what: str, *, hidden: bool) -> Observation | None:
        async with self.turns:
            if self.left_alone:
                return None
            return await self.ask(HelloQuestion(hello, self.dialect, what, hidden), self.service.endpoint, "")

    async def _after_reset(self, hello: Hello, what: str, *, hidden: bool) -> Observation | None:
        """Return the second answer; a second reset is a refusal if a hello that was welcome before still is."""
        wait, self.pause = self.pause, min(self.pause * 2, 8.0)
        await asyncio.sleep(wait)
        seen = await self._once(hello, what, hidden=hidden)
        if seen is None or seen.outcome is not Outcome.RESET:
            return seen
        if self.welcome is None:
            return None
        again = await self._once(self.welcome, "control", hidden=False)
        if again is None or again.outcome is not Outcome.ANSWERED:
            self.left_alone = True
            return None
        return seen

    def _read(self, seen: Observation | None) -> Reply:
        """Return what an observation says; bytes that came before a reset or a time-out say it too."""
        if seen is None:
            return Reply(Meaning.UNKNOWN)
        said = seen.outcome in {Outcome.ANSWERED, Outcome.CLOSED, Outcome.RESET}
        if not said and (self.dialect or not seen.received):
            return Reply(Meaning.UNKNOWN)
        start = seen.detail.get("tls_at", 0)
        try:
            answer = read_answer(seen.received[start if isinstance(start, int) else 0 :])
        except Malformed:
            return Reply(Meaning.UNKNOWN)
        if not said and not answer.offered and answer.alert is None:
            return Reply(Meaning.UNKNOWN)
        return Reply(Meaning.TAKEN if answer.offered else Meaning.REFUSED, answer)
