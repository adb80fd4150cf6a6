"""What was read and what was not: missing data is never a pass, so what was not looked at is counted here."""

from collections import Counter
from dataclasses import dataclass, field

from rempart.detection.events import EventClass
from rempart.measurement.report import Flaw

KEPT_FLAWS = 100
"""Flaws told one by one; the others are counted."""


@dataclass
class Census:
    """Counts of one run; several are summed by `add`.

    Attributes:
        files: files or members read, by format ("evtx", "json", "syslog", "unknown"...).
        bytes: bytes read, unpacked.
        events: events by class, source "unknown" included.
        flawed: records that could not be understood; `flaws` tells the first ones.
        undated: events whose moment could not be read.
        unzoned: moments that said no zone, when none was declared: read as UTC.
        seen: native fields seen, by source (only those that were wanted, or all in a store).

    """

    files: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    events: Counter[EventClass] = field(default_factory=Counter)
    flawed: int = 0
    flaws: list[Flaw] = field(default_factory=list)
    undated: int = 0
    unzoned: int = 0
    seen: dict[str, set[str]] = field(default_factory=dict)

    def flaw(self, place: str, problem: str, count: int = 1) -> None:
        """Count a record that could not be understood, and keep the first ones."""
        self.flawed += count
        if len(self.flaws) < KEPT_FLAWS:
            self.flaws.append(Flaw(place=place, problem=problem))

    def add(self, other: "Census") -> None:
        """Add the counts of another part of the same run."""
        self.files += other.files
        self.bytes += other.bytes
        self.events += other.events
        self.flawed += other.flawed
        self.flaws.extend(other.flaws[: KEPT_FLAWS - len(self.flaws)])
        self.undated += other.undated
        self.unzoned += other.unzoned
        for source, fields in other.seen.items():
            self.seen.setdefault(source, set()).update(fields)
