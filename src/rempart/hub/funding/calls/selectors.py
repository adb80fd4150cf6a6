"""What is read of calls: their current rules, their desks and how these moved, who is eligible."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, IntegerField, Prefetch, QuerySet, When

from rempart.hub.accounts.scope import Person
from rempart.hub.common.clock import paris_day
from rempart.hub.funding.calls.compare import Difference, difference
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.funding.calls.models import Call, CallVersion, Ceiling, Extension, Stage, Window
from rempart.hub.territory.models import Life


def calls(user: Person) -> QuerySet[Call]:
    """Return the calls `user` may see, with their versions and desks."""
    versions = CallVersion.objects.visible_to(user).order_by("-number")
    found: QuerySet[Call] = Call.objects.visible_to(user)
    return found.prefetch_related(Prefetch("versions", versions), "windows")


def current(call: Call) -> CallVersion | None:
    """Return the version that a new file begins with: the last published one."""
    found: CallVersion | None = CallVersion.objects.published().filter(call=call).order_by("-number").first()
    return found


def draft(call: Call) -> CallVersion | None:
    """Return the version under preparation, if there is one."""
    found: CallVersion | None = call.versions.filter(published_at=None).first()
    return found


def window(call: Call, stage: Stage) -> Window | None:
    """Return a desk of the call; None when the call has none of that stage."""
    return call.windows.filter(stage=stage).first()


def is_open(call: Call, stage: Stage, at: datetime) -> bool:
    """Return whether the desk is open at that moment, Paris days included to the last second."""
    desk = window(call, stage)
    return desk is not None and desk.is_open(at)


def last_day(call: Call, stage: Stage) -> date | None:
    """Return the last Paris day of a desk, for `Evidence.submit_by` and `declare_by`; None when it is not known."""
    desk = window(call, stage)
    return paris_day(desk.closes_at) if desk and desk.closes_at else None


def windows_with_history(call: Call) -> QuerySet[Window]:
    """Return the desks in the order a file meets them, each with its moves, oldest first, and who decided them."""
    moves = Extension.objects.select_related("decided_by").order_by("id")
    order = Case(
        *(When(stage=stage, then=rank) for rank, stage in enumerate(Stage.values)), output_field=IntegerField()
    )
    return call.windows.prefetch_related(Prefetch("extensions", moves)).order_by(order)


def migration(before: CallVersion, after: CallVersion) -> Difference:
    """Return what would change for a file that leaves one version of its call for another.

    Raises:
        ValueError: versions of two calls, or a draft: no file migrates to rules that are not published.

    """
    if before.call_id != after.call_id or after.published_at is None:
        raise ValueError("a file migrates to a published version of its own call")
    return difference(before.definition, after.definition)


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who has a published ceiling: the list, in order of name, and how many of each kind."""

    ceilings: tuple[Ceiling, ...]
    by_kind: dict[ApplicantKind, int]

    @property
    def total(self) -> int:
        """How many applicants in all."""
        return len(self.ceilings)

    @property
    def cents(self) -> int:
        """The sum of their ceilings, in cents."""
        return sum(ceiling.cents for ceiling in self.ceilings)


def kind_of(ceiling: Ceiling) -> ApplicantKind:
    """Return the kind of applicant a ceiling is for."""
    if ceiling.legal_entity is None:
        return ApplicantKind.GHT
    return ApplicantKind(ceiling.legal_entity.status)


def eligible(call: Call) -> Eligible:
    """Return the applicants that have a ceiling and still exist; one query."""
    found = call.ceilings.select_related("ght", "legal_entity")
    living = [one for one in found if _applicant_lives(one)]
    living.sort(key=lambda one: str(one.ght or one.legal_entity))
    counts = Counter(kind_of(one) for one in living)
    return Eligible(tuple(living), {kind: counts[kind] for kind in ApplicantKind})


def _applicant_lives(ceiling: Ceiling) -> bool:
    applicant = ceiling.ght or ceiling.legal_entity
    return applicant is not None and applicant.life == Life.ACTIVE
