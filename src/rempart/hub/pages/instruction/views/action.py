"""Moving a file: one page an action, which says what follows and asks why; and the judgement of one requirement."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import guards
from rempart.hub.funding.applications.models import Application, CorrectionKind
from rempart.hub.funding.applications.services import perform
from rempart.hub.funding.applications.services.moves import prepare
from rempart.hub.funding.applications.transitions import Transition, available
from rempart.hub.funding.ledger.selectors import balances
from rempart.hub.funding.proofs.services import judge as judge_requirement
from rempart.hub.pages.instruction import sheet
from rempart.hub.pages.instruction.forms.action import FORMS, ActionForm, JudgeForm
from rempart.hub.pages.instruction.people import agents_only, person
from rempart.hub.theme.templatetags.rempart import say

IRREVERSIBLE = frozenset({"refuse", "refuse_objectives", "pay", "close"})


@agents_only
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Ask for what the action needs, then do it; what stands in the way is said before anything is typed."""
    user, now = person(request), timezone.now()
    file = sheet.file_of(user, number)
    move = next((row for row in available(file, user, now) if row.action == action), None)
    if move is None:
        if request.method != "POST":
            raise Http404
        messages.error(request, _("Cette action n’est plus possible : le dossier a changé d’état entre-temps."))
        return redirect("instruction_file", file.number)
    form = FORMS.get(action, ActionForm)(request.POST or None, file=file, move=move)
    if request.method == "POST" and form.is_valid():
        try:
            perform(file, action, by=user, at=now, reason=form.cleaned_data["reason"], **form.data_of_move())
        except Refusal as refusal:
            form.add_error(None, _with_advice(refusal))
        else:
            messages.success(request, _("C’est fait : « %(what)s ».") % {"what": move.button})
            return redirect("instruction_file", file.number)
    context = {
        "file": file,
        "move": move,
        "form": form,
        "obstacles": guards.obstacles(prepare(file, action, by=user, at=now, **_plausible(now))),
        "irreversible": action in IRREVERSIBLE,
        **_money(file, move),
    }
    return render(request, "instruction/action.html", context, status=400 if form.errors else 200)


@agents_only
def judge(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Decide that one requirement is met or not, its proofs in view."""
    user = person(request)
    file = sheet.file_of(user, number)
    line = next((one for part in sheet.sections(file) for one in part.lines if one.asked.code == code), None)
    if line is None or not sheet.may_judge(user, file):
        raise Http404
    form = JudgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            judge_requirement(file, code, met=asked["met"], reason=asked["reason"], by=user, at=timezone.now())
        except Refusal as refusal:
            form.add_error("reason" if refusal.code == "no_reason" else None, str(refusal))
        else:
            messages.success(request, _("Votre appréciation de %(code)s est enregistrée.") % {"code": code})
            return redirect("instruction_file", file.number)
    context = {"file": file, "line": line, "form": form}
    return render(request, "instruction/judge.html", context, status=400 if form.errors else 200)


def _plausible(now: datetime) -> dict[str, Any]:
    """Return values that a form will ask for, so that their absence is no obstacle."""
    return {"kind": CorrectionKind.INCOMPLETE, "until": now + timedelta(days=1)}


def _money(file: Application, move: Transition) -> dict[str, object]:
    """Return the amounts an action is about."""
    if move.action == "validate":
        envelope = balances(file.call)
        return {"envelope": envelope, "left": envelope.available - (file.ceiling_cents or 0)}
    if move.action in {"pay", "return_payment", "claim_recovery"}:
        return {"due": min(file.eligible_cost_cents or 0, file.ceiling_cents or 0)}
    return {}


def _with_advice(refusal: Refusal) -> str:
    advice = f" {say(refusal.advice)}" if refusal.advice else ""
    return f"{refusal}{advice}"
