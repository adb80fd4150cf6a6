"""What the proofs hold about a person: what they brought, and what they decided."""

from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.services.personal import iso, keeps
from rempart.hub.funding.proofs.models import (
    Challenge,
    Deposit,
    DocumentVersion,
    Judgement,
    OutsideResult,
    RegisteredKey,
)


@keeps(_("documents déposés"))
def documents(user: User) -> list[dict[str, object]]:
    """Return the documents a person deposited."""
    rows = DocumentVersion.objects.filter(deposited_by=user).order_by("deposited_at", "id")
    return [
        {"dossier": number, "exigence": code, "fichier": name, "signataire": signatory, "le": iso(at)}
        for number, code, name, signatory, at in rows.values_list(
            "document__application__number", "document__requirement", "original_name", "signatory", "deposited_at"
        )
    ]


@keeps(_("attestations déposées"))
def attestations(user: User) -> list[dict[str, object]]:
    """Return the attestations a person deposited."""
    rows = Deposit.objects.filter(deposited_by=user).order_by("deposited_at", "id")
    return [
        {"dossier": number, "exigence": code, "moteur": engine, "niveau": level, "le": iso(at)}
        for number, code, engine, level, at in rows.values_list(
            "application__number", "requirement", "engine", "level", "deposited_at"
        )
    ]


@keeps(_("défis demandés"))
def challenges(user: User) -> list[dict[str, object]]:
    """Return the challenges a person asked for."""
    rows = Challenge.objects.filter(issued_by=user).order_by("issued_at", "id")
    return [
        {"dossier": number, "exigence": code, "le": iso(at)}
        for number, code, at in rows.values_list("application__number", "requirement", "issued_at")
    ]


@keeps(_("clés enregistrées"))
def keys(user: User) -> list[dict[str, object]]:
    """Return the keys a person registered."""
    rows = RegisteredKey.objects.filter(registered_by=user).order_by("registered_at", "id")
    return [
        {"établissement": finess, "clé": label, "le": iso(at)}
        for finess, label, at in rows.values_list("legal_entity", "label", "registered_at")
    ]


@keeps(_("résultats saisis"))
def outside(user: User) -> list[dict[str, object]]:
    """Return the results of other services a person typed in."""
    rows = OutsideResult.objects.filter(entered_by=user).order_by("entered_at", "id")
    return [
        {"dossier": number, "exigence": code, "service": service, "niveau": level, "le": iso(at)}
        for number, code, service, level, at in rows.values_list(
            "application__number", "requirement", "service", "level", "entered_at"
        )
    ]


@keeps(_("appréciations"))
def judgements(user: User) -> list[dict[str, object]]:
    """Return what a person decided of requirements."""
    rows = Judgement.objects.filter(by=user).order_by("at", "id")
    return [
        {"dossier": number, "exigence": code, "atteinte": met, "motif": reason, "le": iso(at)}
        for number, code, met, reason, at in rows.values_list(
            "application__number", "requirement", "met", "reason", "at"
        )
    ]
