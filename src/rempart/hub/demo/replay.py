"""The replay of the first call: 1 207 simulated files, their history, their money, to the published figures.

The rows are written in bulk, under the same constraints and triggers as any other; the test asserts that each move is
one of the transition table.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.common.clock import start_of
from rempart.hub.demo import people
from rempart.hub.demo.call import load_replayed_call
from rempart.hub.demo.figures import Figures
from rempart.hub.demo.story import OPENING, Story, stories
from rempart.hub.demo.territory import SOURCE, YEAR, Territory, invent
from rempart.hub.funding.applications.models import Application, Event, NumberSeries, PerimeterEntry
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import find
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.funding.calls.models import Call, CallVersion, Ceiling
from rempart.hub.funding.ledger.models import Account, Entry, Envelope, Kind, Posting
from rempart.hub.funding.ledger.services import open_envelope
from rempart.hub.funding.proofs.services.catalogues import load_catalogues
from rempart.hub.territory.models import Ght, GhtMembership, LegalEntity, Region, Site
from rempart.hub.territory.reference import load_reference

Applicant = Ght | LegalEntity
_MILESTONES = {
    State.SUBMITTED: "submitted_at",
    State.VALIDATED: "validated_at",
    State.OPERATIONAL: "operational_at",
    State.DECLARED: "declared_at",
    State.OBJECTIVES_MET: "objectives_met_at",
}
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the replay made: the call, the people by role, the file of Valmont's group."""

    call: Call
    people: dict[Role, User]
    valmont: Application


@transaction.atomic
def replay(at: datetime) -> Replayed:
    """Load the fictional territory and the simulated files; `at` is when the call was loaded."""
    figures = Figures.published()
    load_reference()
    load_catalogues(at=at)
    territory = invent()
    territory.save()
    applicants = _applicants(territory)
    cast = people.cast(territory.ghts[0])
    version = load_replayed_call(by=cast[Role.ADMINISTRATOR], at=at)
    open_envelope(version.call, figures.envelope, by=cast[Role.ADMINISTRATOR], at=start_of(OPENING))
    told = stories(figures)
    _check_now()
    _write_ceilings(version.call, applicants, told)
    _check_now()
    files = _write_files(version, applicants, told)
    _check_now()
    _write_perimeters(files, territory)
    agents = people.agents(list(Region.objects.all()))
    _check_now()
    _write_events(files, told, agents, cast[Role.ANS_VERIFIER])
    _check_now()
    _write_commitments(version.call, files, told, agents)
    _check_now()
    _gather_statistics()
    valmont = next(file for file in files if file.ght_id == territory.ghts[0].code)
    return Replayed(version.call, cast, valmont)


def _applicants(territory: Territory) -> dict[ApplicantKind, list[Applicant]]:
    grouped = {membership.legal_entity_id for membership in territory.memberships}
    kinds: dict[ApplicantKind, list[Applicant]] = {kind: [] for kind in ApplicantKind}
    kinds[ApplicantKind.GHT] = list(territory.ghts)
    for entity in territory.entities:
        if entity.finess not in grouped:
            kinds[ApplicantKind(entity.status)].append(entity)
    return kinds


def _of(applicant: Applicant) -> dict[str, Applicant]:
    return {"ght" if isinstance(applicant, Ght) else "legal_entity": applicant}


def _write_ceilings(call: Call, applicants: Mapping[ApplicantKind, list[Applicant]], told: Iterable[Story]) -> None:
    """Give a ceiling to every eligible applicant; who did not apply has the mean of its kind."""
    given = {(story.kind, story.applicant): story.ceiling_cents for story in told}
    means = {
        kind: sum(cents for (of, _), cents in given.items() if of is kind)
        // sum(of is kind for of, _ in given)
        // 100
        * 100
        for kind in ApplicantKind
    }
    Ceiling.objects.bulk_create(
        (
            Ceiling(call=call, cents=given.get((kind, rank), means[kind]), source=SOURCE, **_of(applicant))
            for kind, members in applicants.items()
            for rank, applicant in enumerate(members)
        ),
        batch_size=BATCH,
    )


