"""Asking hellos with patience: what an answer means, when to ask again more softly, when to leave a server alone."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from rempart.exposure.collect.question import Ask, Observation
from rempart.exposure.collect.surveys import Service
from rempart.exposure.collect.tls_questions import HelloQuestion
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls.answer import Answer, read_answer
from rempart.exposure.protocols.tls.hello import Hello
from rempart.exposure.snapshot import Outcome

AT_ONCE, AT_ONCE_STARTTLS = 8, 3
"""Connections at the same time to one service; servers with words before TLS count their clients."""
MOST_RESETS, LONGEST_PAUSE = 6, 8.0
"""Resets believed one after another of a server that refuses so; the longest back-off, in seconds."""
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
    resets: int = 0
    answered: bool = False
    left_alone: bool = False
    refuses_by_reset: bool = False
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
        reset = seen is not None and seen.outcome is Outcome.RESET and (self.dialect or not seen.received)
        if seen is not None and reset:
            seen = await self._after_reset(seen, hello, what, hidden=hidden)
        reply = self._read(seen, hello)
        known = reply.meaning is not Meaning.UNKNOWN
        self.answered = self.answered or known
        self.silences = 0 if known else self.silences + (not reset)
        self.left_alone = self.left_alone or self.silences >= MOST_SILENCES
        if reply.meaning is Meaning.TAKEN:
            self.welcome = self.welcome or hello
            self.resets = 0
        return reply

    async def _once(self, hello: Hello, what: str, *, hidden: bool) -> Observation | None:
        async with self.turns:
            if self.left_alone:
                return None
            return await self.ask(HelloQuestion(hello, self.dialect, what, hidden), self.service.endpoint, "")

    async def _after_reset(self, seen: Observation, hello: Hello, what: str, *, hidden: bool) -> Observation | None:
        """Return what to believe after a reset.

        A second reset is a refusal if a hello that was welcome before still is. Of a server that was seen to refuse
        so, a few resets are believed at once, until one of its hellos is taken again.
        """
        self.resets += 1
        if self.refuses_by_reset and self.resets <= MOST_RESETS:
            return seen
        await asyncio.sleep(min(self.pause * 2 ** (self.resets - 1), LONGEST_PAUSE))
        again = await self._once(hello, what, hidden=hidden)
        if again is None or again.outcome is not Outcome.RESET or self.welcome is None:
            return None if again is not None and again.outcome is Outcome.RESET else again
        control = await self._once(self.welcome, "control", hidden=False)
        if control is None or control.outcome is not Outcome.ANSWERED:
            self.left_alone = True
            return None
        self.refuses_by_reset, self.resets = True, 0
        return again

    def _read(self, seen: Observation | None, hello: Hello) -> Reply:
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
        nonsense = answer.offered and answer.suite not in hello.suites
        if nonsense or (not said and not answer.offered and answer.alert is None):
            return Reply(Meaning.UNKNOWN)
        return Reply(Meaning.TAKEN if answer.offered else Meaning.REFUSED, answer)
