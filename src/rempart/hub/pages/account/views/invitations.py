"""Reading an invitation and accepting it, in whichever way the person signs in."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from rempart.hub.accounts.models import Invitation, User
from rempart.hub.accounts.oidc.claims import Person
from rempart.hub.accounts.oidc.providers import configured
from rempart.hub.accounts.services import arrivals, invitations
from rempart.hub.common.errors import Refusal
from rempart.hub.pages.account import visit
from rempart.hub.pages.account.forms import NamesForm, PasswordForm


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is offered, and accept it: signed in already, with an identity, or with a new password."""
    try:
        offer = invitations.read(token, at=timezone.now())
        visit.remember_invitation(request, token)
        if isinstance(request.user, User):
            return _with_account(request, request.user, offer)
        person = visit.stranger_of(request)
        return _with_identity(request, person, offer) if person else _with_password(request, offer)
    except Refusal as refusal:
        context = {"refusal": refusal}
        return render(request, "account/invitation_refused.html", context, status=HTTPStatus.BAD_REQUEST)


def _with_account(request: HttpRequest, user: User, offer: Invitation) -> HttpResponse:
    if request.method != "POST":
        return _page(request, offer)
    invitations.accept(offer, user, at=timezone.now())
    visit.forget_arrival(request)
    messages.success(request, _("Bienvenue : votre rôle est actif."))
    return redirect("home")


def _with_identity(request: HttpRequest, person: Person, offer: Invitation) -> HttpResponse:
    initial = {"first_name": person.given_name, "last_name": person.family_name}
    form = NamesForm(request.POST or None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _page(request, offer, form=form, person=person, provider=configured().get(person.provider))
    user = arrivals.arrive(offer, **form.cleaned_data, means=person, at=timezone.now())
    visit.forget_arrival(request)
    return visit.sign_in(request, user, configured()[person.provider])


def _with_password(request: HttpRequest, offer: Invitation) -> HttpResponse:
    form = PasswordForm(request.POST or None, email=offer.email)
    if request.method != "POST" or not form.is_valid():
        has_account = User.objects.filter(email=offer.email).exists()
        return _page(request, offer, form=form, providers=visit.offered(), has_account=has_account)
    password = form.cleaned_data.pop("password")
    user = arrivals.arrive(offer, **form.cleaned_data, means=password, at=timezone.now())
    visit.forget_arrival(request)
    return visit.sign_in_with_password(request, user)


def _page(request: HttpRequest, offer: Invitation, **context: object) -> HttpResponse:
    return render(request, "account/invitation.html", {"offer": offer, **context})
