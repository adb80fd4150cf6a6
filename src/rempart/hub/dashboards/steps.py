"""The steps of the funnel: what is counted, in order, and the delays between them."""

from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.funding.applications.states import State


class Step(StrEnum):
    """A step a file reached and still holds; `ELIGIBLE` counts applicants with a ceiling, file or not."""

    ELIGIBLE = "eligible"
    SUBMITTED = "submitted"
    VALIDATED = "validated"
    OPERATIONAL = "operational"
    DECLARED = "declared"
    OBJECTIVES_MET = "objectives_met"
    PAID = "paid"


LABELS: dict[Step, str | Promise] = {
    Step.ELIGIBLE: _("Candidats éligibles"),
    Step.SUBMITTED: _("Dossiers déposés"),
    Step.VALIDATED: _("Candidatures validées"),
    Step.OPERATIONAL: _("Conventions signées"),
    Step.DECLARED: _("Atteinte déclarée"),
    Step.OBJECTIVES_MET: _("Objectifs validés"),
    Step.PAID: _("Dossiers payés"),
}
DATES: dict[Step, str] = {
    Step.SUBMITTED: "submitted_at",
    Step.VALIDATED: "validated_at",
    Step.OPERATIONAL: "operational_at",
    Step.DECLARED: "declared_at",
    Step.OBJECTIVES_MET: "objectives_met_at",
    Step.PAID: "paid_at",
}
"""The date a file has once it reached the step; a return wipes the later ones."""


class Delay(NamedTuple):
    """A stretch of a file's life: from its first arrival in `start` to its last arrival in `end`."""

    name: str
    label: str | Promise
    start: State
    end: State


DELAYS = (
    Delay("review", _("Du dépôt à la validation par l’ARS"), State.SUBMITTED, State.VALIDATED),
    Delay("agreement", _("De la validation à la convention"), State.VALIDATED, State.OPERATIONAL),
    Delay("operations", _("De la convention à la déclaration"), State.OPERATIONAL, State.DECLARED),
    Delay("check", _("De la déclaration à la transmission à l’ANS"), State.DECLARED, State.ANS_REVIEW),
    Delay("instruction", _("De la transmission aux objectifs validés"), State.ANS_REVIEW, State.OBJECTIVES_MET),
    Delay(
        "request", _("Des objectifs validés à la demande de paiement"), State.OBJECTIVES_MET, State.PAYMENT_REQUESTED
    ),
    Delay("payment", _("De la demande au paiement"), State.PAYMENT_REQUESTED, State.PAID),
)
