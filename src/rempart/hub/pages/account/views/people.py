"""The people of one's establishment, agency or platform: invite them, end their roles, delegate a part."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rempart.hub.accounts import selectors
from rempart.hub.accounts.models import Delegation, User
from rempart.hub.accounts.permissions import can_administer
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.accounts.services import invitations, roles
from rempart.hub.common.errors import Refusal
from rempart.hub.pages.account.forms import InvitationForm
from rempart.hub.territory.models import GhtMembership

BY_PAGE = 50


@require_GET
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """List who holds a role where the person manages people, and who is invited."""
    user = _manager(request)
    held = selectors.memberships_visible_to(user).order_by("user__last_name", "user__first_name", "id")
    asked = request.GET.get("q", "").strip()
    if asked:
        held = held.filter(user__email__icontains=asked) | held.filter(user__last_name__icontains=asked)
    page = Paginator(held, BY_PAGE).get_page(request.GET.get("page"))
    waiting = selectors.invitations_visible_to(user)[:BY_PAGE]
    return render(
        request, "account/people.html", {"page": page, "waiting": waiting, "asked": asked, "now": timezone.now()}
    )


@require_http_methods(["GET", "POST"])
@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to a role."""
    user = _manager(request)
    territories = selectors.managed_territories(user)
    names_any = can_administer(user) or bool(Scope.of(user).regions)
    giveable = selectors.giveable_roles(user, territories)
    form = InvitationForm(request.POST or None, roles=giveable, territories=territories, names_any=names_any)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            invitations.invite(given["email"], Role(given["role"]), given["territory"], by=user, at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("L’invitation part par courriel à %(email)s.") % {"email": given["email"]})
            return redirect("people")
    return render(request, "account/invite.html", {"form": form})


@require_http_methods(["GET", "POST"])
@login_required
def end_role(request: HttpRequest, number: int) -> HttpResponse:
    """Ask, then end somebody's role."""
    user = _manager(request)
    held = get_object_or_404(selectors.memberships_visible_to(user), pk=number)
    if request.method == "POST":
        return _answer(request, lambda: roles.end_role(held, by=user, at=timezone.now()), _("Le rôle est retiré."))
    return render(request, "account/role_end.html", {"held": held})


@require_POST
@login_required
def resend_invitation(request: HttpRequest, number: int) -> HttpResponse:
    """Send an invitation again."""
    user = _manager(request)
    offer = get_object_or_404(selectors.invitations_visible_to(user), pk=number)
    return _answer(
        request, lambda: invitations.resend(offer, by=user, at=timezone.now()), _("L’invitation repart par courriel.")
    )


@require_POST
@login_required
def cancel_invitation(request: HttpRequest, number: int) -> HttpResponse:
    """Take an invitation back."""
    user = _manager(request)
    offer = get_object_or_404(selectors.invitations_visible_to(user), pk=number)
    return _answer(
        request, lambda: invitations.cancel(offer, by=user, at=timezone.now()), _("L’invitation est annulée.")
    )


@require_http_methods(["GET", "POST"])
@login_required
def delegations(request: HttpRequest) -> HttpResponse:
    """Show the parts delegated, given and received; give one or take it back."""
    user = _user(request)
    parts, received = selectors.parts(user), list(selectors.parts_received(user))
    if not parts and not Scope.of(user).own_ghts:
        raise PermissionDenied
    if request.method == "POST":
        chosen = next((part for part in parts if part[0].legal_entity_id == request.POST.get("entity")), None)
        if chosen is None:
            raise PermissionDenied
        return _toggle(request, user, *chosen)
    return render(request, "account/delegations.html", {"parts": parts, "received": received})


def _toggle(request: HttpRequest, user: User, member: GhtMembership, given: Delegation | None) -> HttpResponse:
    def delegate() -> None:
        roles.delegate(member.ght, member.legal_entity, by=user, at=timezone.now())

    def take_back() -> None:
        if given is not None:
            roles.end_delegation(given, by=user, at=timezone.now())

    if given is None:
        return _answer(request, delegate, _("La délégation est donnée."), back="delegations")
    return _answer(request, take_back, _("La délégation est retirée."), back="delegations")


def _answer(request: HttpRequest, change: Callable[[], object], done: str, *, back: str = "people") -> HttpResponse:
    """Do it, say it is done or why not, and go back to the list."""
    try:
        change()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(back)


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _manager(request: HttpRequest) -> User:
    user = _user(request)
    if not selectors.managed_territories(user):
        raise PermissionDenied
    return user
