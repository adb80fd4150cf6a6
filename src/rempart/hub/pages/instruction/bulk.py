"""Deciding many files at once: those whose every verdict is green, after somebody looked at the list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.errors import Refusal
from rempart.hub.exports.listing import DeskFilters
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services import perform
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import Transition, find
from rempart.hub.funding.ledger.selectors import Balances, balances
from rempart.hub.pages.instruction.desk import listed

MOST = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """An action that may be done on many green files: from which state, and whether it commits money."""

    action: str
    state: State
    title: Promise
    commits: bool = False

    @property
    def move(self) -> Transition:
        """The row of the table."""
        return find(self.action, self.state)


BATCHES = {
    batch.action: batch
    for batch in (
        Batch("validate", State.ARS_REVIEW, _("Valider les candidatures au vert"), commits=True),
        Batch("transmit", State.ARS_CHECK, _("Transmettre à l’ANS les dossiers au vert")),
        Batch("validate_objectives", State.ANS_REVIEW, _("Valider les objectifs des dossiers au vert")),
    )
}


@dataclass(frozen=True, slots=True)
class Total:
    """What a batch asks of the envelope of one call."""

    call: str
    files: int
    cents: int
    envelope: Balances

    @property
    def fits(self) -> bool:
        """Whether the envelope has enough for all of them."""
        return self.cents <= self.envelope.available


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file."""

    file: Application
    refusal: Refusal | None = None


def open_to(user: User) -> list[Batch]:
    """Return the batches `user` may do."""
    return [batch for batch in BATCHES.values() if batch.move.who & Scope.of(user).roles]


def green(batch: Batch, user: User) -> "QuerySet[Application]":
    """Return the fully green files on which `user` may do this, first submitted first."""
    scope, who = Scope.of(user), batch.move.who
    mine = Q(region__in=[code for code, roles in scope.regions.items() if roles & who])
    files = listed(user).filter(state=batch.state)
    if not who & scope.national:
        files = files.filter(mine)
    files = DeskFilters(verdict="green").apply(files)
    return files.select_related("call", "region", "ght", "legal_entity").order_by("submitted_at", "pk")


def totals(files: Iterable[Application]) -> list[Total]:
    """Return, call by call, how many files and how much, against what is available now."""
    counted: dict[str, list[int]] = defaultdict(list)
    for file in files:
        counted[file.call_id].append(file.ceiling_cents or 0)
    return [Total(code, len(each), sum(each), balances(code)) for code, each in sorted(counted.items())]


def decide(batch: Batch, files: Iterable[Application], *, by: User, at: datetime) -> list[Result]:
    """Do the action on each file, one after the other: each is done whole or refused whole, and said by name."""
    results = []
    for file in files:
        try:
            perform(file, batch.action, by=by, at=at)
        except Refusal as refusal:
            results.append(Result(file, refusal))
        else:
            results.append(Result(file))
    return results
