"""Files in any state, valid for the database: `application(state=State.PAID)`, `application(kind="ght")`.

Every one comes with its call, its applicant, its perimeter, plausible dates and the history that leads to its state.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from rempart.hub.accounts.models import Membership, User
from rempart.hub.accounts.roles import APPLICANT_ROLES, REGION_ROLES, Role
from rempart.hub.funding.applications.models import Application, Event, NumberSeries, PerimeterEntry
from rempart.hub.funding.applications.states import COMMITTED, MILESTONES, REACHED, State
from rempart.hub.funding.applications.transitions import TABLE
from rempart.hub.funding.calls.definition import digest_of
from rempart.hub.funding.calls.models import Call, CallVersion, Ceiling, Stage, Window
from rempart.hub.funding.ledger import services as ledger
from rempart.hub.funding.ledger.models import Envelope
from rempart.hub.territory.models import Activity, Department, Ght, GhtMembership, LegalEntity, Region, Site

_numbers = count(1)
OPENED = datetime(2024, 3, 18, 9, tzinfo=UTC)
CEILING = 5_325_289
SHARES = (40, 30, 15, 10, 5)
DATES = {
    "created_at": datetime(2024, 3, 20, 9, tzinfo=UTC),
    "submitted_at": datetime(2024, 4, 2, 9, tzinfo=UTC),
    "validated_at": datetime(2024, 5, 10, 9, tzinfo=UTC),
    "operational_at": datetime(2024, 5, 21, 9, tzinfo=UTC),
    "declared_at": datetime(2025, 3, 14, 9, tzinfo=UTC),
    "objectives_met_at": datetime(2025, 10, 6, 9, tzinfo=UTC),
    "payment_requested_at": datetime(2025, 11, 3, 9, tzinfo=UTC),
    "paid_at": datetime(2025, 12, 12, 9, tzinfo=UTC),
    "closed_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
}
"""A file's calendar; a draft of a test that acts goes on from here."""
WINDOWS = {
    Stage.APPLICATION: (OPENED, datetime(2024, 4, 19, 21, 59, 59, 999_999, tzinfo=UTC)),
    Stage.ARS_REVIEW: (OPENED, datetime(2024, 5, 21, 21, 59, 59, 999_999, tzinfo=UTC)),
    Stage.DECLARATION: (datetime(2024, 5, 20, 22, tzinfo=UTC), datetime(2025, 6, 30, 21, 59, 59, 999_999, tzinfo=UTC)),
    Stage.ARS_CHECK: (None, datetime(2025, 9, 30, 21, 59, 59, 999_999, tzinfo=UTC)),
    Stage.ANS_REVIEW: (None, datetime(2025, 12, 31, 22, 59, 59, 999_999, tzinfo=UTC)),
    Stage.PAYMENT: (datetime(2025, 6, 30, 22, tzinfo=UTC), datetime(2026, 6, 30, 21, 59, 59, 999_999, tzinfo=UTC)),
}
DEFINITION = """
code = "{code}"
title = {{ fr = "Appel de test", en = "Test call" }}
summary = {{ fr = "Un appel fictif.", en = "A fictional call." }}
legal_text = "arrêté fictif"
envelope_cents = {envelope}
kinds = ["ght", "public", "nonprofit", "forprofit"]
eligibility = {{ fr = "Tous.", en = "All." }}
activity_year = 2022
operational_from = 2024-05-21
{more}
windows = [{{ stage = "application", opens_on = 2024-03-18, closes_on = 2024-04-19 }}]
[[objectives]]
code = "T1.O1"
title = {{ fr = "Objectif", en = "Objective" }}
target = {{ fr = "Être atteint.", en = "Be reached." }}
rule = {{ kind = "human" }}
per_entity = true
"""


def region(code: str = "28") -> Region:
    """Return the region of that code, with one département."""
    found, _ = Region.objects.get_or_create(code=code, defaults={"name": f"Région {code}", "agency": f"ARS {code}"})
    if not found.departments.exists():
        Department.objects.create(code=f"R{code}", finess_code=code[-2:], name=f"Département {code}", region=found)
    return found


