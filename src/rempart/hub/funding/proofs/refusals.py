"""Why an attestation is refused: each reason has its own code, its own sentence, and what to do about it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.common.errors import Refusal

_ANSWER = _("Demandez un nouveau défi pour cet objectif, refaites l’attestation avec lui et déposez-la.")
_SAME_FILE = _("Déposez le fichier tel que « rempart proof attest » l’a écrit, sans l’ouvrir ni le modifier.")

REASONS: dict[str, tuple[Promise, Promise]] = {
    "too_large": (
        _("Ce fichier est trop gros pour être une attestation."),
        _("Une attestation pèse quelques kilo-octets : vérifiez que vous n’envoyez pas le rapport ou l’instantané."),
    ),
    "not_an_attestation": (
        _("Ce fichier n’est pas une attestation Rempart."),
        _("Envoyez le fichier écrit par « rempart proof attest », avec une version récente de Rempart."),
    ),
    "tampered": (_("Cette attestation a été modifiée après sa signature."), _SAME_FILE),
    "wrong_key": (
        _("Cette attestation est signée par une clé que l’établissement n’a pas enregistrée."),
        _("Enregistrez la clé publique (« .pub ») de l’établissement, ou signez avec la clé enregistrée."),
    ),
    "key_revoked": (
        _("Cette attestation est signée par une clé révoquée."),
        _("Signez de nouveau avec une clé en service de l’établissement."),
    ),
    "no_challenge": (_("Cette attestation ne répond à aucun défi du hub."), _ANSWER),
    "unknown_challenge": (_("Cette attestation répond à un défi que ce hub n’a pas émis."), _ANSWER),
    "replayed": (
        _("Cette attestation a été faite pour un autre établissement ou pour un autre dossier."),
        _("Chaque établissement mesure et atteste lui-même : demandez un défi dans votre dossier et répondez-y."),
    ),
    "challenge_used": (_("Ce défi a déjà servi : une autre attestation y a répondu."), _ANSWER),
    "challenge_expired": (_("Ce défi a expiré."), _ANSWER),
    "wrong_perimeter": (
        _("Le numéro FINESS attesté n’est pas celui de l’établissement qui a reçu le défi."),
        _("Refaites l’attestation avec « --finess » et le numéro de l’établissement, ou de l’un de ses sites."),
    ),
    "unknown_catalogue": (
        _("Cette mesure a été jugée avec un catalogue de contrôles que le hub ne reconnaît pas."),
        _("Mettez Rempart à jour, jugez de nouveau l’instantané et refaites l’attestation."),
    ),
    "stale": (
        _("Cette mesure est trop ancienne."),
        _("Faites une nouvelle mesure, puis attestez-la avec le même défi s’il n’a pas expiré."),
    ),
    "future_date": (
        _("Cette attestation porte une date qui n’est pas encore arrivée, ou des dates dans le désordre."),
        _("Vérifiez l’heure de la machine qui mesure, puis refaites la mesure et l’attestation."),
    ),
    "duplicate": (
        _("Cette mesure est déjà déposée pour cet objectif."),
        _("Il n’y a rien à refaire. Pour prouver un second audit, faites une nouvelle mesure."),
    ),
}


def refusal(code: str) -> Refusal:
    """Return the refusal of that code.

    Raises:
        KeyError: no such reason, a defect of the caller.

    """
    message, advice = REASONS[code]
    return Refusal(message, code, advice)
