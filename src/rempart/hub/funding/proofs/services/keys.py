"""The keys an entity signs with."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import ACTING
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.proofs.models import RegisteredKey
from rempart.hub.territory.models import LegalEntity
from rempart.measurement.errors import InputError
from rempart.proof.keys import read_public_key

LARGEST_PEM = 2_000
MAY_HOLD_KEYS = ACTING | {Role.ESTABLISHMENT_ADMIN}


@transaction.atomic
def register_key(
    legal_entity: LegalEntity, pem: str | bytes, *, label: str = "", by: User, at: datetime
) -> RegisteredKey:
    """Register a public key for an entity; the same one again gives back the same row.

    Raises:
        Refusal: not a public Ed25519 key (`not_a_key`, `private_key`), a key of another entity (`key_taken`), or no
            right to (`not_allowed`).

    """
    _check_may_hold_keys(by, legal_entity)
    keyid, text = _read(pem.encode() if isinstance(pem, str) else pem)
    known = RegisteredKey.objects.filter(keyid=keyid, revoked_at=None).first()
    if known is None:
        try:
            with transaction.atomic():
                return RegisteredKey.objects.create(
                    legal_entity=legal_entity, keyid=keyid, pem=text, label=label[:80] or keyid[:8],
                    registered_by=by, registered_at=at,
                )  # fmt: skip
        except IntegrityError:
            known = RegisteredKey.objects.get(keyid=keyid, revoked_at=None)
    if known.legal_entity_id != legal_entity.pk:
        raise Refusal(
            _("Cette clé est déjà celle d’un autre établissement."),
            "key_taken",
            _("Chaque établissement signe avec sa propre clé : créez-en une avec « rempart proof key »."),
        )
    return known


@transaction.atomic
def revoke_key(key: RegisteredKey, *, by: User, at: datetime) -> RegisteredKey:
    """Revoke a key: it signs nothing new; what it signed before stays. A revoked key stays revoked.

    Raises:
        Refusal: no right to (`not_allowed`).

    """
    key = RegisteredKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    _check_may_hold_keys(by, key.legal_entity)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = at, by
        key.save(update_fields=["revoked_at", "revoked_by"])
    return key


def may_hold_keys(user: User, entity: str) -> bool:
    """Return whether `user` may register and revoke the keys of an entity (FINESS)."""
    return bool(Scope.of(user).entities.get(entity, frozenset()) & MAY_HOLD_KEYS)


def _check_may_hold_keys(user: User, legal_entity: LegalEntity) -> None:
    if not may_hold_keys(user, legal_entity.pk):
        raise Refusal(
            _("Vous ne pouvez pas gérer les clés de cet établissement."),
            "not_allowed",
            _("Une clé se gère dans l’établissement qui signe, par une personne qui y tient un rôle."),
        )


def _read(pem: bytes) -> tuple[str, str]:
    """Return the identifier and the canonical text of a public key."""
    if b"PRIVATE KEY" in pem:
        raise Refusal(
            _("Ce fichier est une clé privée : ne l’envoyez jamais, à personne. Rien n’a été gardé."),
            "private_key",
            _("Envoyez le fichier qui finit par « .pub », et créez une nouvelle paire de clés par précaution."),
        )
    try:
        return read_public_key(pem[:LARGEST_PEM]).keyid, pem.decode("ascii").strip() + "\n"
    except (InputError, ValueError) as error:
        raise Refusal(
            _("Ce fichier n’est pas une clé publique Rempart (Ed25519, format PEM)."),
            "not_a_key",
            _("Envoyez le fichier « .pub » écrit par « rempart proof key »."),
        ) from error
