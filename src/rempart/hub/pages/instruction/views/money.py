"""The payer's desk: what to pay and how much, what to control, what must come back."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, Sum
from django.db.models.functions import Least
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rempart.hub.accounts.scope import Scope
from rempart.hub.funding.applications.permissions import roles_on
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import leaving
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger.selectors import balances
from rempart.hub.pages.instruction.desk import listed
from rempart.hub.pages.instruction.people import agents_only, person

DESKS = {
    State.PAYMENT_REQUESTED: _("À payer"),
    State.PAID: _("À contrôler"),
    State.CONTROLLED: _("À clore"),
    State.RECOVERY: _("Indus à restituer"),
}
PAGE = 50


@agents_only
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """Show the files of one desk of the payer, the amount due computed: the smaller of the cost and the ceiling."""
    user = person(request)
    if not Scope.of(user).is_national:
        raise PermissionDenied
    asked = request.GET.get("etat", "")
    here = State(asked) if asked in set(DESKS) else State.PAYMENT_REQUESTED
    files = listed(user).filter(state__in=list(DESKS)).order_by()
    counted = dict(files.values_list("state").annotate(number=Count("pk")))
    shown = files.filter(state=here).annotate(due=Least(F("eligible_cost_cents"), F("ceiling_cents")))
    page = Paginator(
        shown.select_related("call", "region", "ght", "legal_entity").order_by("state_since", "pk"), PAGE
    ).get_page(request.GET.get("page"))
    moves = sorted(leaving(here), key=lambda row: row.reason)  # what leads on comes first
    context = {
        "desks": [
            {"state": state.value, "label": label, "number": counted.get(state.value, 0), "here": state == here}
            for state, label in DESKS.items()
        ],
        "here": here,
        "page": page,
        "rows": [(file, [row for row in moves if row.who & roles_on(user, file)]) for file in page.object_list],
        "sum": shown.aggregate(sum=Sum("due"))["sum"] or 0,
        "envelopes": [(call, balances(call)) for call in Call.objects.filter(envelope__isnull=False).order_by("code")],
    }
    return render(request, "instruction/payments.html", context)
