"""What the proofs hold about a person: what they brought, and what they decided."""

from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.services.personal import acts, keeps
from rempart.hub.funding.proofs.models import (
    Challenge,
    Deposit,
    DocumentVersion,
    Judgement,
    OutsideResult,
    RegisteredKey,
)

PLACE = {"dossier": "application__number", "exigence": "requirement"}


@keeps(_("documents déposés"))
def documents(user: User) -> list[dict[str, object]]:
    """Return the documents a person deposited."""
    place = {name: f"document__{field}" for name, field in PLACE.items()}
    rows = DocumentVersion.objects.filter(deposited_by=user)
    return acts(rows, "deposited_at", **place, fichier="original_name", signataire="signatory")


@keeps(_("attestations déposées"))
def attestations(user: User) -> list[dict[str, object]]:
    """Return the attestations a person deposited."""
    rows = Deposit.objects.filter(deposited_by=user)
    return acts(rows, "deposited_at", **PLACE, moteur="engine", niveau="level")


@keeps(_("défis demandés"))
def challenges(user: User) -> list[dict[str, object]]:
    """Return the challenges a person asked for."""
    return acts(Challenge.objects.filter(issued_by=user), "issued_at", **PLACE)


@keeps(_("clés enregistrées"))
def keys(user: User) -> list[dict[str, object]]:
    """Return the keys a person registered."""
    rows = RegisteredKey.objects.filter(registered_by=user)
    return acts(rows, "registered_at", établissement="legal_entity", clé="label")


@keeps(_("résultats saisis"))
def outside(user: User) -> list[dict[str, object]]:
    """Return the results of other services a person typed in."""
    rows = OutsideResult.objects.filter(entered_by=user)
    return acts(rows, "entered_at", **PLACE, service="service", niveau="level")


@keeps(_("appréciations"))
def judgements(user: User) -> list[dict[str, object]]:
    """Return what a person decided of requirements."""
    return acts(Judgement.objects.filter(by=user), "at", **PLACE, atteinte="met", motif="reason")
