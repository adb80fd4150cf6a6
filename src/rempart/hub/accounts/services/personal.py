"""What the hub holds about a person: shown to them whole, and erased when they ask or stay away two years.

Whoever acted on files stays as an author without a name: decisions keep their history. Others are deleted.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.deletion import ProtectedError, RestrictedError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import Delegation, Invitation, Membership, User
from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal

IDLE = timedelta(days=730)
NOTICE = timedelta(days=14)

Reader = Callable[[User], object]
Lister = Callable[[User], list[dict[str, object]]]
Forgetter = Callable[[User], None]
_READERS: dict[str, Reader] = {}
_STAYS: list[tuple[str | Promise, Lister]] = []
_FORGETTERS: list[Forgetter] = []


def holds(name: str) -> Callable[[Reader], Reader]:
    """Register what another room holds about a person, under `name` in their export: plain data, ready for JSON."""

    def register(reader: Reader) -> Reader:
        _READERS[name] = reader
        return reader

    return register


def keeps(name: str | Promise) -> Callable[[Lister], Lister]:
    """Register acts of a person that another room keeps, without their name, once they are erased: one item an act."""

    def register(lister: Lister) -> Lister:
        if lister not in [known for _, known in _STAYS]:
            _STAYS.append((name, lister))
        return lister

    return register


def forgets(forgetter: Forgetter) -> Forgetter:
    """Register what another room does when a person is erased, in the same transaction."""
    if forgetter not in _FORGETTERS:
        _FORGETTERS.append(forgetter)
    return forgetter


def export(user: User) -> dict[str, object]:
    """Return all that the hub holds about `user`, room by room."""
    own = {name: reader(user) for name, reader in _READERS.items()}
    return own | {str(name): lister(user) for name, lister in _STAYS}


def stays(user: User) -> list[tuple[str | Promise, int]]:
    """Return what would stay, without their name, were the person erased: of each kind, how many."""
    return [(name, count) for name, lister in _STAYS if (count := len(lister(user)))]


@holds("personne")
def _person(user: User) -> object:
    return {
        "adresse": user.email,
        "prénom": user.first_name,
        "nom": user.last_name,
        "langue": user.language,
        "arrivée": user.joined_at.isoformat(),
        "dernière connexion": user.last_login.isoformat() if user.last_login else None,
    }


@holds("identités")
def _identities(user: User) -> object:
    return [
        {
            "fournisseur": str(known.get_provider_display()),
            "identifiant": known.subject,
            "depuis": iso(known.created_at),
        }
        for known in user.identities.all()
    ]


@holds("rôles")
def _roles(user: User) -> object:
    held = user.memberships.select_related("region", "legal_entity", "ght")
    return [
        {"rôle": str(one.get_role_display()), "lieu": one.place, "du": iso(one.given_at), "au": iso(one.ended_at)}
        for one in held
    ]


@holds("invitations")
def _invitations(user: User) -> object:
    about = Invitation.objects.filter(Q(email=user.email) | Q(accepted_by=user) | Q(invited_by=user))
    return [
        {"rôle": str(one.get_role_display()), "lieu": one.place, "le": iso(one.invited_at)}
        for one in about.select_related("region", "legal_entity", "ght")
    ]


@holds("délégations")
def _delegations(user: User) -> object:
    given = Delegation.objects.filter(given_by=user).select_related("ght", "legal_entity")
    return [{"délégation": str(one), "du": iso(one.given_at), "au": iso(one.ended_at)} for one in given]


@holds("sessions")
def _sessions(user: User) -> object:
    known = UserSession.objects.filter(user=user).order_by("-created_at")
    return [{"du": iso(one.created_at), "adresse IP": one.ip, "navigateur": one.user_agent} for one in known]


def acts(rows: QuerySet[Any], moment: str, **fields: str) -> list[dict[str, object]]:
    """Return rows as an export tells them: the named fields, then `le`, the field `moment`, oldest first. One query."""
    told = rows.order_by(moment, "pk").values_list(*fields.values(), moment)
    return [dict(zip(fields, values, strict=True)) | {"le": iso(at)} for *values, at in told]


def iso(moment: datetime | None) -> str | None:
    """Return a moment as JSON holds it."""
    return moment.isoformat() if moment else None


def erase(user: User, *, at: datetime) -> None:
    """Erase a person: their means of signing in, their name, their address; their roles end.

    Raises:
        Refusal: nobody would administer the platform any more.

    """
    with transaction.atomic():
        admins = Membership.objects.select_for_update().filter(
            role=Role.ADMINISTRATOR, ended_at=None, user__is_active=True
        )
        if {held.user_id for held in admins} == {user.pk}:
            raise Refusal(
                _("Vous êtes la dernière personne à administrer la plateforme."),
                "last_administrator",
                _("Invitez d’abord une autre personne à administrer la plateforme."),
            )
        for session in UserSession.objects.filter(user=user):
            session.end()
        Authenticator.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user=user).delete()
        user.identities.all().delete()
        Invitation.objects.filter(email=user.email, accepted_at=None, cancelled_at=None).update(cancelled_at=at)
        Invitation.objects.filter(Q(email=user.email) | Q(accepted_by=user)).update(email=nobody(user.pk))
        for forgetter in _FORGETTERS:
            forgetter(user)
        _forget(user, at)


def reset_factors(email: str) -> None:
    """Remove the second factors of somebody who lost them all, and close their sessions.

    Raises:
        Refusal: nobody has that address.

    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise Refusal(_("Aucun compte ne porte cette adresse."), "nobody_there")
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        for session in UserSession.objects.filter(user=user):
            session.end()


def _forget(user: User, at: datetime) -> None:
    """Delete the person if nothing they did is kept, else leave an author without a name."""
    if not user.memberships.exists():
        with suppress(RestrictedError, ProtectedError), transaction.atomic():
            user.delete()
            return
    user.memberships.filter(ended_at=None).update(ended_at=at)
    user.email, user.first_name, user.last_name = nobody(user.pk), "", "Personne effacée"
    user.is_active, user.erased_at, user.last_login = False, at, None
    user.set_unusable_password()
    user.save()


def nobody(number: int) -> str:
    """Return the address that stands for an erased one: the `.invalid` domain exists nowhere (RFC 2606)."""
    return f"efface-{number}@rempart.invalid"


def idle(*, at: datetime) -> QuerySet[User]:
    """Return the active people who have not come for two years less the notice."""
    before = at - IDLE + NOTICE
    return User.objects.filter(
        Q(last_login__lt=before) | Q(last_login=None, joined_at__lt=before), is_active=True
    ).order_by("id")
