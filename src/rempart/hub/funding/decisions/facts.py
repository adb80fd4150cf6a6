"""The mentions of a decision, gathered from the file when it is taken and frozen with it."""

from datetime import datetime
from typing import Any

from django.utils import translation

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.clock import paris_day
from rempart.hub.common.money import euros
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.decisions.models import Decision, Kind
from rempart.hub.funding.decisions.render import texts
from rempart.hub.funding.rules.words import day_text

AGENCY = "Agence du numérique en santé"
_SIGNS_AS = (Role.ARS_LEAD, Role.ARS_INSTRUCTOR, Role.ANS_PAYER, Role.ANS_VERIFIER)
_OF_THE_REGION = frozenset({Role.ARS_LEAD, Role.ARS_INSTRUCTOR})


def amount_of(application: Application, kind: Kind) -> int | None:
    """Return the amount a decision is about, in cents: engaged, paid, or to give back."""
    ceiling = application.ceiling_cents
    match kind:
        case Kind.VALIDATION | Kind.CONVENTION | Kind.OBJECTIVES_ACCEPTED:
            return ceiling
        case Kind.PAYMENT:
            return min(application.eligible_cost_cents or 0, ceiling or 0) or None
        case Kind.RECOVERY:
            return application.recovery_cents
    return None


def issuer_of(application: Application, kind: Kind, withdraws: Decision | None) -> str:
    """Return who takes the decision: the ARS of the file's region, or the ANS; a withdrawal is by who decided."""
    whose = texts()[kind]["issuer"]
    if whose == "same" and withdraws is not None:
        return str(withdraws.facts["issuer"])
    return application.region.agency if whose == "ars" else AGENCY


def role_of(signatory: User, application: Application) -> str:
    """Return the quality in which someone signs: their highest role on this file, in French words."""
    scope = Scope.of(signatory)
    held = scope.national | scope.regions.get(application.region_id, frozenset())
    role = next((role for role in _SIGNS_AS if role in held), None)
    if role is None:
        return ""
    with translation.override("fr"):
        name = str(role.label)
    words = name[:1].upper() + name[1:]
    return f"{words}, {application.region.name}" if role in _OF_THE_REGION else words


def of(  # noqa: PLR0913 — a decision, in all its mentions
    application: Application,
    kind: Kind,
    number: str,
    *,
    by: User,
    at: datetime,
    reason: str,
    withdraws: Decision | None,
) -> dict[str, Any]:
    """Return the mentions of a decision, all of them words ready to be printed."""
    definition, amount = application.version.definition, amount_of(application, kind)
    with translation.override("fr"):
        applicant_kind = str(application.get_kind_display())
        mentions: dict[str, Any] = {
            "number": number,
            "day": _day(at),
            "issuer": issuer_of(application, kind, withdraws),
            "place": application.region.name,
            "legal_text": definition.legal_text,
            "call": application.call_id,
            "call_title": definition.title.fr,
            "version": str(application.version.number),
            "digest": application.version.digest,
            "simulated": application.call.simulated,
            "file": application.number,
            "applicant": str(application.applicant),
            "applicant_kind": applicant_kind,
            "applicant_number": application.ght_id or f"FINESS {application.legal_entity_id}",
            "ceiling": _euros(application.ceiling_cents),
            "cost": _euros(application.eligible_cost_cents),
            "amount": _euros(amount),
            "reason": reason,
            "signatory": by.get_full_name() or by.email,
            "signatory_role": role_of(by, application),
            "submitted": _day(application.submitted_at),
            "validated": _day(application.validated_at),
            "declared": _day(application.declared_at),
            "payment_requested": _day(application.payment_requested_at),
            "paid": _day(application.paid_at),
        }
        if withdraws is not None:
            mentions["withdrawn"] = withdraws.number
            mentions["withdrawn_on"] = _day(withdraws.issued_at)
            mentions["withdrawn_kind"] = str(withdraws.get_kind_display())
        if texts()[kind].get("members"):
            mentions["members"] = _members(application)
        if texts()[kind].get("objectives"):
            mentions["objectives"] = _objectives(application)
    return mentions


def _members(application: Application) -> list[list[str]]:
    rows = application.perimeter.select_related("legal_entity", "site")
    return [[str(row.legal_entity_id or row.site_id), str(row.legal_entity or row.site)] for row in rows]


def _objectives(application: Application) -> list[list[str]]:
    """Return each objective with what was found of it, in the order of the call."""
    found = {row.requirement: str(row.get_outcome_display()) for row in application.assessments.all()}
    return [
        [item.code, item.title.fr, found.get(item.code, "non évalué")]
        for item in application.version.definition.objectives
    ]


def _day(moment: datetime | None) -> str:
    return day_text(paris_day(moment)).fr if moment else ""


def _euros(cents: int | None) -> str:
    return "" if cents is None else euros(cents)
