"""Taking a decision: a number without gaps, a frozen PDF, in the same transaction as what it decides."""

import hashlib
import uuid
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.clock import paris_day
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.decisions import facts
from rempart.hub.funding.decisions.models import Decision, Kind, Series
from rempart.hub.funding.decisions.render import render

NEEDS_REASON = frozenset({Kind.REFUSAL, Kind.OBJECTIVES_REFUSED, Kind.RECOVERY, Kind.WITHDRAWAL})


@transaction.atomic
def issue(  # noqa: PLR0913 — what a decision is made of
    application: Application,
    kind: Kind,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    withdraws: Decision | None = None,
) -> Decision:
    """Take a decision on a file, signed by `by`: numbered, written as a PDF, kept for ever.

    Numbers follow each other for a call and a year: the row of the series stays locked until the transaction ends, so
    that a decision undone gives its number back.

    Raises:
        Refusal: no reason where one is due, no name to sign with, or a decision already withdrawn.

    """
    if kind in NEEDS_REASON and not reason.strip():
        raise Refusal(_("Cette décision demande un motif."), "reason_needed")
    if not by.get_full_name():
        raise Refusal(_("Une décision est signée d’un nom : complétez votre profil."), "signatory_without_name")
    series, rank = _next(application, at)
    number = f"{application.call_id}-{series.year}-{rank:05d}"
    mentions = facts.of(application, kind, number, by=by, at=at, reason=reason.strip(), withdraws=withdraws)
    pdf = render(kind, mentions, at)
    decision = Decision(
        number=number,
        series=series,
        rank=rank,
        application=application,
        kind=kind,
        withdraws=withdraws,
        amount_cents=facts.amount_of(application, kind),
        reason=reason.strip(),
        facts=mentions,
        signatory=by,
        signatory_name=mentions["signatory"],
        signatory_role=mentions["signatory_role"],
        issued_at=at,
        key=uuid.uuid4(),
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
    )
    default_storage.save(decision.path, ContentFile(pdf))
    decision.save()
    return decision


def withdraw(
    application: Application, kinds: frozenset[Kind], *, by: User, at: datetime, reason: str
) -> Decision | None:
    """Withdraw the decision in force of one of these kinds, by another decision; None when there is none."""
    last = Decision.objects.in_force().filter(application=application, kind__in=kinds).order_by("-id").first()
    if last is None:
        return None
    return issue(application, Kind.WITHDRAWAL, by=by, at=at, reason=reason, withdraws=last)


def _next(application: Application, at: datetime) -> tuple[Series, int]:
    """Take the next number of the call's year; its row stays locked until the transaction ends."""
    year = paris_day(at).year
    Series.objects.get_or_create(call_id=application.call_id, year=year)
    series = Series.objects.select_for_update().get(call_id=application.call_id, year=year)
    series.last += 1
    series.save()
    return series, series.last
