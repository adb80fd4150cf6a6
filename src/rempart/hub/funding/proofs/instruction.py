"""The automatic instruction: every requirement judged on each arrival, by the rules of the file's own version.

The verdicts are stored; a row is written again only when it says something else, so `assessed_at` tells since when.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.models.application import ApplicationQuerySet
from rempart.hub.funding.calls.definition import Requirement
from rempart.hub.funding.proofs.access import OBJECTIVES_OPEN, PREREQUISITES_OPEN
from rempart.hub.funding.proofs.checking import Fault, Kept, faults_of
from rempart.hub.funding.proofs.evidence import Found, Gathered, gather
from rempart.hub.funding.proofs.members import members_of_all
from rempart.hub.funding.proofs.models import Assessment, Deposit
from rempart.hub.funding.rules.base import Outcome, RuleVerdict
from rempart.hub.funding.rules.evidence import Evidence
from rempart.measurement.text import Text

BATCH = 500
GREEN = (Outcome.MET.value, Outcome.NOT_APPLICABLE.value)
STORED = ("prerequisite", "outcome", "reasons", "missing", "until", "warning", "parts")
UNKNOWN_CATALOGUE = Text(
    fr="La mesure a été jugée avec un catalogue que le hub ne reconnaît pas : un instructeur décide.",
    en="The measure was judged with a catalogue that the hub does not recognise: an instructor decides.",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one requirement, and the outcome each member would have alone."""

    requirement: Requirement
    prerequisite: bool
    verdict: RuleVerdict
    parts: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class MemberProgress:
    """How far one member of a file is: how many requirements it has met of those that concern it."""

    finess: str
    name: str
    met: int
    total: int
    outcomes: Mapping[str, Outcome]


def assess(application: Application, *, at: datetime) -> dict[str, RuleVerdict]:
    """Judge every requirement of a file, store the verdicts, and return them by code."""
    return assess_many([application], at=at)[application.pk]


def assess_many(applications: Iterable[Application], *, at: datetime) -> dict[int, dict[str, RuleVerdict]]:
    """Judge files and store the verdicts, a set number of queries for every five hundred; return them by file."""
    chosen = sorted({application.pk for application in applications})
    result: dict[int, dict[str, RuleVerdict]] = {}
    for start in range(0, len(chosen), BATCH):
        with transaction.atomic():
            batch = Application.objects.filter(pk__in=chosen[start : start + BATCH]).order_by("pk")
            # Locked: of two proofs that arrive together, the second is judged with the first.
            judged = _judge(list(batch.select_for_update(of=("self",)).select_related("version")), at=at)
            _store(judged, at)
        for pk, items in judged.items():
            result[pk] = {item.requirement.code: item.verdict for item in items}
    return result


def assess_open(*, at: datetime) -> int:
    """Judge anew the files that still take proofs, and return how many: time alone changes a verdict."""
    waiting = Application.objects.filter(state__in=PREREQUISITES_OPEN | OBJECTIVES_OPEN).order_by("pk")
    return len(assess_many(waiting.only("pk"), at=at))


def preview(application: Application, *, at: datetime, declared_at: datetime | None = None) -> dict[str, RuleVerdict]:
    """Judge a file without storing anything: as of now, or as if it were declared at that moment."""
    judged = _judge([application], at=at, declared_at=declared_at)[application.pk]
    return {item.requirement.code: item.verdict for item in judged}


def codes_with(
    outcomes: Collection[Outcome], application: Application, *, at: datetime, prerequisites: bool
) -> list[str]:
    """Return the codes of the prerequisites (or objectives) that have one of these outcomes now; nothing is stored."""
    definition = application.version.definition
    asked = definition.prerequisites if prerequisites else definition.objectives
    verdicts = preview(application, at=at, declared_at=at)
    return [item.code for item in asked if verdicts[item.code].outcome in outcomes]


def arrived(application: Application, *, at: datetime) -> dict[str, RuleVerdict]:
    """Note that the applicant works on the file, and assess it: a proof came, changed or left."""
    Application.objects.filter(pk=application.pk, touched_at__lt=at).update(touched_at=at)
    return assess(application, at=at)


def green(applications: ApplicationQuerySet, *, prerequisites: bool = False) -> ApplicationQuerySet:
    """Keep the files whose objectives (or prerequisites) are all met or not applicable, and that have some."""
    verdicts = Assessment.objects.filter(application=OuterRef("pk"), prerequisite=prerequisites)
    return applications.filter(Exists(verdicts), ~Exists(verdicts.exclude(outcome__in=GREEN)))


def is_green(verdicts: Iterable[RuleVerdict]) -> bool:
    """Return whether all are met or not applicable."""
    return all(verdict.outcome in GREEN for verdict in verdicts)


