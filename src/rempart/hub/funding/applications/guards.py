"""Checks and effects that hang on an action of the table; higher rooms add theirs from their `AppConfig.ready`.

@guards.register("declare")
def every_objective_has_a_proof(move: Move) -> None:
    raise Refusal(...)
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application, Event
from rempart.hub.funding.applications.transitions import ACTIONS, Transition


@dataclass(slots=True)
class Move:
    """A move under way: the file (its row is locked), the row of the table, who, when, why, and the form's values.

    `by` is None when a deadline moves the file. `event` is the history line: None during the checks.
    """

    application: Application
    transition: Transition
    by: User | None
    at: datetime
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    event: Event | None = None

    @property
    def person(self) -> User:
        """Who moves the file, for what only a person does: the table lets nobody else."""
        if self.by is None:
            raise RuntimeError(f"{self.transition.action} is for a person")
        return self.by


Guard = Callable[[Move], None]
Phase = Literal["check", "effect"]
_REGISTERED: dict[tuple[str, Phase], list[Guard]] = defaultdict(list)


def register(*actions: str, phase: Phase = "check") -> Callable[[Guard], Guard]:
    """Hang a function on actions.

    A `check` runs before anything changes and raises a Refusal to stop the move. It must not write: pages call it
    to say what is still missing. An `effect` runs once the file has moved, in the same transaction: a Refusal there
    undoes everything.

    Raises:
        KeyError: an action that the table does not have.

    """
    unknown = set(actions) - ACTIONS
    if unknown:
        raise KeyError(*sorted(unknown))

    def keep(guard: Guard) -> Guard:
        for action in actions:
            if guard not in _REGISTERED[action, phase]:
                _REGISTERED[action, phase].append(guard)
        return guard

    return keep


def run(move: Move, phase: Phase) -> None:
    """Run what hangs on a move, in the order it was registered.

    Raises:
        Refusal: the first check that says no.

    """
    for guard in _REGISTERED[move.transition.action, phase]:
        guard(move)


def obstacles(move: Move) -> tuple[Refusal, ...]:
    """Return all that the checks have against a move, for a page that says what is missing."""
    found = []
    for guard in _REGISTERED[move.transition.action, "check"]:
        try:
            guard(move)
        except Refusal as refusal:
            found.append(refusal)
    return tuple(found)