def _write_files(
    version: CallVersion, applicants: Mapping[ApplicantKind, list[Applicant]], told: list[Story]
) -> list[Application]:
    files = [
        _file(version, applicants[story.kind][story.applicant], story, rank) for rank, story in enumerate(told, start=1)
    ]
    signatories = people.signatories([file.applicant for file in files])
    for file in files:
        file.created_by = signatories[file.applicant.pk]
        file.contact_email = file.created_by.email
    Application.objects.bulk_create(files, batch_size=BATCH)
    NumberSeries.objects.update_or_create(call=version.call, defaults={"last": len(files)})
    return files


def _file(version: CallVersion, applicant: Applicant, story: Story, rank: int) -> Application:
    file = Application(
        number=f"{version.call_id}-{rank:04d}", call=version.call, version=version, kind=story.kind,
        region=applicant.region if isinstance(applicant, Ght) else applicant.department.region,
        ceiling_cents=story.ceiling_cents, created_at=story.when("submit") - timedelta(days=2), **_of(applicant),
    )  # fmt: skip
    state = State.DRAFT
    for step in story.steps:
        state = find(step.action, state).target
        file.state, file.state_since, file.touched_at = state, step.at, step.at
        if state in _MILESTONES:
            setattr(file, _MILESTONES[state], step.at)
    return file


def _write_perimeters(files: Iterable[Application], territory: Territory) -> None:
    members: dict[str, list[GhtMembership]] = {}
    for membership in territory.memberships:
        members.setdefault(membership.ght_id, []).append(membership)
    sites: dict[str, list[Site]] = {}
    for site in territory.sites:
        sites.setdefault(site.legal_entity_id, []).append(site)
    combined = {a.legal_entity_id or a.site_id: a.combined for a in territory.activities}
    PerimeterEntry.objects.bulk_create(
        (
            PerimeterEntry(application=file, year=YEAR, combined=combined[code], **{field: code})
            for file in files
            for field, code in (
                [("legal_entity_id", m.legal_entity_id) for m in members[file.ght_id]]
                if file.ght_id
                else [("site_id", site.finess) for site in sites[str(file.legal_entity_id)]]
            )
        ),
        batch_size=BATCH,
    )


def _write_events(files: list[Application], told: list[Story], agents: Mapping[str, User], verifier: User) -> None:
    Event.objects.bulk_create(
        (
            event
            for file, story in zip(files, told, strict=True)
            for event in _events(file, story, agents[file.region_id], verifier)
        ),
        batch_size=BATCH,
    )


def _events(file: Application, story: Story, agent: User, verifier: User) -> Iterator[Event]:
    """Yield the moves of a file, each by somebody of the role that the table asks."""
    state = State.DRAFT
    for step in story.steps:
        move = find(step.action, state)
        actor = agent if Role.ARS_INSTRUCTOR in move.who else verifier if Role.ANS_VERIFIER in move.who else None
        yield Event(
            application=file, action=step.action, source=state, target=move.target, actor=actor or file.created_by,
            at=step.at, reason=step.reason,
        )  # fmt: skip
        state = move.target


def _write_commitments(call: Call, files: list[Application], told: list[Story], agents: Mapping[str, User]) -> None:
    envelope = Envelope.objects.get(call=call)
    retained = [(file, story) for file, story in zip(files, told, strict=True) if story.did("validate")]
    entries = [
        Entry(
            envelope=envelope, kind=Kind.COMMITMENT, application=file, at=story.when("validate"),
            by=agents[file.region_id],
        )
        for file, story in retained
    ]  # fmt: skip
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    Posting.objects.bulk_create(
        (
            Posting(entry=entry, account=account, cents=sign * story.ceiling_cents)
            for entry, (_, story) in zip(entries, retained, strict=True)
            for account, sign in ((Account.AVAILABLE, -1), (Account.COMMITTED, 1))
        ),
        batch_size=BATCH,
    )


def _check_now() -> None:
    """Check what waits for the end of the transaction.

    The trail's trigger catches an error at each row, and PostgreSQL then goes through all that waits: checked table by
    table, the replay costs the server 2 s instead of 7.
    """
    connection.check_constraints()


def _gather_statistics() -> None:
    """Let PostgreSQL know what was just written, so that the first pages are quick."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
