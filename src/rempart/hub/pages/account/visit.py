"""What the session remembers between two pages of an arrival: an attempt, an identity not yet known, an invitation."""

from dataclasses import asdict, dataclass

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse

from rempart.hub.accounts.models import User
from rempart.hub.accounts.oidc.claims import Person
from rempart.hub.accounts.oidc.client import Attempt
from rempart.hub.accounts.oidc.providers import OpenIdProvider, configured
from rempart.hub.accounts.stages import OIDC

_ATTEMPT, _STRANGER, _INVITATION, _END = "oidc_attempt", "oidc_stranger", "invitation", "oidc_end"


@dataclass(frozen=True, slots=True)
class Departure:
    """An attempt under way: where to go afterwards, and for which account (0: nobody is signed in)."""

    attempt: Attempt
    next_url: str
    attach_to: int


def leave_with(request: HttpRequest, departure: Departure) -> None:
    """Remember an attempt; a new one replaces it."""
    request.session[_ATTEMPT] = asdict(departure)


def departure_of(request: HttpRequest) -> Departure | None:
    """Return the attempt under way and forget it: it works once."""
    kept = request.session.pop(_ATTEMPT, None)
    return Departure(Attempt(**kept.pop("attempt")), **kept) if kept else None


def remember_stranger(request: HttpRequest, person: Person) -> None:
    """Remember an identity that belongs to nobody here yet."""
    request.session[_STRANGER] = asdict(person)


def stranger_of(request: HttpRequest) -> Person | None:
    """Return the identity that belongs to nobody here yet."""
    kept = request.session.get(_STRANGER)
    return Person(**{**kept, "finess": tuple(kept["finess"])}) if kept else None


def remember_invitation(request: HttpRequest, token: str) -> None:
    """Remember the invitation being read, while the person goes to an identity provider and back."""
    request.session[_INVITATION] = token


def invitation_of(request: HttpRequest) -> str | None:
    """Return the token of the invitation being read."""
    token: str | None = request.session.get(_INVITATION)
    return token


def forget_arrival(request: HttpRequest) -> None:
    """Forget what an arrival needed."""
    for name in (_STRANGER, _INVITATION):
        request.session.pop(name, None)


def remember_end(request: HttpRequest, provider: OpenIdProvider, token: str) -> None:
    """Keep, for the time of the session, what ends the provider's own session."""
    if token:
        request.session[_END] = {"provider": provider.code.value, "token": token}


def sign_in(request: HttpRequest, user: User, provider: OpenIdProvider, next_url: str = "") -> HttpResponse:
    """Sign in someone an identity provider vouches for."""
    record_authentication(request, user, OIDC, provider=provider.code.value)
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=next_url or None))
    return response


def sign_in_with_password(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in someone who has just chosen a password; a second factor is asked of them next."""
    record_authentication(request, user, "password")
    response: HttpResponse = perform_login(request, Login(user=user))
    return response


def offered() -> list[OpenIdProvider]:
    """Return the providers to show a button for, Pro Santé Connect first."""
    return list(configured().values())
