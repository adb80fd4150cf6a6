"""Roles given and ended, parts of a GHT's file delegated. A role ends, it never vanishes."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import Delegation, Held, Membership, User
from rempart.hub.accounts.permissions import Territory, can_delegate, can_give
from rempart.hub.accounts.roles import Role
from rempart.hub.common import mail
from rempart.hub.common.errors import Refusal
from rempart.hub.territory.models import Ght, LegalEntity, Region


def territory_of(held: Held) -> Territory:
    """Return where a role is held; None is the whole country."""
    return held.region or held.legal_entity or held.ght


def columns(territory: Territory) -> dict[str, Territory]:
    """Return the columns of `Held` that say `territory`."""
    kinds = {"region": Region, "legal_entity": LegalEntity, "ght": Ght}
    return {name: territory if isinstance(territory, kind) else None for name, kind in kinds.items()}


def check_may_give(by: User | None, role: Role, territory: Territory) -> None:
    """Refuse what `by` may not give; None is the command line, on the machine itself."""
    if by is not None and not can_give(by, role, territory):
        raise Refusal(_("Vous ne pouvez pas gérer ce rôle sur ce territoire."), "role_not_yours")


def give_role(user: User, role: Role, territory: Territory, *, by: User | None, at: datetime) -> Membership:
    """Give `user` a role; the mail that says so goes with it.

    Raises:
        Refusal: `by` may not give it, or it is held already.

    """
    check_may_give(by, role, territory)
    try:
        with transaction.atomic():
            held = Membership.objects.create(user=user, role=role, given_by=by, given_at=at, **columns(territory))
    except IntegrityError as error:
        raise Refusal(_("Cette personne tient déjà ce rôle."), "role_held") from error
    user.__dict__.pop("_scope_of_this_request", None)
    return held


def end_role(membership: Membership, *, by: User | None, at: datetime) -> None:
    """End a role, from this moment on.

    Raises:
        Refusal: `by` may not end it, it has ended, or nobody would administer the platform any more.

    """
    role = Role(membership.role)
    check_may_give(by, role, territory_of(membership))
    with transaction.atomic():
        alike = list(Membership.objects.select_for_update().filter(role=role, ended_at=None, user__is_active=True))
        if membership not in alike:
            raise Refusal(_("Ce rôle est déjà retiré."), "role_ended")
        if role == Role.ADMINISTRATOR and len(alike) == 1:
            raise Refusal(
                _("Cette personne est la dernière à administrer la plateforme."),
                "last_administrator",
                _("Invitez d’abord une autre personne à administrer la plateforme."),
            )
        membership.ended_at = at
        membership.save(update_fields=["ended_at"])
        _tell(membership, "accounts/mail/role_ended")


def delegate(ght: Ght, legal_entity: LegalEntity, *, by: User, at: datetime) -> Delegation:
    """Let the GHT's support establishment act on the part of one of its members.

    Raises:
        Refusal: `by` may not delegate for the entity, it is no member of the GHT, or it has delegated already.

    """
    if not can_delegate(by, legal_entity.pk):
        raise Refusal(_("Seul l’établissement lui-même délègue sa partie."), "delegation_not_yours")
    if not legal_entity.ght_memberships.filter(ght=ght, left_on=None).exists():
        raise Refusal(_("Cet établissement n’appartient pas à ce GHT."), "not_a_member")
    try:
        with transaction.atomic():
            return Delegation.objects.create(ght=ght, legal_entity=legal_entity, given_by=by, given_at=at)
    except IntegrityError as error:
        raise Refusal(_("Cette délégation est déjà donnée."), "delegation_given") from error


def end_delegation(delegation: Delegation, *, by: User, at: datetime) -> None:
    """Take a delegation back: from this moment on, the member alone acts on its part."""
    if not can_delegate(by, delegation.legal_entity_id):
        raise Refusal(_("Seul l’établissement lui-même reprend sa partie."), "delegation_not_yours")
    if not Delegation.objects.filter(pk=delegation.pk, ended_at=None).update(ended_at=at):
        raise Refusal(_("Cette délégation est déjà retirée."), "delegation_ended")


def _tell(membership: Membership, template: str) -> None:
    user = membership.user
    if user.is_active:
        mail.send(user.email, template, {"membership": membership, "user": user}, language=user.language)
