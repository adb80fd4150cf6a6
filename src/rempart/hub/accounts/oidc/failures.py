"""Why a sign-in with a provider failed: each cause its own sentence, none telling a secret."""

import logging

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.common.errors import Refusal

logger = logging.getLogger(__name__)

_TRY_AGAIN = _("Recommencez la connexion.")
_TELL_US = _("Si cela recommence, signalez-le à l’administrateur de la plateforme.")

SENTENCES: dict[str, tuple[str | Promise, str | Promise]] = {
    "not_configured": (_("Ce moyen de connexion n’est pas proposé ici."), _("Choisissez-en un autre.")),
    "unreachable": (_("Le fournisseur d’identité ne répond pas."), _("Réessayez dans quelques minutes.")),
    "discovery_invalid": (_("Le fournisseur d’identité se présente mal."), _TELL_US),
    "no_attempt": (_("Aucune connexion n’était en cours dans ce navigateur."), _TRY_AGAIN),
    "attempt_expired": (_("La connexion a pris trop de temps."), _TRY_AGAIN),
    "state_mismatch": (_("La réponse reçue ne correspond pas à votre demande de connexion."), _TRY_AGAIN),
    "cancelled": (_("Vous avez interrompu la connexion."), _TRY_AGAIN),
    "refused_by_provider": (_("Le fournisseur d’identité a refusé la connexion."), _TRY_AGAIN),
    "code_refused": (_("Le fournisseur d’identité n’a pas reconnu la réponse qu’il a donnée."), _TRY_AGAIN),
    "token_missing": (_("Le fournisseur d’identité n’a pas donné de jeton d’identité."), _TELL_US),
    "signature_invalid": (_("La signature du fournisseur d’identité n’est pas valable."), _TELL_US),
    "signature_kind": (_("Le fournisseur d’identité signe d’une façon qui n’est pas admise."), _TELL_US),
    "issuer_mismatch": (_("Le jeton d’identité vient d’un autre fournisseur."), _TELL_US),
    "audience_mismatch": (_("Le jeton d’identité est destiné à un autre site."), _TELL_US),
    "token_expired": (_("Le jeton d’identité n’est plus valable."), _TRY_AGAIN),
    "token_from_future": (_("Le jeton d’identité est daté dans le futur."), _TELL_US),
    "nonce_mismatch": (_("Le jeton d’identité répond à une autre demande de connexion."), _TRY_AGAIN),
    "acr_too_low": (
        _("Le fournisseur d’identité ne garantit pas le niveau d’authentification demandé."),
        _("Connectez-vous avec votre carte CPS ou l’application e-CPS."),
    ),
    "second_factor_lacking": (
        _("Votre fournisseur d’identité ne vous a pas demandé de second facteur."),
        _("Activez-le chez lui, ou connectez-vous ici avec votre mot de passe et un second facteur."),
    ),
    "identity_unsigned": (_("Le fournisseur d’identité a donné une identité sans signature."), _TELL_US),
    "identity_mismatch": (_("L’identité reçue n’est pas celle du jeton."), _TELL_US),
    "identity_nameless": (_("Le fournisseur d’identité n’a pas donné d’identifiant stable."), _TELL_US),
}


class SignInFailure(Refusal):
    """A sign-in that a provider or our checks stopped; `code` is one of `SENTENCES`."""

    def __init__(self, code: str, detail: str = "") -> None:
        message, advice = SENTENCES[code]
        super().__init__(message, code, advice)
        logger.warning("sign-in failed: %s %s", code, detail[:200])
