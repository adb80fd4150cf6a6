"""The financial statement: lines that fall in the call's cost window, written until payment is asked."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import can_act_for
from rempart.hub.common.clock import paris_day
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications.models import Application, CostLine
from rempart.hub.funding.applications.states import State

OPEN = frozenset(
    {
        State.OPERATIONAL, State.DECLARED, State.ARS_CHECK, State.ARS_CHECK_FIX, State.ANS_REVIEW, State.ANS_REVIEW_FIX,
        State.OBJECTIVES_MET,
    }
)  # fmt: skip
"""From the beginning of the works to the payment request."""


def window(application: Application, at: datetime) -> tuple[date | None, date]:
    """Return the first and last days of eligible costs: from the call's own date to the declaration, else today."""
    return application.version.definition.cost_window_from, paris_day(application.declared_at or at)


def total(application: Application) -> int:
    """Return the sum of the lines, in cents."""
    return CostLine.objects.filter(application=application).aggregate(sum=Sum("cents"))["sum"] or 0


@transaction.atomic
def add_cost(  # noqa: PLR0913 — all that a line says
    application: Application, label: str, reference: str, spent_on: date, cents: int, *, by: User, at: datetime
) -> CostLine:
    """Add an expense to the statement.

    Raises:
        Refusal: `not_allowed`, `statement_closed`, `cost_too_early`, `cost_too_late`, `not_an_amount`.

    """
    file = _open(application, by)
    first, last = window(file, at)
    if first is not None and spent_on < first:
        message = _("Cette dépense est antérieure à la période de l’appel, qui commence le %(day)s.")
        raise Refusal(filled(message, day=f"{first:%d/%m/%Y}"), "cost_too_early")
    if spent_on > last:
        message = _("Cette dépense est postérieure au dernier jour pris en compte, le %(day)s.")
        raise Refusal(filled(message, day=f"{last:%d/%m/%Y}"), "cost_too_late")
    if cents <= 0:
        raise Refusal(_("Une dépense est un montant positif."), "not_an_amount")
    return CostLine.objects.create(
        application=file, label=label.strip(), reference=reference.strip(), spent_on=spent_on, cents=cents,
        entered_by=by, entered_at=at,
    )  # fmt: skip


@transaction.atomic
def remove_cost(line: CostLine, *, by: User) -> None:
    """Take a line off the statement; the audit trail keeps it.

    Raises:
        Refusal: `not_allowed`, `statement_closed`.

    """
    _open(line.application, by)
    line.delete()


def _open(application: Application, by: User) -> Application:
    file = Application.objects.select_for_update(of=("self",)).select_related("version").get(pk=application.pk)
    if not can_act_for(by, file):
        raise Refusal(_("Vous n’avez pas le rôle qui permet de tenir le bilan de ce dossier."), "not_allowed")
    if file.state not in OPEN:
        raise Refusal(_("Le bilan financier ne se modifie plus à cette étape."), "statement_closed")
    return file