def entity(of: Region | None = None, *, status: str = "public", sites: int = 0, **fields: object) -> LegalEntity:
    """Return a new legal entity of a region, with sites whose activities share 100 by `SHARES`."""
    number = next(_numbers)
    place = (of or region()).departments.order_by("code").first()
    values = {"finess": f"98{number:07d}", "name": f"Centre hospitalier n° {number} (fictif)", **fields}
    made = LegalEntity.objects.create(department=place, status=status, **values)
    for index in range(sites):
        finess = f"97{next(_numbers):07d}"
        site = Site.objects.create(finess=finess, name=f"Site {finess}", department=place, legal_entity=made)
        Activity.objects.create(site=site, year=2022, combined=Decimal(SHARES[index]), source="fictif")
    return made


def ght(of: Region | None = None, *, members: int = 5) -> Ght:
    """Return a new GHT; its first member is the support establishment; activities share 100 by `SHARES`."""
    number = next(_numbers)
    group = Ght.objects.create(code=f"T{number}", name=f"GHT n° {number} (fictif)", region=of or region())
    for index in range(members):
        member = entity(group.region)
        GhtMembership.objects.create(ght=group, legal_entity=member, role="M" if index else "S")
        Activity.objects.create(legal_entity=member, year=2022, combined=Decimal(SHARES[index]), source="fictif")
    return group


def support_of(group: Ght) -> LegalEntity:
    """Return the support establishment of a GHT."""
    return group.memberships.get(role="S").legal_entity


def call(code: str = "", *, envelope: int = 6_500_000_000, more: str = "", windows: bool = True) -> Call:
    """Return a published call, its desks open as D1's were; `more` adds lines to its definition."""
    code = code or f"T{next(_numbers)}-2024"
    made = Call.objects.create(code=code, title="Appel de test")
    version(made, 1, DEFINITION.format(code=code, envelope=envelope, more=more))
    for stage, (opens_at, closes_at) in WINDOWS.items() if windows else ():
        Window.objects.create(call=made, stage=stage, opens_at=opens_at, closes_at=closes_at)
    return made


def envelope(of: Call, cents: int | None = None) -> Envelope:
    """Return the envelope of a call, opened with so many cents, or with those its definition says."""
    made = Envelope.objects.filter(call=of).first()
    definition = of.versions.order_by("number").last().definition
    return made or ledger.open_envelope(of, cents or definition.envelope_cents, by=None, at=OPENED)


def version(of: Call, number: int, content: str, **fields: object) -> CallVersion:
    """Return a published version of a call."""
    values = {"published_at": OPENED, **fields}
    return CallVersion.objects.create(call=of, number=number, content=content, digest=digest_of(content), **values)


def ceiling(of: Call, applicant: Ght | LegalEntity, cents: int = CEILING) -> Ceiling:
    """Return the published ceiling of an applicant."""
    side = "ght" if isinstance(applicant, Ght) else "legal_entity"
    return Ceiling.objects.get_or_create(
        call=of, **{side: applicant}, defaults={"cents": cents, "source": "liste fictive"}
    )[0]


def person(*roles: Role, on: Ght | LegalEntity | None = None, of: Region | None = None, **fields: object) -> User:
    """Return a person who holds these roles on an applicant, a region, or the nation."""
    number = next(_numbers)
    values = {"email": f"p{number}@example.org", "first_name": "Dominique", "last_name": f"Nom{number}", **fields}
    made = User.objects.create(**values)
    for role in roles:
        where: dict[str, object] = {}
        if role in APPLICANT_ROLES:
            where = {"ght": on} if isinstance(on, Ght) else {"legal_entity": on or entity()}
        elif role in REGION_ROLES:
            where = {"region": of or region()}
        Membership.objects.create(user=made, role=role, **where)
    return made


def signatory(of: Application) -> User:
    """Return someone who signs for the applicant of a file."""
    return person(Role.SIGNATORY, on=of.applicant)


def application(  # noqa: PLR0913 — each argument is one thing a test may fix
    state: State = State.DRAFT,
    kind: str = "public",
    *,
    of: Call | None = None,
    applicant: Ght | LegalEntity | None = None,
    place: Region | None = None,
    by: User | None = None,
    posted: bool = True,
    **fields: object,
) -> Application:
    """Return a file in `state`: its perimeter frozen, its history written, its money `posted` in the ledger."""
    of = of or call()
    if applicant is None:
        applicant = ght(place) if kind == "ght" else entity(place, status=kind, sites=2)
    group = applicant if isinstance(applicant, Ght) else None
    where = group.region if group else applicant.department.region
    series, _ = NumberSeries.objects.get_or_create(call=of)
    series.last += 1
    series.save()
    values = {
        "number": f"{of.pk}-{series.last:04d}",
        "call": of,
        "version": of.versions.order_by("-number").first(),
        "ght": group,
        "legal_entity": None if group else applicant,
        "kind": "ght" if group else applicant.status,
        "region": where,
        "contact_email": "contact@example.org",
        **_facts(state),
        **fields,
    }
    made = Application.objects.create(state=state, created_by=by, **values)
    if made.submitted_at:
        ceiling(of, applicant, made.ceiling_cents)
        _freeze(made)
    _write_history(made, by)
    if posted:
        _post(made)
    return made


