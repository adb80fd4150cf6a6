"""Whom the token acts for."""

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router

from rempart.hub.accounts.models import Membership
from rempart.hub.api.answers import READ_ERRORS
from rempart.hub.api.authentication import anyone, needing, token_of
from rempart.hub.api.schemas import Me, RoleHeld

router = Router(tags=["me"])


@router.get(
    "/me",
    auth=anyone,
    response={200: Me, **READ_ERRORS},
    summary=gettext_noop("Dire pour qui le jeton agit"),
    openapi_extra=needing(None),
)
def me(request: HttpRequest) -> Me:
    """Return the person, their roles, and what the token allows."""
    token = token_of(request)
    held = Membership.objects.filter(user=token.user, ended_at=None).select_related("region", "legal_entity", "ght")
    return Me(
        email=token.user.email,
        name=token.user.get_full_name(),
        roles=[RoleHeld(role=item.role, place=item.place) for item in held.order_by("role", "pk")],
        scopes=list(token.scopes),
        expires_at=token.expires_at,
    )
