"""What a move decides is written as a decision, in the same transaction: no decided state without its document."""

from rempart.hub.funding.applications import guards
from rempart.hub.funding.applications.guards import Move
from rempart.hub.funding.decisions import services
from rempart.hub.funding.decisions.models import Kind

DECIDES = {
    "validate": Kind.VALIDATION,
    "refuse": Kind.REFUSAL,
    "start_operations": Kind.CONVENTION,
    "validate_objectives": Kind.OBJECTIVES_ACCEPTED,
    "refuse_objectives": Kind.OBJECTIVES_REFUSED,
    "pay": Kind.PAYMENT,
    "claim_recovery": Kind.RECOVERY,
}
"""The decision that each action writes."""
UNDOES = {
    "reopen": frozenset({Kind.VALIDATION, Kind.REFUSAL}),
    "reopen_objectives": frozenset({Kind.OBJECTIVES_ACCEPTED, Kind.OBJECTIVES_REFUSED}),
    "drop_recovery": frozenset({Kind.RECOVERY}),
}
"""The decisions that each action withdraws."""


@guards.register(*DECIDES, phase="effect")
def decision_is_written(move: Move) -> None:
    """The decision is numbered and signed by who moves the file."""
    kind = DECIDES[move.transition.action]
    services.issue(move.application, kind, by=move.person, at=move.at, reason=move.reason)


@guards.register(*UNDOES, phase="effect")
def decision_is_withdrawn(move: Move) -> None:
    """What is undone is withdrawn by a decision of its own: nothing that was signed is erased."""
    kinds = UNDOES[move.transition.action]
    services.withdraw(move.application, kinds, by=move.person, at=move.at, reason=move.reason)
