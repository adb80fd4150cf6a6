"""Bounded patience: how often and how long to wait for a server that went away."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """At most `attempts` reconnections in a row without progress.

    The first comes after `first` seconds, each of the others after twice as long, `longest` at most.
    """

    attempts: int = 6
    first: float = 1.0
    longest: float = 30.0
    sleep: Callable[[float], None] = time.sleep

    def waits(self) -> Iterator[float]:
        """Yield the seconds to wait before each new attempt."""
        delay = self.first
        for _ in range(self.attempts):
            yield delay
            delay = min(2 * delay, self.longest)
