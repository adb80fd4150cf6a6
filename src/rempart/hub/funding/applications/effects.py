"""This room's own checks and effects: perimeter frozen, corrections opened and resolved, lapsed files let in again."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications import guards
from rempart.hub.funding.applications.guards import Move
from rempart.hub.funding.applications.models import CorrectionKind, CorrectionRequest, LateDecision, Resolution
from rempart.hub.funding.applications.services import drafts, facts, perimeter
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Stage

_LAPSED_FROM = {
    "reinstate_validated": (State.VALIDATED, Stage.DECLARATION),
    "reinstate": (State.OPERATIONAL, Stage.DECLARATION),
    "reinstate_payment": (State.OBJECTIVES_MET, Stage.PAYMENT),
}
_RESOLUTIONS = {
    "resubmit": Resolution.RESUBMITTED,
    "resume": Resolution.RESUMED,
    "withdraw": Resolution.ABANDONED,
}


@guards.register("submit")
def applicant_is_eligible(move: Move) -> None:
    """The applicant may still apply, and has a published ceiling."""
    drafts.require_eligible(move.application.applicant, move.application.version)
    perimeter.require_ceiling(move.application)


@guards.register("submit", phase="effect")
def perimeter_is_frozen(move: Move) -> None:
    """The perimeter and its activity are those of the day of submission."""
    perimeter.freeze(move.application)


@guards.register("request_payment")
def cost_is_given(move: Move) -> None:
    """A payment request says the real eligible cost."""
    facts.eligible_cost(move)


@guards.register("request_correction")
def correction_is_clear(move: Move) -> None:
    """A correction says of what kind, on what, until when."""
    if move.data.get("kind") not in CorrectionKind.values:
        raise Refusal(_("Dites si le dossier est inexact, incomplet ou périmé."), "kind_needed")
    due_at = move.data.get("due_at")
    if due_at is not None and due_at <= move.at:
        raise Refusal(_("L’échéance du complément doit être dans l’avenir."), "due_in_past")
    definition = move.application.version.definition
    known = {item.code for item in (*definition.prerequisites, *definition.objectives)}
    unknown = set(move.data.get("requirements", ())) - known
    if unknown:
        raise Refusal(
            filled(_("Cet appel n’a pas d’exigence %(codes)s."), codes=", ".join(sorted(unknown))),
            "unknown_requirement",
        )


@guards.register("request_correction", phase="effect")
def correction_is_opened(move: Move) -> None:
    """The request is kept with its reason, which is the message to the applicant."""
    CorrectionRequest.objects.create(
        application=move.application,
        kind=move.data["kind"],
        message=move.reason,
        requirements=list(move.data.get("requirements", ())),
        due_at=move.data.get("due_at"),
        asked_at=move.at,
        asked_by=move.person,
    )


@guards.register(*_RESOLUTIONS, phase="effect")
def correction_is_resolved(move: Move) -> None:
    """Sending the file again resolves what was asked; so does going on without, or withdrawing."""
    move.application.corrections.filter(resolved_at=None).update(
        resolved_at=move.at, resolution=_RESOLUTIONS[move.transition.action]
    )


@guards.register(*_LAPSED_FROM)
def reinstated_where_it_lapsed(move: Move) -> None:
    """A lapsed file comes back to the state it lapsed from, with a new time limit."""
    source, _stage = _LAPSED_FROM[move.transition.action]
    lapse = move.application.events.filter(action="lapse").order_by("-at", "-id").first()
    if lapse is None or lapse.source != source:
        raise Refusal(_("Ce dossier n’est pas devenu caduc à cet état."), "lapsed_elsewhere")
    until = move.data.get("until")
    if not isinstance(until, datetime) or until <= move.at:
        raise Refusal(_("Indiquez jusqu’à quand le délai est accordé."), "until_needed")


@guards.register(*_LAPSED_FROM, phase="effect")
def delay_is_recorded(move: Move) -> None:
    """Reinstating a file records the decision that opens the desk to it again."""
    _source, stage = _LAPSED_FROM[move.transition.action]
    LateDecision.objects.create(
        application=move.application,
        stage=stage,
        until=move.data["until"],
        reason=move.reason,
        decided_at=move.at,
        decided_by=move.person,
    )
