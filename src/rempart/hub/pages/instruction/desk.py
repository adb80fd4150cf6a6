"""At which desk a person works: how they read states, and which files wait for them."""

from django.db.models import F, Q, QuerySet

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.exports.listing import with_deadline
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.permissions import INSTRUCTING
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import TABLE, Audience


def audience_of_desk(user: User) -> Audience:
    """Return in whose words `user` reads a list: the nation's when they hold a national role, else the region's."""
    return Audience.ANS if Scope.of(user).is_national else Audience.ARS


def turn_of(roles: frozenset[Role]) -> frozenset[State]:
    """Return the states in which a file waits for somebody of these roles: an action that needs no excuse leads on."""
    leading_on = (row for row in TABLE if row.who & roles & INSTRUCTING and not (row.reason or row.back))
    return frozenset(source for row in leading_on for source in row.sources)


def listed(user: User) -> "QuerySet[Application]":
    """Return the files a person works on: those they see, less their own establishment's."""
    scope = Scope.of(user)
    files = Application.objects.visible_to(user)
    if scope.entities or scope.ghts:
        files = files.exclude(legal_entity__in=list(scope.entities)).exclude(ght__in=list(scope.ghts))
    return files


def to_do(user: User) -> "QuerySet[Application]":
    """Return the files that wait for `user`, the nearest deadline first, then the longest wait.

    A file given to a colleague waits for the colleague.
    """
    states = turn_of(Scope.of(user).roles)
    files = with_deadline(listed(user)).filter(Q(assigned_to=None) | Q(assigned_to=user), state__in=states)
    return files.order_by(F("deadline").asc(nulls_last=True), "state_since", "pk")
