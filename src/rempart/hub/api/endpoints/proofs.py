"""What is asked of a file, what the rules say of it, and the deposit of attestations."""

import json

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy, gettext_noop
from ninja import Router, Status

from rempart.hub.api.answers import ONE_ERRORS, WRITE_ERRORS
from rempart.hub.api.authentication import needing, person_of, reads_files, writes_attestations
from rempart.hub.api.endpoints.files import Number, one
from rempart.hub.api.models import Reach
from rempart.hub.api.schemas import ChallengeIn, ChallengeOut, DepositOut, VerdictOut, Words
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.definition import Requirement
from rempart.hub.funding.proofs.models import Assessment, Deposit
from rempart.hub.funding.proofs.services import deposit_attestation, issue_challenge
from rempart.hub.territory.models import LegalEntity, Site

router = Router(tags=["proofs"])
WRITES = needing(Reach.WRITE_ATTESTATIONS)
ENVELOPE = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["payload", "payloadType", "signatures"],
                "properties": {
                    "payload": {"type": "string"},
                    "payloadType": {"type": "string"},
                    "signatures": {"type": "array", "items": {"type": "object"}},
                },
            }
        }
    },
}


@router.get(
    "/{number}/requirements",
    auth=reads_files,
    response={200: list[VerdictOut], **ONE_ERRORS},
    summary=gettext_noop("Lire les exigences d’un dossier et leurs verdicts"),
    openapi_extra=needing(Reach.READ_FILES),
)
def list_requirements(request: HttpRequest, number: Number) -> list[VerdictOut]:
    """Return every prerequisite and objective of the file's own version of the rules."""
    file = one(person_of(request), number)
    stored = {row.requirement: row for row in Assessment.objects.filter(application=file).order_by("requirement")}
    definition = file.version.definition
    return [_verdict(item, stored.get(item.code)) for item in (*definition.prerequisites, *definition.objectives)]


@router.post(
    "/{number}/challenges",
    auth=writes_attestations,
    response={201: ChallengeOut, **WRITE_ERRORS},
    summary=gettext_noop("Demander un défi pour une attestation"),
    openapi_extra=WRITES,
)
def ask_challenge(request: HttpRequest, number: Number, asked: ChallengeIn) -> Status[ChallengeOut]:
    """Return a value to be signed inside one attestation, for one requirement and one member of the file."""
    user = person_of(request)
    file = one(user, number)
    entity = LegalEntity.objects.filter(pk=asked.legal_entity).first()
    site = Site.objects.filter(pk=asked.site).first() if asked.site else None
    if entity is None or (asked.site and site is None):
        raise Refusal(gettext_lazy("Cet établissement ne fait pas partie du dossier."), "not_member")
    made = issue_challenge(file, asked.requirement, entity, site=site, by=user, at=timezone.now())
    return Status(
        201,
        ChallengeOut(
            value=made.value,
            requirement=made.requirement,
            legal_entity=made.legal_entity_id,
            site=made.site_id,
            issued_at=made.issued_at,
            expires_at=made.expires_at,
        ),
    )


@router.post(
    "/{number}/attestations",
    auth=writes_attestations,
    response={201: DepositOut, **WRITE_ERRORS},
    summary=gettext_noop("Déposer une attestation signée"),
    openapi_extra={**WRITES, "requestBody": ENVELOPE},
)
def deposit(request: HttpRequest, number: Number) -> Status[DepositOut]:
    """Verify a signed attestation at once and return the hub's receipt; the same bytes again give the same answer."""
    user = person_of(request)
    file = one(user, number)
    try:
        content = request.body
    except RequestDataTooBig as error:
        raise Refusal(gettext_lazy("Cette attestation est trop longue."), "too_large") from error
    return Status(201, _deposited(deposit_attestation(file, content, by=user, at=timezone.now()), file))


def _verdict(asked: Requirement, row: Assessment | None) -> VerdictOut:
    return VerdictOut(
        code=asked.code,
        title=Words.from_orm(asked.title),
        outcome=row.outcome if row else None,
        reasons=[Words(**text) for text in row.reasons] if row else [],
        missing=[Words(**text) for text in row.missing] if row else [],
        until=row.until if row else None,
        assessed_at=row.assessed_at if row else None,
    )


def _deposited(made: Deposit, file: Application) -> DepositOut:
    verdict = Assessment.objects.filter(application=file, requirement=made.requirement).first()
    return DepositOut(
        id=made.pk,
        requirement=made.requirement,
        finess=made.finess,
        engine=made.engine,
        level=made.level,
        at_most=made.at_most,
        taken_at=made.taken_at,
        sha256=made.sha256,
        receipt=json.loads(bytes(made.receipt.content)),
        verdict=_verdict(file.version.definition.requirement(made.requirement), verdict),
    )
