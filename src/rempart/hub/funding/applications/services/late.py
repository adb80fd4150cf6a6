"""Late files: a recorded decision opens a desk again, for one file, until a date."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application, LateDecision
from rempart.hub.funding.applications.permissions import refuse_unless
from rempart.hub.funding.applications.services.history import note
from rempart.hub.funding.calls.models import Stage

WHO: dict[Stage, frozenset[Role]] = {
    Stage.APPLICATION: frozenset({Role.ARS_LEAD}),
    Stage.DECLARATION: frozenset({Role.ARS_LEAD, Role.ANS_VERIFIER}),
    Stage.PAYMENT: frozenset({Role.ANS_VERIFIER, Role.ANS_PAYER}),
}
"""Who may let a late file in, by desk. A draft is named by its number: those who instruct do not see it."""


@transaction.atomic
def admit_late(  # noqa: PLR0913 — a decision says for whom, where, until when, why, by whom and when
    application: Application, stage: Stage, until: datetime, reason: str, *, by: User, at: datetime
) -> LateDecision:
    """Let one file through a closed desk until a moment, by a decision with its reason.

    Raises:
        Refusal: `not_allowed`, `reason_needed`, `until_in_past`.

    """
    refuse_unless(by, application, WHO.get(stage, frozenset()))
    if not reason.strip():
        raise Refusal(_("Donnez le motif du délai accordé."), "reason_needed")
    if until <= at:
        raise Refusal(_("Le délai accordé doit finir plus tard que maintenant."), "until_in_past")
    note(application, "admit_late", by=by, at=at, reason=reason, due_at=until)
    return LateDecision.objects.create(
        application=application, stage=stage, until=until, reason=reason.strip(), decided_at=at, decided_by=by
    )
