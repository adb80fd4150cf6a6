"""Who may open these pages, and the person behind a request."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope

View = Callable[..., HttpResponseBase]


def instructs(scope: Scope) -> bool:
    """Return whether somebody of that scope works at files: a region's agents, or the nation's."""
    return scope.is_national or bool(scope.regions)


def person(request: HttpRequest) -> User:
    """Return the person signed in.

    Raises:
        PermissionDenied: nobody is.

    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def agents_only(view: View) -> View:
    """Open a page to those who instruct; others who are signed in read that it is not for them (403)."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:  # noqa: ANN401 — as the view says
        if not instructs(Scope.of(person(request))):
            raise PermissionDenied
        return view(request, *arguments, **named)

    return guarded
