"""Who comes into the administration: administrators read and write, DNS pilots read, everybody else is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope

P = ParamSpec("P")
WRITES = frozenset({Role.ADMINISTRATOR})
READS = WRITES | {Role.DNS_PILOT}
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def person(request: HttpRequest) -> User:
    """Return who asks, on a page that only people signed in reach."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _open_to(roles: frozenset[Role]) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not Scope.of(person(request)).national & roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


reads = _open_to(READS)
"""Open a page to administrators and DNS pilots."""
writes = _open_to(WRITES)
"""Open a page to administrators."""


def may_write(request: HttpRequest) -> bool:
    """Return whether the page shows what changes things."""
    return bool(Scope.of(request.user).national & WRITES)
