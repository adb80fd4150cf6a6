"""The money of a file: the financial statement line by line, what will be paid, where the payment stands."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rempart.hub.accounts.permissions import can_act_for, can_sign_for
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import CostLine
from rempart.hub.funding.applications.services import costs
from rempart.hub.funding.applications.services.perimeter import ceiling_of
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.ledger.selectors import file_balances
from rempart.hub.pages.candidate.access import applicants_only, own_file, person, sent
from rempart.hub.pages.candidate.forms import CostForm, refuse
from rempart.hub.pages.candidate.views.file import about


@applicants_only
def payment(request: HttpRequest, number: str) -> HttpResponse:
    """Show the statement and the payment; add a line."""
    user, file, at = person(request), own_file(request, number), timezone.now()
    form = CostForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            costs.add_cost(file, **form.cleaned_data, by=user, at=at)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("La dépense est ajoutée au bilan."))
            return redirect("candidate_payment", file.number)
    total, ceiling = costs.total(file), file.ceiling_cents if file.ceiling_cents is not None else ceiling_of(file)
    first, last = costs.window(file, at)
    context = about(file, user, "payment") | {
        "form": form,
        "lines": file.costs.order_by("spent_on", "id"),
        "total": total,
        "ceiling": ceiling,
        "due": min(total, ceiling) if ceiling is not None else None,
        "first": first,
        "last": last,
        "may_edit": file.state in costs.OPEN and can_act_for(user, file),
        "may_ask": file.state == State.OBJECTIVES_MET and can_sign_for(user, file) and total > 0,
        "balances": file_balances(file.pk),
    }
    return render(request, "candidate/payment.html", context, status=422 if form.errors else 200)


@require_POST
@applicants_only
def remove_line(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a line off the statement."""
    file = own_file(request, number)
    line = get_object_or_404(CostLine.objects.select_related("application"), pk=pk, application=file)
    try:
        costs.remove_cost(line, by=person(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("La dépense est retirée du bilan."))
    return redirect("candidate_payment", file.number)
