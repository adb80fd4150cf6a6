"""Whose file a page may show: the applicant's own people; agents go to their own pages, others find nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import ACTING, can_act_for, parts_open_to
from rempart.hub.accounts.scope import Scope
from rempart.hub.funding.applications.audiences import audience_of
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.models.application import ApplicationQuerySet
from rempart.hub.funding.applications.transitions import Audience
from rempart.hub.funding.calls.models import Call
from rempart.hub.territory.models import Ght, LegalEntity

View = Callable[..., HttpResponseBase]
RELATED = ("call", "version", "ght", "legal_entity", "region", "assigned_to")


def person(request: HttpRequest) -> User:
    """Return who is signed in.

    Raises:
        PermissionDenied: nobody is; a page forgot to ask.

    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """Return the data and files a form was sent with; nothing when the page is only read."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def applicants_only(view: View) -> View:
    """Open a page to people who are signed in and hold an applicant's role, or none yet; agents have other pages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 — any view
        if not request.user.is_authenticated:
            return redirect_to_login(_where_they_were(request))
        scope = Scope.of(person(request))
        if not (scope.is_empty or scope.entities or scope.own_ghts):
            raise PermissionDenied(_("Cet espace est celui des établissements."))
        return view(request, *args, **kwargs)

    return guarded


def _where_they_were(request: HttpRequest) -> str:
    """Return the page to come back to after signing in: for a form whose session expired, the page that holds it."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    known = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(before).path if known else reverse("candidate")


def own_files(user: User) -> ApplicationQuerySet:
    """Return the files of the applicants a person belongs to, never those they instruct."""
    scope = Scope.of(user)
    seen: ApplicationQuerySet = Application.objects.visible_to(user)
    return seen.filter(Q(legal_entity__in=list(scope.entities)) | Q(ght__in=list(scope.ghts)))


def own_file(request: HttpRequest, number: str) -> Application:
    """Return a file of the person's own.

    Raises:
        Http404: there is none of that number, or it is not theirs.

    """
    user = person(request)
    found = own_files(user).select_related(*RELATED).filter(number=number).first()
    if found is None or audience_of(user, found) is not Audience.APPLICANT:
        raise Http404
    return found


def may_touch(user: User, file: Application, members: dict[str, str]) -> bool:
    """Return whether a person may bring proofs to the file, or at least to the part of one of its members."""
    return can_act_for(user, file) or bool(parts_open_to(user, file, members))


def possible_applicants(user: User, call: Call) -> list[Ght | LegalEntity]:
    """Return the applicants a person may open a file for: theirs, that have none for this call yet."""
    scope = Scope.of(user)
    groups = [code for code, roles in scope.own_ghts.items() if roles & ACTING]
    entities = [finess for finess, roles in scope.entities.items() if roles & ACTING]
    taken = Application.objects.filter(call=call).exclude(state="withdrawn")
    ghts = Ght.objects.filter(pk__in=groups).exclude(applications__in=taken)
    alone = LegalEntity.objects.filter(pk__in=entities).exclude(applications__in=taken)
    return [*ghts.order_by("name"), *alone.exclude(ght_memberships__left_on=None, ght_memberships__isnull=False)]
