"""Signing in with an identity provider: leave, come back, and what a person nobody knows may do."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from rempart.hub.accounts.models import User
from rempart.hub.accounts.oidc import client
from rempart.hub.accounts.oidc.claims import Person
from rempart.hub.accounts.oidc.failures import SignInFailure
from rempart.hub.accounts.oidc.providers import OpenIdProvider, configured
from rempart.hub.accounts.selectors import proposed_entities
from rempart.hub.accounts.services import arrivals
from rempart.hub.common.errors import Refusal
from rempart.hub.common.readonly import writes_on_get
from rempart.hub.pages.account import visit


@require_GET
@never_cache
def leave(request: HttpRequest, provider: str) -> HttpResponse:
    """Send the browser to the provider."""
    try:
        entry = _provider(provider)
        attempt = client.Attempt.new(entry, timezone.now())
        there = client.leave(entry, attempt, _back(entry))
    except SignInFailure as failure:
        return _failed(request, failure)
    attach_to = request.user.pk if isinstance(request.user, User) else 0
    visit.leave_with(request, visit.Departure(attempt, _safe_next(request), attach_to))
    return redirect(there)


@require_GET
@never_cache
@writes_on_get
def come_back(request: HttpRequest, provider: str) -> HttpResponse:
    """Learn from the provider who came back, and let them in, attach them, or ask for their invitation."""
    departure = visit.departure_of(request)
    try:
        entry = _provider(provider)
        if departure is None or departure.attempt.provider != provider:
            raise SignInFailure("no_attempt")
        outcome = client.come_back(
            entry, departure.attempt, request.GET.dict(), redirect_uri=_back(entry), at=timezone.now()
        )
        if departure.attach_to:
            return _attach(request, departure, outcome.person)
    except Refusal as failure:
        return _failed(request, failure)
    visit.remember_end(request, entry, outcome.token)
    user = arrivals.known(outcome.person)
    if user is not None:
        return visit.sign_in(request, user, entry, departure.next_url)
    visit.remember_stranger(request, outcome.person)
    token = visit.invitation_of(request)
    return redirect("invitation", token) if token else redirect("identity_unknown")


@require_GET
@never_cache
def unknown(request: HttpRequest) -> HttpResponse:
    """Tell a person the hub does not know how to be invited, and by whom."""
    person = visit.stranger_of(request)
    if person is None:
        return redirect("account_login")
    entities = proposed_entities(person.finess)
    return render(request, "account/identity_unknown.html", {"person": person, "entities": entities})


def _attach(request: HttpRequest, departure: visit.Departure, person: Person) -> HttpResponse:
    if not isinstance(request.user, User) or request.user.pk != departure.attach_to:
        raise SignInFailure("no_attempt")
    arrivals.attach(request.user, person, at=timezone.now())
    messages.success(request, _("Cette identité est rattachée à votre compte."))
    return redirect("my_account")


def _provider(code: str) -> OpenIdProvider:
    entry = configured().get(code)
    if entry is None:
        raise SignInFailure("not_configured")
    return entry


def _back(entry: OpenIdProvider) -> str:
    """Return our own address for the provider: the site's, never what the browser says the host is."""
    return f"{settings.SITE_URL}{reverse('provider_back', args=[entry.code.value])}"


def _safe_next(request: HttpRequest) -> str:
    asked = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""


def _failed(request: HttpRequest, failure: Refusal) -> HttpResponse:
    return render(request, "account/sign_in_failed.html", {"failure": failure}, status=HTTPStatus.BAD_REQUEST)
