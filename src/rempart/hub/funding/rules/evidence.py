"""The facts a rule looks at: plain values taken from a file, so that a rule is a pure function of them."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Piece:
    """A document deposited for a requirement. `members` are the entities or sites it covers (all when empty)."""

    id: int
    nature: str
    dated: date | None = None
    signatory: str = ""
    members: frozenset[str] = frozenset()
    openable: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """A verified attestation. `level` is what it claims; `at_most` means something unseen could lower it."""

    id: int
    engine: str
    level: int
    at_most: bool
    taken_at: datetime
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outside:
    """A result measured by a State service and typed in by hand (ADS/ORADAD, SILENE), with its document."""

    id: int
    service: str
    level: int
    taken_on: date
    members: frozenset[str] = frozenset()
    has_document: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an instructor decided of a requirement by hand."""

    met: bool
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one requirement of one file, at the moment it is judged.

    `at` is now; `declared_at` is when the applicant declared, or would declare, the objectives reached.
    `shares` gives each member's part of the applicant's combined activity (they sum to 1); it is empty when the
    activity of the reference year is not known. `submit_by` and `declare_by` are the last days of the two desks, when
    they are known.
    """

    at: datetime
    submitted_at: datetime | None = None
    declared_at: datetime | None = None
    operational_from: date | None = None
    submit_by: date | None = None
    declare_by: date | None = None
    is_ght: bool = False
    shares: dict[str, Decimal] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()
    measures: tuple[Measure, ...] = ()
    outside: tuple[Outside, ...] = ()
    judgement: Judgement | None = None

    @property
    def members(self) -> tuple[str, ...]:
        """The entities or sites of the applicant, in a stable order."""
        return tuple(sorted({*self.names, *self.shares}))

    def name(self, member: str) -> str:
        """Return the name of a member, its number when the name is not known."""
        return self.names.get(member, member)

    def of(self, member: str) -> "Evidence":
        """Return what is known of one member: the proofs that name it, and those that name nobody (they cover all)."""
        return replace(
            self,
            names={member: self.name(member)},
            shares={member: Decimal(1)},
            pieces=tuple(piece for piece in self.pieces if _covers(piece.members, member)),
            measures=tuple(measure for measure in self.measures if _covers(measure.members, member)),
            outside=tuple(result for result in self.outside if _covers(result.members, member)),
        )


def _covers(members: frozenset[str], member: str) -> bool:
    return not members or member in members
