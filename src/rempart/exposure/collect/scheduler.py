"""All traffic passes here: one call, one turn, one observation."""

import asyncio
import ssl
from datetime import UTC, datetime
from time import perf_counter

from rempart.exposure.collect.question import NEVER, Detail, Endpoint, Observation, Question
from rempart.exposure.collect.wire import SocketWire
from rempart.exposure.snapshot import Outcome

_NEVER_ON: tuple[Outcome, Detail] = (Outcome.SKIPPED, {"why": "never_on"})


class Scheduler:
    """Gives each call its turn and keeps its observation.

    Args:
        at_once: how many connections are open at the same time.
        seconds: the time-out of a connection and of one wait for an answer.

    """

    def __init__(self, *, at_once: int = 64, seconds: float = 5.0) -> None:
        self.seconds = seconds
        self.observations: list[Observation] = []
        self._turns = asyncio.Semaphore(at_once)

    async def ask(self, question: Question, endpoint: Endpoint, subject: str = "") -> Observation:
        """Ask one question when its turn comes, and return what came of it."""
        wire = SocketWire(endpoint, self.seconds)
        async with self._turns:
            began, at = perf_counter(), datetime.now(UTC)
            if endpoint.port in NEVER:
                outcome, detail = _NEVER_ON
            else:
                outcome, detail = await _talk(question, wire)
            wire.close()
        observation = Observation(
            subject=subject,
            endpoint=endpoint,
            probe=question.probe,
            version=question.version,
            question=question.label,
            at=at,
            seconds=perf_counter() - began,
            outcome=outcome,
            sent=bytes(wire.sent),
            received=bytes(wire.received),
            detail=detail,
        )
        self.observations.append(observation)
        return observation


async def _talk(question: Question, wire: SocketWire) -> tuple[Outcome, Detail]:
    """Return how the talk ended and what the probe says of it."""
    try:
        detail = await question.ask(wire) or {}
    except TimeoutError:
        return Outcome.TIMEOUT, {}
    except ConnectionRefusedError:
        return Outcome.REFUSED, {}
    except (ConnectionResetError, BrokenPipeError):
        return Outcome.RESET, {}
    except ssl.SSLError as error:
        return Outcome.FAILED, {"error": error.reason or type(error).__name__}
    except OSError as error:
        return Outcome.UNREACHABLE, {"error": error.strerror or type(error).__name__}
    return (Outcome.ANSWERED if wire.received or detail else Outcome.CLOSED), detail
