"""An incident: alerts of one story, about the same machines, accounts or addresses."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Stage:
    """A tactic of ATT&CK the intruder is seen at.

    Attributes:
        tactic: slug ("lateral-movement"), empty for alerts whose rule names none.
        first: first sign, None when undated.
        alerts: identifiers, by time.

    """

    tactic: str
    first: datetime | None
    alerts: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """How urgent an incident is, out of 100, and where the points come from (see `alerts.score`).

    Attributes:
        severity: from the levels of its rules and their rarity, 50 at most.
        breadth: from the number of tactics, 25 at most.
        progress: from how far the attack went, 25 at most.

    """

    severity: int
    breadth: int
    progress: int

    @property
    def total(self) -> int:
        """Return the points out of 100."""
        return self.severity + self.breadth + self.progress

    @property
    def word(self) -> str:
        """Return how urgent that is: urgent, high, watch or low."""
        return next(
            word for word, least in (("urgent", 75), ("high", 50), ("watch", 25), ("low", 0)) if self.total >= least
        )


@dataclass(frozen=True)
class Incident:
    """Alerts that tell one story.

    Attributes:
        id: made of its first alert, so that it stays as the incident grows.
        score: how urgent it is.
        level: the highest level of its rules.
        first, last: moments of its signs, None when undated.
        active: its last sign is less than an hour before the moment the incidents were made.
        hosts, users, addresses: who and what is concerned, the most alerts first.
        alerts: identifiers, by time.
        events: how many events its alerts stand for.
        stages: what the intruder is seen doing, in the order of an attack.
        actions: identifiers of what to do, the most urgent first (`words/actions.toml`).
        declare: reasons why a declaration to the CERT Santé is likely due (same file), empty when none was seen.

    """

    id: str
    score: Score
    level: str
    first: datetime | None
    last: datetime | None
    active: bool
    hosts: tuple[str, ...]
    users: tuple[str, ...]
    addresses: tuple[str, ...]
    alerts: tuple[str, ...]
    events: int
    stages: tuple[Stage, ...]
    actions: tuple[str, ...]
    declare: tuple[str, ...]


def incident_id(alert: str) -> str:
    """Return the identifier of the incident that begins with this alert."""
    return f"I-{alert[:12]}"