def _facts(state: State) -> dict[str, object]:
    """Return the dates and amounts that a file has in `state`."""
    reached = REACHED.get(state, 3 if state is State.LAPSED else 1)
    dates = dict(list(DATES.items())[: reached + 1])
    since = max(dates.values())
    if state not in {*MILESTONES, State.DRAFT}:
        since += timedelta(days=1)
    facts: dict[str, object] = {**dates, "state_since": since, "touched_at": since}
    if reached >= 1:
        facts["ceiling_cents"] = CEILING
    if reached >= 6:
        facts["eligible_cost_cents"] = CEILING - 1
    if state is State.RECOVERY:
        facts["recovery_cents"] = 100_000
    return facts


def _post(made: Application) -> None:
    """Write in the ledger what a file in its state has committed and received."""
    if made.state in COMMITTED or made.paid_at:
        envelope(made.call)
        ledger.commit(made, by=None, at=made.validated_at)
    if made.paid_at:
        ledger.pay(made, min(made.eligible_cost_cents, made.ceiling_cents), by=None, at=made.paid_at)


def _freeze(made: Application) -> None:
    """Write the perimeter as submission does."""
    if made.ght:
        members = [{"legal_entity": row.legal_entity} for row in made.ght.memberships.order_by("role", "id")[::-1]]
    else:
        members = [{"site": site} for site in made.legal_entity.sites.order_by("finess")]
    for member in members:
        found = Activity.objects.filter(year=2022, **member).first()
        PerimeterEntry.objects.create(application=made, year=2022, combined=found.combined if found else None, **member)


def path_to(state: State) -> list[tuple[str, State, State]]:
    """Return the way that people take from a draft to `state`, without a return: (action, from, to)."""
    ways: dict[State, list[tuple[str, State, State]]] = {State.DRAFT: []}
    queue: list[State] = [State.DRAFT]
    for at in queue:
        for row in TABLE:
            leaves = row.action == "withdraw" and state is not State.WITHDRAWN
            by_clock = not row.who and state is not State.LAPSED
            if at in row.sources and row.target not in ways and not (leaves or by_clock or row.back):
                ways[row.target] = [*ways[at], (row.action, at, row.target)]
                queue.append(row.target)
    return ways[state]


def _write_history(made: Application, by: User | None) -> None:
    moves = path_to(State(made.state))
    if made.state == State.WITHDRAWN and made.submitted_at:
        moves = [*path_to(State.SUBMITTED), ("withdraw", State.SUBMITTED, State.WITHDRAWN)]
    elif made.state == State.LAPSED and made.operational_at:
        moves = [*path_to(State.OPERATIONAL), ("lapse", State.OPERATIONAL, State.LAPSED)]
    moments = list(_moments(made, moves))
    Event.objects.bulk_create(
        Event(application=made, action=action, source=source, target=target, actor=by, at=at, reason="motif fictif")
        for (action, source, target), at in zip(moves, moments, strict=True)
    )


def _moments(made: Application, moves: list[tuple[str, State, State]]) -> Iterator[datetime]:
    """Yield when each move happened: on the file's own dates, or one hour after the move before."""
    last = made.created_at
    for index, (_, _, target) in enumerate(moves):
        known = getattr(made, MILESTONES[target]) if target in MILESTONES else None
        last = made.state_since if index == len(moves) - 1 else known or last + timedelta(hours=1)
        yield last


def a_call(code: str = "T-2026") -> Call:
    """Return the published call of that code, made when it is not there: for what reads many files of one call."""
    return Call.objects.filter(code=code).first() or call(code)


def a_file(
    state: State = State.ARS_REVIEW,
    *,
    region: Region | None = None,
    entity: LegalEntity | None = None,
    call: Call | None = None,
    **fields: object,
) -> Application:
    """Return a file of the one call: of an entity, or of a new one of `region`."""
    return application(state, of=call or a_call(), applicant=entity or _entity_in(region), **fields)


def _entity_in(where: Region | None) -> LegalEntity:
    return entity(where)
