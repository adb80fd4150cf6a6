"""The figures that some moves write on the file: its ceiling, its real cost, what is not due."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.guards import Move
from rempart.hub.funding.applications.services.perimeter import require_ceiling


def record(move: Move) -> None:
    """Write on the file, unsaved, the figures of a move.

    Raises:
        Refusal: `no_ceiling`, `cost_needed`, `amount_needed`.

    """
    writer = _WRITERS.get(move.transition.action)
    if writer is not None:
        writer(move)


def eligible_cost(move: Move) -> int:
    """Return the real eligible cost given with a payment request, in cents.

    Raises:
        Refusal: `cost_needed`: none, or not a positive amount.

    """
    cents = move.data.get("eligible_cost_cents")
    if not isinstance(cents, int) or cents <= 0:
        raise Refusal(_("Indiquez le coût réel éligible, tel que le bilan financier le justifie."), "cost_needed")
    return cents


def _submit(move: Move) -> None:
    move.application.ceiling_cents = require_ceiling(move.application)


def _request_payment(move: Move) -> None:
    move.application.eligible_cost_cents = eligible_cost(move)


def _claim_recovery(move: Move) -> None:
    cents = move.data.get("recovery_cents")
    paid = min(move.application.eligible_cost_cents or 0, move.application.ceiling_cents or 0)
    if not isinstance(cents, int) or not 0 < cents <= paid:
        raise Refusal(_("Indiquez l’indu : un montant positif, au plus ce qui a été payé."), "amount_needed")
    move.application.recovery_cents = cents


def _drop_recovery(move: Move) -> None:
    move.application.recovery_cents = None


_WRITERS: dict[str, Callable[[Move], None]] = {
    "submit": _submit,
    "request_payment": _request_payment,
    "claim_recovery": _claim_recovery,
    "drop_recovery": _drop_recovery,
}
