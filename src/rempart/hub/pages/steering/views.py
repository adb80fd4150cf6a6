"""The dashboards: a call at a glance, for the nation or a region."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from rempart.hub.pages.steering.access import asked_of, calls_of, person_of, regions_of, scope_of
from rempart.hub.pages.steering.board import board
from rempart.hub.pages.steering.exports import latest
from rempart.hub.pages.steering.forms import Filters


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the dashboard of the latest call that has files; say so when there is no call."""
    scope_of(request)
    call = calls_of(person_of(request)).first()
    return redirect("dashboard", call.pk) if call else render(request, "steering/no_call.html")


@login_required
def dashboard(request: HttpRequest, code: str) -> HttpResponse:
    """Show a call: funnel, kinds, map, delays, weeks and envelope."""
    scope, person = scope_of(request), person_of(request)
    calls = calls_of(person)
    call = get_object_or_404(calls, pk=code)
    regions = regions_of(scope)
    whole = _("France entière") if scope.is_national else _("Toutes mes régions")
    asked = asked_of(request, regions)
    shown = board(call, person, asked, whole=scope.is_national, at=timezone.now())
    names = {region.code: region.name for region in regions}
    context = {
        "board": shown,
        "calls": calls,
        "filters": Filters(asked, regions, whole=whole),
        "place": names.get(asked.region, whole),
        "national": scope.is_national,
        "query": _query(request),
        "export": latest(person, call, asked),
        "exported": request.GET.urlencode(),
    }
    return render(request, "steering/dashboard.html", context)


def _query(request: HttpRequest) -> str:
    """Return the filters as they stand in an address, the map left out."""
    query = request.GET.copy()
    query.pop("map", None)
    return query.urlencode()
