"""What to do first, and what is about to be missed: each file with its reason, the most urgent first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.funding.applications.audiences import Actor, table
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.selectors.lists import files
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import leaving

SOON = timedelta(days=7)
AT_RISK = timedelta(days=30)
LONG = timedelta(days=30)
MOST = 200


class Urgency(IntEnum):
    """Why a file comes where it comes in the list; the smaller the sooner."""

    OVERDUE = 1
    DUE_SOON = 2
    MESSAGE = 3
    WAITING_LONG = 4
    TO_DO = 5


REASONS: dict[Urgency, Promise] = {
    Urgency.OVERDUE: _("échéance dépassée"),
    Urgency.DUE_SOON: _("échéance dans moins d’une semaine"),
    Urgency.MESSAGE: _("message non lu"),
    Urgency.WAITING_LONG: _("attend depuis plus d’un mois"),
    Urgency.TO_DO: _("à votre tour d’agir"),
}


@dataclass(frozen=True, slots=True)
class ToDo:
    """A file to take up, why, and by when."""

    application: Application
    urgency: Urgency
    due_at: datetime | None

    @property
    def reason(self) -> Promise:
        """The reason, in words."""
        return REASONS[self.urgency]


def to_do(user: User, at: datetime, *, limit: int = MOST) -> list[ToDo]:
    """Return the files that wait for `user`: their turn to act, or an unread message, the most urgent first.

    A file in another person's charge is left to them. Two queries besides the person's scope, whatever the number.
    """
    scope = Scope.of(user)
    turn = _my_turn(scope)
    near = (
        Q(region__in=list(scope.regions)) | Q(legal_entity__in=list(scope.entities)) | Q(ght__in=list(scope.own_ghts))
    )
    mine = Q(assigned_to=user) | (Q(assigned_to=None) & (turn | near))
    rows: Any = files(user)  # its annotations are no fields
    rows = rows.filter(mine & (turn | Q(unread_count__gt=0))).annotate(urgency=_urgency(at))
    rows = rows.order_by("urgency", F("due_at").asc(nulls_last=True), "state_since", "pk")[:limit]
    return [ToDo(row, Urgency(row.urgency), row.due_at) for row in rows]


def at_risk(user: User, at: datetime) -> "QuerySet[Application]":
    """Return the files whose applicant has less than a month left, or is late, for what only they can do."""
    waited = [state for state, row in table().items() if row.who is Actor.APPLICANT and row.until]
    rows: Any = files(user)  # its annotations are no fields
    found: QuerySet[Application] = rows.filter(state__in=waited, due_at__lte=at + AT_RISK).order_by("due_at", "pk")
    return found


def _urgency(at: datetime) -> Case:
    """Return the first reason that holds."""
    return Case(
        When(due_at__lt=at, then=Urgency.OVERDUE.value),
        When(due_at__lte=at + SOON, then=Urgency.DUE_SOON.value),
        When(unread_count__gt=0, then=Urgency.MESSAGE.value),
        When(state_since__lte=at - LONG, then=Urgency.WAITING_LONG.value),
        default=Urgency.TO_DO.value,
        output_field=IntegerField(),
    )


def _my_turn(scope: Scope) -> Q:
    """Return the condition that a file waits for one of a person's roles."""
    turn = Q(state__in=_states(Actor.ANS, scope.national))
    for region, roles in scope.regions.items():
        turn |= Q(region=region, state__in=_states(Actor.ARS, roles))
    for entity, roles in scope.entities.items():
        turn |= Q(legal_entity=entity, state__in=_states(Actor.APPLICANT, roles))
    for ght, roles in scope.own_ghts.items():
        turn |= Q(ght=ght, state__in=_states(Actor.APPLICANT, roles))
    return turn


def _states(side: Actor, roles: Iterable[Role]) -> list[State]:
    """Return the states in which a side acts and one of these roles can."""
    held = frozenset(roles)
    if held & {Role.EDITOR, Role.SIGNATORY}:  # who edits prepares what who signs will send
        held |= {Role.SIGNATORY}
    return [
        state
        for state, row in table().items()
        if row.who is side and any(move.who & held and move.action != "withdraw" for move in leaving(state))
    ]
