"""Moving a file: the one way in which its state changes."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import guards, notifications, permissions, windows
from rempart.hub.funding.applications.guards import Move
from rempart.hub.funding.applications.models import Application, Event
from rempart.hub.funding.applications.services import facts, money
from rempart.hub.funding.applications.states import MILESTONES, REACHED, State
from rempart.hub.funding.applications.transitions import Transition, find


def perform(
    application: Application,
    action: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    **data: Any,  # noqa: ANN401 — each action's own values, checked by the guards that read them
) -> Event:
    """Move a file by an action of the table, with all that follows: history, money, corrections, mails.

    The file's row is locked first, so that of two people who do the same thing at once one is told it is done. All
    of it happens, or nothing. `by` is None only for what the clock does. `application` is refreshed.

    Raises:
        KeyError: no such action.
        Refusal: `wrong_state`, `not_allowed`, `reason_needed`, `before_last_move`, `window_not_open`,
            `window_closed`, or what a check or an effect of the action says.

    """
    with transaction.atomic():
        file = locked(application.pk)
        move = Move(file, find(action, State(file.state)), by, at, reason.strip(), data)
        _authorise(move)
        guards.run(move, "check")
        _advance(move)
        money.follow(move)
        guards.run(move, "effect")
        notifications.tell(move)
    application.refresh_from_db()
    if move.event is None:  # pragma: no cover — _advance writes it
        raise RuntimeError("a move leaves an event")
    return move.event


def locked(pk: int) -> Application:
    """Return a file, its row locked until the end of the transaction."""
    rows = Application.objects.select_related("call", "version", "ght", "legal_entity", "region", "assigned_to")
    return rows.select_for_update(of=("self",)).get(pk=pk)


def prepare(application: Application, action: str, *, by: User, at: datetime, **data: Any) -> Move:  # noqa: ANN401
    """Return a move that is not made, for `guards.obstacles` to say what stands in its way."""
    return Move(application, find(action, State(application.state)), by, at, "", data)


def _authorise(move: Move) -> None:
    """Check who, why, when and at which desk, in that order."""
    row = move.transition
    if move.by is None:
        if row.who:
            raise Refusal(_("Cette action demande une personne."), "not_allowed")
    else:
        permissions.refuse_unless(move.by, move.application, row.who)
    if row.reason and not move.reason:
        raise Refusal(_("Donnez un motif : il reste dans l’historique du dossier."), "reason_needed")
    if move.at < move.application.state_since:
        raise Refusal(_("Cette date précède le dernier changement d’état du dossier."), "before_last_move")
    if row.stage is not None:
        windows.require_open(move.application, row.stage, move.at)


def _advance(move: Move) -> None:
    """Change the state and the dates that go with it, and write the one line of history."""
    file, row = move.application, move.transition
    source = file.state
    facts.record(move)
    if row.target in REACHED:
        _set_dates(file, row, move.at)
    file.state = row.target
    file.state_since = file.touched_at = move.at
    file.expiry_warned_at = None
    file.save()
    move.event = Event.objects.create(
        application=file,
        action=row.action,
        source=source,
        target=row.target,
        actor=move.by,
        at=move.at,
        reason=move.reason,
        due_at=move.data.get("due_at"),
    )


def _set_dates(file: Application, row: Transition, at: datetime) -> None:
    """Give the file the dates of its new state, and take those of later states away; a return keeps the old date."""
    names = tuple(MILESTONES.values())
    for name in names[REACHED[row.target] :]:
        setattr(file, name, None)
    if row.target in MILESTONES and not (row.back and getattr(file, MILESTONES[row.target])):
        setattr(file, MILESTONES[row.target], at)
