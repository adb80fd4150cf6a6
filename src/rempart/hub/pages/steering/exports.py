"""The figures of a dashboard as a spreadsheet: asked for, made in the background, followed, downloaded on its page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.exports import services
from rempart.hub.exports.models import Export, Format, Kind, Progress
from rempart.hub.funding.calls.models import Call
from rempart.hub.pages.steering.access import asked_of, calls_of, person_of, regions_of, scope_of
from rempart.hub.pages.steering.board import Asked


@require_http_methods(["GET", "POST"])
@login_required
def export(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the spreadsheet of what the dashboard shows (POST); show how far it is (GET, the page asks again)."""
    scope, person = scope_of(request), person_of(request)
    call = get_object_or_404(calls_of(person), pk=code)
    asked = asked_of(request, regions_of(scope))
    if request.method == "GET":
        context = {"export": latest(person, call, asked), "call": call, "query": request.GET.urlencode()}
        return render(request, "steering/export.html", context)
    try:
        services.ask(
            Kind.DASHBOARD.value, Format.XLSX.value, by=person, at=timezone.now(), filters=_filters(call, asked)
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Le tableur se prépare. Il sera aussi dans vos exports."))
    return redirect(f"{reverse('dashboard', args=[call.pk])}?{request.GET.urlencode()}")


def latest(person: User, call: Call, asked: Asked) -> Export | None:
    """Return the last spreadsheet a person asked for of the same figures, unless it is erased by now."""
    made = Export.objects.visible_to(person).filter(kind=Kind.DASHBOARD, filters=_filters(call, asked))
    return made.exclude(state=Progress.EXPIRED).order_by("-asked_at", "-pk").first()


def _filters(call: Call, asked: Asked) -> dict[str, list[str]]:
    """Return the filters as the export keeps them."""
    narrowed = {"region": asked.region, "kind": asked.kind}
    return {"call": [call.pk], **{name: [value] for name, value in narrowed.items() if value}}
