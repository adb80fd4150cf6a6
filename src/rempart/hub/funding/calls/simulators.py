"""What an applicant may try before acting: the 66 % calculator, the calendar of audits, "if I declare on this date".

Pure functions, ready for a page. The candidate's pages call `share_calculator`, `audit_calendar` and `declare_on`; they
bring the shares, the evidence and the day, and show what comes back.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from rempart.hub.common.clock import end_of, paris_day
from rempart.hub.funding.calls.definition import Requirement
from rempart.hub.funding.rules import Evidence, Outcome, Rule, RuleVerdict
from rempart.hub.funding.rules.coverage import THRESHOLD, covered, smallest_sets
from rempart.hub.funding.rules.repeated import Audit, RepeatedAttestations
from rempart.hub.funding.rules.share import ActivityShare

ADDITIONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class MemberShare:
    """A member with its part of the combined activity (0 to 1; None when it is not known)."""

    code: str
    name: str
    share: Decimal | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Addition:
    """Members to add so that the threshold is reached, and the share then covered."""

    members: tuple[MemberShare, ...]
    reaches: Decimal


@dataclass(frozen=True, slots=True)
class ShareCalculation:
    """The 66 % calculator's answer; `reached` is None when an activity is unknown: nothing is promised then."""

    members: tuple[MemberShare, ...]
    threshold: Decimal
    total: Decimal
    reached: bool | None
    additions: tuple[Addition, ...]

    @property
    def unknown(self) -> tuple[MemberShare, ...]:
        """The members whose activity is not known."""
        return tuple(member for member in self.members if member.share is None)

    @property
    def lacking(self) -> Decimal:
        """The share still to cover."""
        return max(self.threshold - self.total, Decimal(0))


def threshold_of(requirement: Requirement) -> Decimal | None:
    """Return the share of activity a requirement asks for; None when it asks for none."""
    waiting: list[Rule] = [requirement.rule]
    while waiting:
        rule = waiting.pop()
        if isinstance(rule, ActivityShare):
            return rule.threshold
        waiting.extend(rule.parts())
    return None


def share_calculator(
    names: Mapping[str, str],
    shares: Mapping[str, Decimal],
    chosen: Collection[str],
    threshold: Decimal = THRESHOLD,
) -> ShareCalculation:
    """Return what the chosen members cover, and the smallest sets that would be enough.

    Args:
        names: every member's name, by its FINESS.
        shares: the known parts of the combined activity; a member left out has an unknown one.
        chosen: the members to cover.
        threshold: the part to reach.

    """
    known = dict.fromkeys(names, Decimal(1)) if len(names) == 1 else dict(shares)
    members = {
        code: MemberShare(code, name, known.get(code), code in chosen)
        for code, name in sorted(names.items(), key=lambda item: (-known.get(item[0], Decimal(-1)), item[1]))
    }
    total = covered(known, [code for code in chosen if code in members])
    complete = all(member.share is not None for member in members.values()) and bool(members)
    additions: tuple[Addition, ...] = ()
    reached = total >= threshold if complete else None
    if reached is False:
        additions = tuple(
            Addition(tuple(members[code] for code in found), covered(known, {*chosen, *found}))
            for found in smallest_sets(known, [code for code in chosen if code in members], threshold, ADDITIONS_SHOWN)
        )
    return ShareCalculation(
        tuple(members.values()), threshold, total, total >= threshold if complete else None, additions
    )


@dataclass(frozen=True, slots=True)
class NextAudit:
    """The days in which a next audit goes on from one already done, cut at the last day to declare."""

    after: date
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class AuditCalendar:
    """The calendar of repeated audits.

    Args:
        done: the audits that count so far, oldest first.
        proof: the audits that already make the proof; empty when none do.
        next_windows: when to measure again, soonest end first.
        start_by: the last day to begin a new series and end it in time; None when no last day to declare is known.
        declare_by: the last day to declare.
        too_late: neither an audit already done nor a new one can make the proof in time.

    """

    done: tuple[Audit, ...]
    proof: tuple[Audit, ...]
    next_windows: tuple[NextAudit, ...]
    start_by: date | None
    declare_by: date | None
    too_late: bool


def audit_calendar(rule: RepeatedAttestations, evidence: Evidence) -> AuditCalendar:
    """Return the audits done, whether they make the proof, and when the next ones may be taken."""
    done, today, limit = rule.audits_of(evidence), paris_day(evidence.at), evidence.declare_by
    proof = rule.proof(done)
    windows: list[NextAudit] = []
    if not proof and done:
        for first, last in rule.next_windows(done, today):
            if limit is None or first <= limit:
                after = first - timedelta(days=rule.min_days)
                windows.append(NextAudit(after, max(first, today), min(last, limit) if limit else last))
        windows = [window for window in windows if window.first <= window.last]
    start_by = limit - timedelta(days=rule.min_days * (rule.audits - 1)) if limit else None
    too_late = not proof and not windows and start_by is not None and start_by < today
    return AuditCalendar(tuple(done), tuple(proof), tuple(windows), start_by, limit, too_late)


@dataclass(frozen=True, slots=True)
class DeclarationTry:
    """What a declaration on one day would give, requirement by requirement.

    Args:
        day: the day tried.
        in_time: the declaration desk is open that day, as far as its dates are known.
        verdicts: each requirement with its verdict.
        declare_before: the first day on which something now in order would no longer be; None when nothing ages.

    """

    day: date
    in_time: bool
    verdicts: tuple[tuple[Requirement, RuleVerdict], ...]
    declare_before: date | None

    @property
    def blocking(self) -> tuple[tuple[Requirement, RuleVerdict], ...]:
        """The requirements that would fail or lack something."""
        return tuple(pair for pair in self.verdicts if pair[1].outcome in {Outcome.UNMET, Outcome.MISSING})

    @property
    def ready(self) -> bool:
        """Whether nothing would be lacking; what a person must read may still be to read."""
        return self.in_time and not self.blocking


def declare_on(
    day: date,
    requirements: Collection[Requirement],
    evidence: Mapping[str, Evidence],
    desk: tuple[datetime | None, datetime | None] = (None, None),
) -> DeclarationTry:
    """Return the verdicts if the applicant declared on `day` with what is deposited now.

    Args:
        day: a Paris day, today or later.
        requirements: the objectives to judge.
        evidence: what is known of each, by the code of the requirement, as the instruction builds it.
        desk: when the declaration desk opens and closes, as far as known.

    """
    moment = end_of(day)
    verdicts, ageing = [], []
    for requirement in requirements:
        known = evidence[requirement.code]
        verdicts.append((requirement, requirement.judge(replace(known, declared_at=moment, declare_by=day))))
        now = requirement.judge(replace(known, declared_at=None))
        if now.until and now.outcome in {Outcome.MET, Outcome.TO_REVIEW}:
            ageing.append(now.until + timedelta(days=1))
    opens_at, closes_at = desk
    in_time = (opens_at is None or opens_at <= moment) and (closes_at is None or moment <= closes_at)
    return DeclarationTry(day, in_time, tuple(verdicts), min(ageing, default=None))
