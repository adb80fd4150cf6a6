"""One's own account: what it holds, how one signs in, where one is signed in; take it away, erase it."""

import json
from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rempart.hub.accounts.middleware import lacks_second_factor
from rempart.hub.accounts.models import Identity
from rempart.hub.accounts.services import arrivals, personal
from rempart.hub.common.errors import Refusal
from rempart.hub.pages.account import visit
from rempart.hub.pages.account.forms import ProfileForm
from rempart.hub.pages.account.views.people import _user

View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Ask who it is again, unless they just said so: allauth's own decorator, with its type."""
    decorated: View = reauthentication_required(view)
    return decorated


@require_http_methods(["GET", "POST"])
@login_required
def my_account(request: HttpRequest) -> HttpResponse:
    """Show one's account; change one's names and language."""
    user = _user(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("C’est enregistré."))
        return redirect("my_account")
    identities = {known.provider: known for known in user.identities.all()}
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return render(
        request,
        "account/my_account.html",
        {
            "form": form,
            "held": user.memberships.filter(ended_at=None).select_related("region", "legal_entity", "ght"),
            "identities": identities.values(),
            "attachable": [entry for entry in visit.offered() if entry.code.value not in identities],
            "has_password": user.has_usable_password(),
            "has_factor": bool(kinds - {Authenticator.Type.RECOVERY_CODES}),
        },
    )


@require_GET
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Say why a second factor is asked for, and offer two."""
    if not lacks_second_factor(request):
        return redirect("mfa_index")
    return render(request, "account/second_factor.html")


@require_POST
@login_required
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """Sign out one other browser."""
    session = get_object_or_404(UserSession, pk=number, user=_user(request))
    if not session.is_current():
        session.end()
        messages.success(request, _("Cette session est fermée."))
    return redirect("usersessions_list")


@require_POST
@login_required
@confirmed
def detach(request: HttpRequest, number: int) -> HttpResponse:
    """Stop signing in with an identity."""
    known = get_object_or_404(Identity, pk=number, user=_user(request))
    try:
        arrivals.detach(known)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Cette identité est détachée de votre compte."))
    return redirect("my_account")


@require_GET
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Give all that is held about oneself, as a file."""
    held = json.dumps(personal.export(_user(request)), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="rempart-mes-donnees.json"'}
    return HttpResponse(held, content_type="application/json", headers=headers)


@require_http_methods(["GET", "POST"])
@login_required
@confirmed
def erase(request: HttpRequest) -> HttpResponse:
    """Ask, then erase one's account."""
    user = _user(request)
    if request.method == "POST":
        try:
            personal.erase(user, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("my_account")
        request.session.flush()
        return redirect("home")
    return render(request, "account/erase.html", {"stays": personal.stays(user)})
