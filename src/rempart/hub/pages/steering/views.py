"""The dashboards: a call at a glance, for the nation or a region."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.dashboards.steps import Step
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.funding.calls.models import Call
from rempart.hub.pages.steering.apps import steers
from rempart.hub.pages.steering.board import Asked, board
from rempart.hub.pages.steering.forms import Filters
from rempart.hub.territory.models import Region
from rempart.hub.territory.words import words

MAPS = ("regions", "departments")


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the dashboard of the latest call that has files; say so when there is no call."""
    _scope(request)
    call = _calls(_person(request)).first()
    return redirect("dashboard", call.pk) if call else render(request, "steering/no_call.html")


@login_required
def dashboard(request: HttpRequest, code: str) -> HttpResponse:
    """Show a call: funnel, kinds, map, delays, weeks and envelope."""
    scope, person = _scope(request), _person(request)
    calls = _calls(person)
    call = get_object_or_404(calls, pk=code)
    regions = _regions(scope)
    whole = _("France entière") if scope.is_national else _("Toutes mes régions")
    asked = _asked(request, regions)
    shown = board(call, person, asked, whole=scope.is_national, at=timezone.now())
    names = {region.code: region.name for region in regions}
    context = {
        "board": shown,
        "calls": calls,
        "filters": Filters(asked, regions, whole=whole),
        "place": names.get(asked.region, whole),
        "national": scope.is_national,
        "query": _query(request),
    }
    return render(request, "steering/dashboard.html", context)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _scope(request: HttpRequest) -> Scope:
    """Return the person's scope when it covers a region or the nation.

    Raises:
        PermissionDenied: it covers neither.

    """
    scope = Scope.of(_person(request))
    if not steers(scope):
        raise PermissionDenied
    return scope


def _calls(user: User) -> "QuerySet[Call]":
    has_files = Exists(Application.objects.filter(call=OuterRef("pk")))
    calls: QuerySet[Call] = Call.objects.visible_to(user)
    return calls.annotate(has_files=has_files).order_by("-has_files", "-code")


def _regions(scope: Scope) -> list[Region]:
    regions = Region.objects.all() if scope.is_national else Region.objects.filter(pk__in=scope.regions)
    return sorted(regions.order_by("code"), key=lambda region: words(region.name))


def _asked(request: HttpRequest, regions: list[Region]) -> Asked:
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


def _query(request: HttpRequest) -> str:
    """Return the filters as they stand in an address, the map left out."""
    query = request.GET.copy()
    query.pop("map", None)
    return query.urlencode()
