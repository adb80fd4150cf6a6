"""The public pages."""

from typing import NamedTuple

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from rempart.hub.accounts.scope import Scope
from rempart.hub.funding.calls.definition import CallDefinition
from rempart.hub.funding.calls.models import Call, CallVersion
from rempart.hub.funding.proofs.hub_key import public_key_pem
from rempart.hub.pages.public.desks import Desk, Opening, current, desks
from rempart.hub.pages.public.figures import figures
from rempart.hub.theme.glossary import glossary as definitions


class Shown(NamedTuple):
    """A call as the public reads it: its rules in force, its desks, and the one to look at first."""

    call: Call
    version: CallVersion
    definition: CallDefinition
    desks: list[Desk]
    first: Desk | None


def _published() -> QuerySet[Call]:
    in_force = CallVersion.objects.filter(published_at__lte=timezone.now()).order_by("-number")
    return (
        Call.objects.filter(versions__published_at__lte=timezone.now())
        .distinct()
        .prefetch_related("windows__extensions", Prefetch("versions", in_force, to_attr="in_force"))
        .order_by("-code")
    )


def _shown(call: Call) -> Shown:
    version: CallVersion = call.in_force[0]  # type: ignore[attr-defined] # prefetched above
    found = desks(call, timezone.now())
    return Shown(call, version, version.definition, found, current(found))


def home(request: HttpRequest) -> HttpResponse:
    """Show what Rempart is, what is open, and how to take part."""
    shown = [_shown(call) for call in _published()]
    scope = Scope.of(request.user)
    context = {
        "open_calls": [one for one in shown if one.first],
        "figures": figures(),
        "is_applicant": bool(scope.entities or scope.own_ghts),
    }
    return render(request, "public/home.html", context)


def calls(request: HttpRequest) -> HttpResponse:
    """List the calls, those that take files first."""
    shown = [_shown(call) for call in _published()]
    open_ones = [one for one in shown if one.first and one.first.opening is Opening.OPEN]
    others = [one for one in shown if one not in open_ones]
    return render(request, "public/calls.html", {"open_ones": open_ones, "others": others})


def call(request: HttpRequest, code: str) -> HttpResponse:
    """Show one call: its desks and their moves, its objectives, what no public text says."""
    shown = _shown(get_object_or_404(_published(), pk=code))
    scope = Scope.of(request.user)
    context = {"shown": shown, "definition": shown.definition, "may_apply": bool(scope.entities or scope.own_ghts)}
    return render(request, "public/call.html", context)


def glossary(request: HttpRequest) -> HttpResponse:
    """Explain the words of the programme."""
    return render(request, "public/glossary.html", {"definitions": definitions().values()})


def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show a page that is text only."""
    return render(request, f"public/{name}.html", {"publisher": settings.PUBLISHER, "contact": settings.CONTACT})


def open_data(request: HttpRequest) -> HttpResponse:
    """Say what is published, and give each call's figures and rules."""
    versions = Prefetch("versions", CallVersion.objects.published().order_by("number"), to_attr="published_versions")
    calls = Call.objects.published().prefetch_related(versions).order_by("-code")
    return render(request, "public/open_data.html", {"calls": calls})


def rules(request: HttpRequest, code: str, number: int) -> HttpResponse:  # noqa: ARG001 — anybody, the same answer
    """Send the text of a published version of a call's rules."""
    version = get_object_or_404(CallVersion.objects.published(), call=code, number=number)
    name = f"{version.call_id}-v{version.number}.toml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(version.content, content_type="application/toml; charset=utf-8", headers=headers)


def hub_key(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 — anybody, always the same answer
    """Send the hub's public key: with it, anybody verifies a receipt, by `rempart proof receipt`."""
    return HttpResponse(public_key_pem(), content_type="application/x-pem-file")
