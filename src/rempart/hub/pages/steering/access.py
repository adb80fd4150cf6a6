"""Who steers, which calls and regions they see, and what they asked to look at."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.dashboards.steps import Step
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.funding.calls.models import Call
from rempart.hub.pages.steering.apps import steers
from rempart.hub.pages.steering.board import Asked
from rempart.hub.territory.models import Region
from rempart.hub.territory.words import words

MAPS = ("regions", "departments")


def person_of(request: HttpRequest) -> User:
    """Return who is signed in.

    Raises:
        PermissionDenied: nobody is.

    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def scope_of(request: HttpRequest) -> Scope:
    """Return the person's scope when it covers a region or the nation.

    Raises:
        PermissionDenied: it covers neither.

    """
    scope = Scope.of(person_of(request))
    if not steers(scope):
        raise PermissionDenied
    return scope


def calls_of(user: User) -> "QuerySet[Call]":
    """Return the calls a person sees, those that have files first, the latest first."""
    has_files = Exists(Application.objects.filter(call=OuterRef("pk")))
    calls: QuerySet[Call] = Call.objects.visible_to(user)
    return calls.annotate(has_files=has_files).order_by("-has_files", "-code")


def regions_of(scope: Scope) -> list[Region]:
    """Return the regions a person steers, in the order of their names."""
    regions = Region.objects.all() if scope.is_national else Region.objects.filter(pk__in=scope.regions)
    return sorted(regions.order_by("code"), key=lambda region: words(region.name))


def asked_of(request: HttpRequest, regions: list[Region]) -> Asked:
    """Return what was asked; an agency of one region always sees that one, and nonsense is left aside.

    Raises:
        Http404: a region the person does not see.

    """
    codes = [region.code for region in regions]
    region, kind, step, name = (request.GET.get(field, "") for field in ("region", "kind", "step", "map"))
    if region and region not in codes:
        raise Http404
    return Asked(
        region=codes[0] if len(codes) == 1 else region,
        kind=kind if kind in set(ApplicantKind) else "",
        step=Step(step) if step in set(Step) else Step.SUBMITTED,
        map_name=name if name in MAPS else MAPS[0],
    )
