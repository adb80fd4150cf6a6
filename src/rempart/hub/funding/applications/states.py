"""The states of a file. What each audience reads for a state, and how it moves, stand in `transitions`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a file stands."""

    DRAFT = "draft", _("brouillon")
    SUBMITTED = "submitted", _("déposée")
    ARS_REVIEW = "ars_review", _("instruction ARS")
    ARS_REVIEW_FIX = "ars_review_fix", _("complément demandé par l’ARS")
    VALIDATED = "validated", _("validée")
    REFUSED = "refused", _("refusée")
    OPERATIONAL = "operational", _("phase opérationnelle")
    DECLARED = "declared", _("atteinte déclarée")
    ARS_CHECK = "ars_check", _("vérification ARS")
    ARS_CHECK_FIX = "ars_check_fix", _("complément demandé par l’ARS sur les preuves")
    ANS_REVIEW = "ans_review", _("instruction ANS")
    ANS_REVIEW_FIX = "ans_review_fix", _("complément demandé par l’ANS")
    OBJECTIVES_MET = "objectives_met", _("objectifs validés")
    OBJECTIVES_REFUSED = "objectives_refused", _("objectifs refusés")
    PAYMENT_REQUESTED = "payment_requested", _("paiement demandé")
    PAID = "paid", _("payée")
    CONTROLLED = "controlled", _("contrôlée")
    RECOVERY = "recovery", _("indu à restituer")
    CLOSED = "closed", _("close")
    WITHDRAWN = "withdrawn", _("retirée")
    LAPSED = "lapsed", _("caduque")


FINAL = frozenset({State.REFUSED, State.OBJECTIVES_REFUSED, State.CLOSED, State.WITHDRAWN, State.LAPSED})
BEFORE_SUBMISSION = frozenset({State.DRAFT})
CORRECTION = frozenset({State.ARS_REVIEW_FIX, State.ARS_CHECK_FIX, State.ANS_REVIEW_FIX})
COMMITTED = frozenset(
    {
        State.VALIDATED, State.OPERATIONAL, State.DECLARED, State.ARS_CHECK, State.ARS_CHECK_FIX, State.ANS_REVIEW,
        State.ANS_REVIEW_FIX, State.OBJECTIVES_MET, State.PAYMENT_REQUESTED,
    }
)  # fmt: skip
"""States in which the ceiling of the file is committed on the envelope and not paid yet."""

_S = State
MILESTONES: dict[State, str] = {
    _S.SUBMITTED: "submitted_at",
    _S.VALIDATED: "validated_at",
    _S.OPERATIONAL: "operational_at",
    _S.DECLARED: "declared_at",
    _S.OBJECTIVES_MET: "objectives_met_at",
    _S.PAYMENT_REQUESTED: "payment_requested_at",
    _S.PAID: "paid_at",
    _S.CLOSED: "closed_at",
}
"""The dates of a file, in order, by the state whose first day they are."""
REACHED: dict[State, int] = {
    _S.DRAFT: 0,
    **dict.fromkeys((_S.SUBMITTED, _S.ARS_REVIEW, _S.ARS_REVIEW_FIX, _S.REFUSED), 1),
    _S.VALIDATED: 2,
    _S.OPERATIONAL: 3,
    **dict.fromkeys(
        (_S.DECLARED, _S.ARS_CHECK, _S.ARS_CHECK_FIX, _S.ANS_REVIEW, _S.ANS_REVIEW_FIX, _S.OBJECTIVES_REFUSED), 4
    ),
    _S.OBJECTIVES_MET: 5,
    _S.PAYMENT_REQUESTED: 6,
    **dict.fromkeys((_S.PAID, _S.CONTROLLED, _S.RECOVERY), 7),
    _S.CLOSED: 8,
}
"""How many of these dates a file has in each state, no more and no less; one withdrawn or lapsed keeps what it had."""
