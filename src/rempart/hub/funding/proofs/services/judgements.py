"""What an instructor decides of one requirement: named, dated, with a reason when it is no."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services.moves import locked
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.proofs.access import check_may_judge, requirement_of
from rempart.hub.funding.proofs.models import Judgement


@transaction.atomic
def judge(  # noqa: PLR0913 — who, when, what, on which requirement of which file
    application: Application, requirement_code: str, *, met: bool, reason: str = "", by: User, at: datetime
) -> Judgement:
    """Decide that a requirement is met or not, and assess it anew. It holds until a new proof comes in.

    Raises:
        Refusal: `unknown_requirement`, `not_allowed`, or a no without its reason (`no_reason`).

    """
    application = locked(application.pk)
    requirement, _prerequisite = requirement_of(application, requirement_code)
    check_may_judge(by, application)
    if not met and not reason.strip():
        raise Refusal(_("Dites pourquoi l’objectif n’est pas atteint : le candidat lira votre motif."), "no_reason")
    judgement = Judgement.objects.create(
        application=application, requirement=requirement.code, met=met, reason=reason.strip(), by=by, at=at
    )
    instruction.assess(application, at=at)
    return judgement
