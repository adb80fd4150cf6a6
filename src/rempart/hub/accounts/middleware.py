"""A password alone opens nothing: until a second factor is set up, only the pages that set it up are reachable."""

from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from rempart.hub.accounts.models import User
from rempart.hub.accounts.stages import OIDC

SET_UP = "second_factor"
"""The page that says why a second factor is asked for, and offers two."""

REACHABLE = frozenset({
    SET_UP,
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_reauthenticate",
    "account_logout",
    "account_email_verification_sent",
    "set_language",
    "legal",
    "privacy",
    "accessibility",
    "help",
})  # fmt: skip


def lacks_second_factor(request: HttpRequest) -> bool:
    """Return whether the person came with a password alone and has no second factor.

    A session without any record was not opened by a password: nothing is asked of it.
    """
    if not isinstance(request.user, User):
        return False
    methods = {record.get("method") for record in get_authentication_records(request, request.user)}
    if "password" not in methods or methods & {"mfa", OIDC}:
        return False
    return not is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])


class SecondFactorMiddleware:
    """Send to the set-up page those who lack a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or send the person to the set-up page."""
        if lacks_second_factor(request) and _name(request.path_info) not in REACHABLE:
            return redirect(SET_UP)
        return self.get_response(request)


def _name(path: str) -> str | None:
    try:
        return resolve(path).url_name
    except Resolver404:
        return None