def progress(application: Application, *, prerequisites: bool = False) -> list[MemberProgress]:
    """Return how far each member of a file is, from the stored verdicts: in a GHT, entity by entity."""
    names = members_of_all([application])[application.pk].names
    rows: QuerySet[Assessment] = Assessment.objects.filter(application=application, prerequisite=prerequisites)
    parts = {row.requirement: row.parts for row in rows.order_by("requirement")}
    found = []
    for finess, name in names.items():
        outcomes = {code: Outcome(outcome[finess]) for code, outcome in parts.items() if finess in outcome}
        asked = [outcome for outcome in outcomes.values() if outcome is not Outcome.NOT_APPLICABLE]
        found.append(MemberProgress(finess, name, asked.count(Outcome.MET), len(asked), outcomes))
    return found


def verify_again(application: Application) -> list[Fault]:
    """Verify the file's attestations anew from their raw bytes, and return what is wrong: nothing, normally."""
    return verify_many([application])


def verify_many(applications: Iterable[Application]) -> list[Fault]:
    """Verify the attestations of many files anew, in one query: about five thousand a second and core."""
    rows = Deposit.objects.filter(application__in=[one.pk for one in applications]).order_by("id")
    kept = [
        Kept(pk, bytes(content), pem, sha256, value, engine, level, at_most, finess, snapshot, catalogue)
        for pk, content, pem, sha256, value, engine, level, at_most, finess, snapshot, catalogue in rows.values_list(
            "id", "content", "key__pem", "sha256", "challenge__value", "engine", "level", "at_most", "finess",
            "snapshot_digest", "catalogue_digest",
        )
    ]  # fmt: skip
    return faults_of(kept)


def _judge(
    applications: Sequence[Application], *, at: datetime, declared_at: datetime | None = None
) -> dict[int, list[Judged]]:
    gathered = gather(applications)
    return {
        application.pk: [
            _judge_one(gathered, application, requirement, at, declared_at, prerequisite=prerequisite)
            for prerequisite, requirements in (
                (True, application.version.definition.prerequisites),
                (False, application.version.definition.objectives),
            )
            for requirement in requirements
        ]
        for application in applications
    }


def _judge_one(  # noqa: PLR0913 — one requirement of one file at one moment
    gathered: Gathered,
    application: Application,
    requirement: Requirement,
    at: datetime,
    declared_at: datetime | None,
    *,
    prerequisite: bool,
) -> Judged:
    evidence = gathered.evidence(application, requirement, at=at, declared_at=declared_at)
    verdict = _with_doubt(requirement, evidence, gathered.found[application.pk, requirement.code])
    members = evidence.members if len(evidence.names) > 1 else ()
    parts = {member: requirement.judge(evidence.of(member)).outcome for member in members}
    return Judged(requirement, prerequisite, verdict, parts)


def _with_doubt(requirement: Requirement, evidence: Evidence, found: Found) -> RuleVerdict:
    """Judge; what is only met thanks to a measure of an unknown catalogue is for a person to decide."""
    verdict = requirement.judge(evidence)
    if verdict.outcome is not Outcome.MET or not found.doubtful:
        return verdict
    sure = tuple(measure for measure in evidence.measures if measure.id not in found.doubtful)
    if requirement.judge(replace(evidence, measures=sure)).outcome is Outcome.MET:
        return verdict
    decided = evidence.judgement
    if decided is not None:
        return verdict if decided.met else replace(verdict, outcome=Outcome.UNMET)
    return replace(verdict, outcome=Outcome.TO_REVIEW, reasons=(*verdict.reasons, UNKNOWN_CATALOGUE))


def _store(judged: Mapping[int, Sequence[Judged]], at: datetime) -> None:
    """Write the verdicts that changed, in one statement."""
    before = {
        (row.application_id, row.requirement): row for row in Assessment.objects.filter(application__in=list(judged))
    }
    rows = [_row(pk, item, at) for pk, items in judged.items() for item in items]
    changed = [
        row
        for row in rows
        if (known := before.pop((row.application_id, row.requirement), None)) is None
        or _content(known) != _content(row)
    ]
    if before:  # requirements of a former version of the rules
        Assessment.objects.filter(pk__in=[row.pk for row in before.values()]).delete()
    Assessment.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["application", "requirement"],
        update_fields=[*STORED, "assessed_at"],
    )


def _content(row: Assessment) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in STORED)


def _row(application_id: int, item: Judged, at: datetime) -> Assessment:
    verdict = item.verdict
    return Assessment(
        application_id=application_id,
        requirement=item.requirement.code,
        prerequisite=item.prerequisite,
        outcome=verdict.outcome.value,
        reasons=[_said(text) for text in verdict.reasons],
        missing=[_said(text) for text in verdict.missing],
        until=verdict.until,
        warning=_said(verdict.warning) if verdict.warning else None,
        parts={finess: outcome.value for finess, outcome in item.parts.items()},
        assessed_at=at,
    )


def _said(text: Text) -> dict[str, str]:
    return {"fr": text.fr, "en": text.en}
