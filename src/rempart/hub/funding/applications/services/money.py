"""The ledger follows the states: what enters the committed states is committed, what leaves them unpaid is released."""

from rempart.hub.funding.applications.guards import Move
from rempart.hub.funding.applications.states import COMMITTED, State
from rempart.hub.funding.ledger import services as ledger


def follow(move: Move) -> None:
    """Post what a move means for the envelope.

    The payment is the smaller of the real eligible cost and the ceiling (arrêtés of the calls: never a flat sum); the
    ledger gives the rest back. What is not due is posted once it came back, when the file is closed.

    Raises:
        Refusal: `envelope_exhausted`, `no_envelope`, or another of the ledger's.

    """
    file, row = move.application, move.transition
    source = State(move.event.source) if move.event else State(file.state)
    if row.target is State.PAID:
        due = min(file.eligible_cost_cents or 0, file.ceiling_cents or 0)
        ledger.pay(file, due, by=move.by, at=move.at)
    elif row.target in COMMITTED and source not in COMMITTED:
        ledger.commit(file, by=move.by, at=move.at)
    elif source in COMMITTED and row.target not in COMMITTED:
        ledger.release(file, by=move.by, at=move.at, reason=move.reason or str(row.button))
    elif source is State.RECOVERY and row.target is State.CLOSED:
        ledger.recover(file, file.recovery_cents or 0, by=move.by, at=move.at, reason=move.reason or str(row.button))
