"""Taking the place of one of the demonstration's characters: no password, for there is nothing to protect."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.demo.people import CAST

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_FIRST_PAGE = {
    Role.EDITOR: "candidate",
    Role.SIGNATORY: "candidate",
    Role.ESTABLISHMENT_ADMIN: "candidate",
    Role.DNS_PILOT: "steering",
    Role.ADMINISTRATOR: "administration_calls",
}


@require_http_methods(["GET", "POST"])
def characters(request: HttpRequest) -> HttpResponse:
    """Show the characters; a POST signs in as the one named."""
    if not settings.DEMO:  # the address is not even there, but a door deserves two locks
        raise Http404
    if request.method == "GET":
        return render(request, "demo/characters.html", {"cast": CAST})
    character = next((one for one in CAST if one.login == request.POST.get("login")), None)
    if character is None:
        raise Http404
    login(request, get_object_or_404(User, email=character.email), backend=BACKEND)
    UserSession.objects.create_from_request(request)  # as every other door does: one sees where one is signed in
    return redirect(_FIRST_PAGE.get(character.role, "instruction"))
