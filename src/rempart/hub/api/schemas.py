"""What the API says, field by field. Amounts are integers in cents, moments carry their zone, codes are strings."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import StringConstraints

BIGGEST = 2**63 - 1
Code = Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]

Finess = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9AB][0-9]{7}$")]


class Words(Schema):
    """A sentence in both languages."""

    fr: str
    en: str


class Named(Schema):
    """A code and its name."""

    code: str
    name: str


class RoleHeld(Schema):
    """A role and where it is held."""

    role: str
    place: str


class Me(Schema):
    """For whom and for what the token acts."""

    email: str
    name: str
    roles: list[RoleHeld]
    scopes: list[str]
    expires_at: datetime


class Desk(Schema):
    """A window of a call; an end that no public text gives is null."""

    stage: str
    opens_at: datetime | None
    closes_at: datetime | None


class CallSummary(Schema):
    """A call. `simulated` data is fictional."""

    code: str
    title: str
    simulated: bool
    version: int
    windows: list[Desk]


class CallPage(Schema):
    """Calls; `next` is the code to give as `after`, null on the last page."""

    items: list[CallSummary]
    next: str | None


class Asked(Schema):
    """A prerequisite or an objective, with what its rule asks."""

    code: str
    part: str
    title: Words
    target: Words
    rule: str
    explanation: Words
    per_entity: bool
    ght_only: bool


class CallDetail(CallSummary):
    """A call with its requirements."""

    summary: Words
    legal_text: str
    envelope_cents: int | None
    requirements: list[Asked]


class FileSummary(Schema):
    """A file, in one line."""

    id: int
    number: str
    call: str
    applicant: Named
    kind: str
    region: Named
    state: str
    state_since: datetime
    submitted_at: datetime | None
    ceiling_cents: int | None
    eligible_cost_cents: int | None
    simulated: bool


class FilePage(Schema):
    """Files by id; `next` is the id to give as `after`, null on the last page."""

    items: list[FileSummary]
    next: int | None


class Member(Schema):
    """A member of a file's perimeter and its frozen activity."""

    finess: str
    name: str
    combined_activity: float | None
    year: int | None


class Move(Schema):
    """A line of a file's history."""

    action: str
    source: str
    target: str
    at: datetime
    reason: str


class FileDetail(FileSummary):
    """A file with its milestones, its perimeter and its history."""

    version: int
    validated_at: datetime | None
    operational_at: datetime | None
    declared_at: datetime | None
    objectives_met_at: datetime | None
    payment_requested_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    perimeter: list[Member]
    history: list[Move]


class VerdictOut(Schema):
    """What a rule says: met, to_review, unmet, missing or not_applicable; null before anything was judged."""

    code: str
    title: Words
    outcome: str | None
    reasons: list[Words]
    missing: list[Words]
    until: date | None
    assessed_at: datetime | None


class ChallengeIn(Schema):
    """For which requirement, and for which member: an entity of the file, or one of its sites."""

    requirement: Code
    legal_entity: Finess
    site: Finess | None = None


class ChallengeOut(Schema):
    """The value to give to `rempart proof attest --challenge`."""

    value: str
    requirement: str
    legal_entity: str
    site: str | None
    issued_at: datetime
    expires_at: datetime


class DepositOut(Schema):
    """A verified attestation, the hub's signed receipt (DSSE), and what the rule says now."""

    id: int
    requirement: str
    finess: str
    engine: str
    level: int
    at_most: bool
    taken_at: datetime
    sha256: str
    receipt: dict[str, object]
    verdict: VerdictOut


class CountsOut(Schema):
    """How many applicants or files reached each step, and the amounts they hold."""

    steps: dict[str, int]
    committed_cents: int
    paid_cents: int
    recovered_cents: int


class DelayOut(Schema):
    """How long a step took, in days: at the median and at the ninth tenth; null when no file took it."""

    name: str
    files: int
    median_days: float | None
    ninetieth_days: float | None


class EnvelopeOut(Schema):
    """The balances of the envelope, in cents."""

    envelope: int
    available: int
    committed: int
    paid: int
    recovered: int


class FiguresOut(Schema):
    """The figures of a call at a moment; `envelope` is for the regions and the nation only."""

    call: str
    simulated: bool
    at: datetime
    total: CountsOut
    by_kind: dict[str, CountsOut]
    by_region: dict[str, CountsOut]
    delays: list[DelayOut]
    envelope: EnvelopeOut | None
