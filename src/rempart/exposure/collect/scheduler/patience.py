"""Backing off: an address that resets or refuses one talk after another is left alone, longer each time."""

from dataclasses import dataclass

from rempart.exposure.snapshot import Outcome

BURST = 8
"""Talks broken one after another before a pause."""
FIRST_PAUSE = 10.0
MOST_PAUSES = 4
"""After these (10, 20, 40 and 80 s) the address is asked nothing more in this run."""
_BROKEN = {Outcome.RESET, Outcome.REFUSED}


@dataclass
class _Mood:
    broken: int = 0
    pauses: int = 0
    until: float = float("-inf")


class Patience:
    """What each address has endured. `pauses` False only counts: a lab has no firewall to worry."""

    def __init__(self, *, pauses: bool = True) -> None:
        self._pauses = pauses
        self._moods: dict[str, _Mood] = {}

    def note(self, address: str, outcome: Outcome, now: float) -> None:
        """Learn how a talk with an open port ended."""
        if outcome not in _BROKEN:
            if mood := self._moods.get(address):
                mood.broken = 0
            return
        mood = self._moods.setdefault(address, _Mood())
        mood.broken += 1
        if self._pauses and mood.broken >= BURST:
            mood.until = now + FIRST_PAUSE * 2**mood.pauses
            mood.pauses += 1
            mood.broken = 0

    def wait(self, address: str, now: float) -> float:
        """Return how many seconds the address must still be left alone."""
        mood = self._moods.get(address)
        return 0.0 if mood is None else max(0.0, mood.until - now)

    def exhausted(self, address: str) -> bool:
        """Tell whether the address must be asked nothing more."""
        mood = self._moods.get(address)
        return mood is not None and mood.pauses > MOST_PAUSES

    def given_up(self) -> tuple[str, ...]:
        """Return the addresses that were given up, for the report's gaps."""
        return tuple(sorted(address for address in self._moods if self.exhausted(address)))
