"""Nobody signs up: a role is offered by mail. The link is signed, works once, and dies with a new sending."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import Invitation, Language, Membership, User
from rempart.hub.accounts.permissions import Territory
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.services.roles import check_may_give, columns, territory_of
from rempart.hub.common.errors import Refusal

VALID_FOR = timedelta(days=14)
_SALT = "rempart.accounts.invitation"


def token_of(invitation: Invitation) -> str:
    """Return the secret of the link. It is computed, never stored: who reads the database cannot use it."""
    return signing.dumps([invitation.pk, invitation.serial], salt=_SALT)


def invite(email: str, role: Role, territory: Territory, *, by: User | None, at: datetime) -> Invitation:
    """Offer `role` on `territory` to whoever reads `email`; the mail is queued, in the language of who invites.

    Raises:
        Refusal: `by` may not give that role there, the person holds it, or is invited to it already.

    """
    check_may_give(by, role, territory)
    email = email.strip().lower()
    place = columns(territory)
    if Membership.objects.filter(user__email=email, role=role, ended_at=None, **_exactly(place)).exists():
        raise Refusal(_("Cette personne tient déjà ce rôle."), "role_held")
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email,
                role=role,
                language=by.language if by else Language.FRENCH,
                invited_by=by,
                invited_at=at,
                expires_at=at + VALID_FOR,
                **place,
            )
            _queue(invitation)
    except IntegrityError as error:
        raise Refusal(
            _("Cette personne est déjà invitée pour ce rôle."),
            "already_invited",
            _("Renvoyez l’invitation en cours, ou annulez-la."),
        ) from error
    return invitation


def resend(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Send the mail again, for as long as the first time; earlier links die."""
    with transaction.atomic():
        kept = _open(invitation)
        check_may_give(by, Role(kept.role), territory_of(kept))
        kept.serial += 1
        kept.expires_at = at + VALID_FOR
        kept.save(update_fields=["serial", "expires_at"])
        _queue(kept)


def cancel(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Take the offer back."""
    with transaction.atomic():
        kept = _open(invitation)
        check_may_give(by, Role(kept.role), territory_of(kept))
        kept.cancelled_at = at
        kept.save(update_fields=["cancelled_at"])


def read(token: str, *, at: datetime) -> Invitation:
    """Return the invitation a link is for.

    Raises:
        Refusal: the link is forged, replaced, used, cancelled or too old; each says what to do.

    """
    try:
        number, serial = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise Refusal(_("Ce lien d’invitation n’est pas valable."), "invitation_forged", _ASK_AGAIN) from error
    invitation = Invitation.objects.select_related("region", "legal_entity", "ght", "invited_by").get(pk=number)
    if invitation.accepted_at:
        raise Refusal(_("Cette invitation a déjà servi."), "invitation_used", _("Connectez-vous avec votre compte."))
    if invitation.cancelled_at:
        raise Refusal(_("Cette invitation a été annulée."), "invitation_cancelled", _ASK_AGAIN)
    if invitation.serial != serial:
        raise Refusal(
            _("Une invitation plus récente vous a été envoyée."),
            "invitation_replaced",
            _("Utilisez le lien du dernier courriel reçu."),
        )
    if invitation.expires_at <= at:
        raise Refusal(_("Cette invitation n’est plus valable."), "invitation_expired", _ASK_AGAIN)
    return invitation


def accept(invitation: Invitation, user: User, *, at: datetime) -> None:
    """Give `user` the role offered. Two clicks at once give it once.

    Raises:
        Refusal: the invitation ended meanwhile.

    """
    with transaction.atomic():
        kept = _open(invitation)
        kept.accepted_at, kept.accepted_by = at, user
        kept.save(update_fields=["accepted_at", "accepted_by"])
        place = columns(territory_of(kept))
        Membership.objects.get_or_create(
            user=user,
            role=kept.role,
            ended_at=None,
            **_exactly(place),
            defaults={"given_by": kept.invited_by, "given_at": at, **place},
        )
    user.__dict__.pop("_scope_of_this_request", None)


_ASK_AGAIN = _("Demandez une nouvelle invitation à la personne qui vous a invité.")


def _open(invitation: Invitation) -> Invitation:
    """Return the invitation, locked, if it is still open."""
    kept = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("region", "legal_entity__department", "ght", "invited_by")
        .get(pk=invitation.pk)
    )
    if kept.accepted_at or kept.cancelled_at:
        raise Refusal(_("Cette invitation n’est plus en cours."), "invitation_closed")
    return kept


def _exactly(place: dict[str, Territory]) -> dict[str, object]:
    """Return the lookups of one place and no other: an empty column is compared with `isnull`."""
    return {name if value else f"{name}__isnull": value or True for name, value in place.items()}


def _queue(invitation: Invitation) -> None:
    from rempart.hub.accounts.tasks import deliver_invitation  # noqa: PLC0415 — the task calls this module

    deliver_invitation.defer(invitation=invitation.pk, serial=invitation.serial)
