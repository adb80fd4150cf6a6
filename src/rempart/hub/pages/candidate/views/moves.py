"""Moving a file: submit, declare, send back what was completed, ask for payment, withdraw; with what is signed."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import guards, services, windows
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.permissions import roles_on
from rempart.hub.funding.applications.services import costs
from rempart.hub.funding.applications.services.moves import prepare
from rempart.hub.funding.applications.services.perimeter import ceiling_of
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import Audience, Transition, leaving
from rempart.hub.pages.candidate.access import applicants_only, own_file, person, sent
from rempart.hub.pages.candidate.forms import ActForm, refuse
from rempart.hub.pages.candidate.requirements import Item, items
from rempart.hub.pages.candidate.views.file import about, members

SIGNED = frozenset({"submit", "declare", "request_payment"})
"""What engages the establishment: the signatory certifies it."""


@applicants_only
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Show what an action means and what stands in its way, then do it."""
    user, file, at = person(request), own_file(request, number), timezone.now()
    row = _row(file, action)
    data = _data(file, action)
    held = roles_on(user, file)
    obstacles = [] if not held & row.who else _obstacles(file, row, user, at, data)
    form = ActForm(*sent(request), needs_reason=row.reason, signs=action in SIGNED)
    if request.method == "POST" and form.is_valid():
        try:
            services.perform(file, action, by=user, at=at, reason=form.cleaned_data.get("reason", ""), **data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, row.label(Audience.APPLICANT) + ".")
            return redirect("candidate_file", file.number)
    context = about(file, user, "file") | {
        "row": row,
        "form": form,
        "obstacles": obstacles,
        "may": bool(held & row.who),
        "needs_signatory": row.who == {Role.SIGNATORY},
        "correction": file.corrections.filter(resolved_at=None).first(),
        **_recapitulation(file, action, at),
    }
    return render(request, "candidate/act.html", context, status=422 if form.errors else 200)


def _row(file: Application, action: str) -> Transition:
    """Return the row of an applicant's action from the file's state.

    Raises:
        Http404: no such action, not now, or not an applicant's.

    """
    applicants = {Role.EDITOR, Role.SIGNATORY}
    for row in leaving(State(file.state)):
        if row.action == action and row.who & applicants:
            return row
    raise Http404


def _data(file: Application, action: str) -> dict[str, Any]:
    return {"eligible_cost_cents": costs.total(file)} if action == "request_payment" else {}


def _obstacles(file: Application, row: Transition, user: Any, at: datetime, data: dict[str, Any]) -> list[Refusal]:  # noqa: ANN401
    found = list(guards.obstacles(prepare(file, row.action, by=user, at=at, **data)))
    if row.stage is not None:
        try:
            windows.require_open(file, row.stage, at)
        except Refusal as refusal:
            found.insert(0, refusal)
    return found


def _recapitulation(file: Application, action: str, at: datetime) -> dict[str, object]:
    """Return what the page sums up before the action."""
    found: list[Item] = items(file, at, declared_at=at if action == "declare" else None)
    if action == "submit":
        return {
            "recap": [item for item in found if item.prerequisite],
            "members": members(file),
            "ceiling": ceiling_of(file),
        }
    if action == "declare":
        return {"recap": [item for item in found if not item.prerequisite]}
    if action == "request_payment":
        total, ceiling = costs.total(file), file.ceiling_cents or 0
        return {"total": total, "ceiling": ceiling, "due": min(total, ceiling)}
    return {}
