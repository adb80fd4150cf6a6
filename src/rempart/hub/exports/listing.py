"""A list of files as those who instruct work with it: verdicts counted, deadlines, and filters on them.

The queue and its exports share it, so that a file exported is a file seen.
"""

from datetime import date
from typing import Literal

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from rempart.hub.accounts.scope import Person
from rempart.hub.common.clock import end_of
from rempart.hub.funding.applications.filters import FileFilters, InstructionFilters, filters_for
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.selectors.parts import due_at
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs.models import Assessment
from rempart.hub.funding.rules.base import Outcome

CANDIDACY = (
    State.SUBMITTED, State.ARS_REVIEW, State.ARS_REVIEW_FIX, State.VALIDATED, State.REFUSED,
)  # fmt: skip
"""States in which the prerequisites are judged; later on, the objectives are."""
COLOURS: dict[str, tuple[Outcome, ...]] = {
    "met": (Outcome.MET, Outcome.NOT_APPLICABLE),
    "to_review": (Outcome.TO_REVIEW,),
    "unmet": (Outcome.UNMET,),
    "missing": (Outcome.MISSING,),
}
"""What is counted of the verdicts of a file; what is not applicable asks nothing and counts as met."""
_JUDGED_NOW = Q(prerequisite=True, application__state__in=CANDIDACY) | (
    Q(prerequisite=False) & ~Q(application__state__in=CANDIDACY)
)


def with_deadline(files: "QuerySet[Application]") -> "QuerySet[Application]":
    """Annotate `due_at`: when the turn of who acts ends, a delay that was granted included."""
    return files.annotate(due_at=due_at())


def with_verdicts(files: "QuerySet[Application]") -> "QuerySet[Application]":
    """Annotate `met`, `to_review`, `unmet`, `missing`: how many verdicts of each colour, of what is judged now."""
    return files.annotate(**{f"verdicts_{name}": _count(outcomes) for name, outcomes in COLOURS.items()})


def not_green() -> Coalesce:
    """Return how many verdicts of a file are not green."""
    return _count(tuple(Outcome(one) for name, several in COLOURS.items() if name != "met" for one in several))


class DeskFilters(InstructionFilters):
    """What those who instruct filter on besides: deadlines, and the colour of a file's verdicts.

    `verdict`: `green` all met, `orange` something to review and nothing red, `red` something unmet or missing.
    """

    deadline_before: date | None = None
    verdict: Literal["", "green", "orange", "red"] = ""

    def apply(self, files: "QuerySet[Application]") -> "QuerySet[Application]":
        """Return the files that pass."""
        files = super().apply(files)
        if self.deadline_before:
            files = with_deadline(files).filter(Q(due_at__lte=end_of(self.deadline_before)))
        return _of_colour(files, self.verdict) if self.verdict else files


def filters_of(user: Person) -> type[FileFilters]:
    """Return the filters `user` may use in a list and in its export."""
    return DeskFilters if filters_for(user) is InstructionFilters else FileFilters


def _of_colour(files: "QuerySet[Application]", colour: str) -> "QuerySet[Application]":
    red = _count((Outcome.UNMET, Outcome.MISSING))
    files = files.alias(is_red=red, is_not_green=not_green(), is_green=_count(COLOURS["met"]))
    if colour == "red":
        return files.filter(is_red__gt=0)
    if colour == "orange":
        return files.filter(is_red=0, is_not_green__gt=0)
    return files.filter(is_not_green=0, is_green__gt=0)


def _count(outcomes: tuple[Outcome, ...]) -> Coalesce:
    rows = Assessment.objects.filter(_JUDGED_NOW, application=OuterRef("pk"), outcome__in=outcomes).order_by()
    return Coalesce(Subquery(rows.values("application").annotate(number=Count("pk")).values("number")), 0)


ORDER_OF_LIFE = Case(
    *(When(state=state, then=Value(rank)) for rank, state in enumerate(State)), default=Value(len(State))
)
"""Sorts states as a life goes, not by the alphabet."""
APPLICANT_NAME = Coalesce(F("ght__name"), F("legal_entity__name"))
