"""Lists of files as pages show them: filtered, sorted on any column, and counted."""

from django.db.models import Count, F, OrderBy, Prefetch, QuerySet
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.scope import Person
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.filters import FileFilters, filters_for
from rempart.hub.funding.applications.models import Application, Label
from rempart.hub.funding.applications.selectors.parts import due_at, unread
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Call

SORTS: dict[str, tuple[str, ...]] = {
    "number": ("call", "number"),
    "applicant": ("applicant_name",),
    "kind": ("kind", "applicant_name"),
    "region": ("region__name",),
    "state": ("state",),
    "since": ("state_since",),
    "submitted": ("submitted_at",),
    "activity": ("touched_at",),
    "amount": ("ceiling_cents",),
    "cost": ("eligible_cost_cents",),
    "assigned": ("assigned_to__last_name", "assigned_to__first_name"),
    "due": ("due_at",),
    "unread": ("unread_count",),
}
"""What each column sorts on; `-` before its name turns the order round. Empty values come last both ways."""
DEFAULT_SORT = "number"


def files(user: Person) -> "QuerySet[Application]":
    """Return the files `user` may see, with all that a line of a list shows. The labels are those of their team."""
    rows = Application.objects.visible_to(user).select_related(
        "call", "ght", "legal_entity__department", "region", "assigned_to"
    )
    return rows.annotate(
        applicant_name=Lower(Coalesce("ght__name", "legal_entity__name")),
        due_at=due_at(),
        unread_count=unread(user),
    ).prefetch_related(Prefetch("labels", Label.objects.visible_to(user), to_attr="shown_labels"))


def queue(user: Person, filters: FileFilters | None = None, sort: str = DEFAULT_SORT) -> "QuerySet[Application]":
    """Return the files of a list page, filtered and sorted.

    Raises:
        Refusal: `bad_sort`; `bad_filter` for a filter that is for those who instruct only.

    """
    if filters is not None and type(filters) not in {FileFilters, filters_for(user)}:
        raise Refusal(_("Ce filtre est réservé à ceux qui instruisent."), "bad_filter")
    rows = files(user)
    if filters is not None:
        rows = filters.apply(rows)
    return rows.order_by(*_order(sort), "pk")


def _order(sort: str) -> list[OrderBy]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise Refusal(_("Cette liste ne se trie pas ainsi."), "bad_sort")
    back = sort.startswith("-")
    return [F(field).desc(nulls_last=True) if back else F(field).asc(nulls_last=True) for field in SORTS[name]]


def counts(user: Person, call: Call | str | None = None) -> dict[State, int]:
    """Return how many of the files `user` may see are in each state, zero included. One query."""
    rows = Application.objects.visible_to(user)
    if call is not None:
        rows = rows.filter(call=call)
    found = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {state: found.get(state.value, 0) for state in State}
