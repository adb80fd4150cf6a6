"""Challenges: the hub's own random word, to be signed inside the attestation."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services.moves import locked
from rempart.hub.funding.proofs.access import check_may_act, check_open
from rempart.hub.funding.proofs.members import entities_of
from rempart.hub.funding.proofs.models import Challenge
from rempart.hub.territory.models import LegalEntity, Site

RANDOM_BYTES = 32
"""Gives 43 url-safe characters."""


@transaction.atomic
def issue_challenge(  # noqa: PLR0913 — who, when, and the three things a challenge binds
    application: Application,
    requirement_code: str,
    legal_entity: LegalEntity,
    *,
    site: Site | None = None,
    by: User,
    at: datetime,
) -> Challenge:
    """Issue a challenge for one requirement and one member of the file: an entity, or one of its sites.

    Raises:
        Refusal: `unknown_requirement`, `proofs_closed`, `not_allowed`, or no member of the file (`not_member`).

    """
    application = locked(application.pk)
    requirement = check_open(application, requirement_code)
    check_may_act(by, application, legal_entity.pk)
    ours = legal_entity.pk in entities_of(application) and (site is None or site.legal_entity_id == legal_entity.pk)
    if not ours:
        raise Refusal(_("Cet établissement ne fait pas partie du dossier."), "not_member")
    return Challenge.objects.create(
        application=application,
        requirement=requirement.code,
        legal_entity=legal_entity,
        site=site,
        value=secrets.token_urlsafe(RANDOM_BYTES),
        issued_by=by,
        issued_at=at,
        expires_at=at + timedelta(days=settings.CHALLENGE_DAYS),
    )
