"""Results of the State's own audits, typed in by hand."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services.moves import locked
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.proofs.access import check_open
from rempart.hub.funding.proofs.models import Document, OutsideResult, OutsideService
from rempart.hub.funding.proofs.services.documents import check_members, check_not_later

HIGHEST = 100


@transaction.atomic
def record_outside_result(  # noqa: PLR0913 — all that a result says
    application: Application,
    requirement_code: str,
    service: str,
    level: int,
    taken_on: date,
    *,
    by: User,
    at: datetime,
    members: Iterable[str] = (),
    document: Document | None = None,
) -> OutsideResult:
    """Write down a level given by a State service on a day; the same again gives back the same row, its piece renewed.

    Raises:
        Refusal: `unknown_requirement`, `proofs_closed`, `not_allowed`, `not_member`, `future_date`, `bad_service`,
            `bad_level`, or a piece of another file or requirement (`other_document`).

    """
    application = locked(application.pk)
    requirement = check_open(application, requirement_code)
    covered = check_members(application, members, by)
    check_not_later(taken_on, at)
    if service not in OutsideService.values:
        raise Refusal(_("Ce service d’audit n’est pas connu."), "bad_service")
    if not 1 <= level <= HIGHEST:
        raise Refusal(_("Ce niveau n’est pas possible."), "bad_level")
    if document and (document.application_id, document.requirement) != (application.pk, requirement.code):
        raise Refusal(_("Cette pièce est celle d’un autre objectif."), "other_document")
    result, created = OutsideResult.objects.get_or_create(
        application=application, requirement=requirement.code, service=service, taken_on=taken_on, members=covered,
        withdrawn_at=None, defaults={"level": level, "document": document, "entered_by": by, "entered_at": at},
    )  # fmt: skip
    if not created:
        result.level, result.document, result.entered_by, result.entered_at = level, document, by, at
        result.save(update_fields=["level", "document", "entered_by", "entered_at"])
    instruction.arrived(application, at=at)
    return result


@transaction.atomic
def withdraw_outside_result(result: OutsideResult, *, by: User, at: datetime) -> OutsideResult:
    """Withdraw a result typed in by mistake: it no longer counts; it is kept.

    Raises:
        Refusal: `proofs_closed`, `not_allowed`.

    """
    result.application = locked(result.application_id)
    result.refresh_from_db(fields=["withdrawn_at", "withdrawn_by"])
    check_open(result.application, result.requirement)
    check_members(result.application, result.members, by)
    if result.withdrawn_at is None:
        result.withdrawn_at, result.withdrawn_by = at, by
        result.save(update_fields=["withdrawn_at", "withdrawn_by"])
        instruction.arrived(result.application, at=at)
    return result
