"""Three simulators that write nothing: the 66 % calculator, the calendar of audits, « if I declare on this date »."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rempart.hub.common.clock import paris_day
from rempart.hub.funding.applications import windows
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.definition import Requirement
from rempart.hub.funding.calls.models import Stage, Window
from rempart.hub.funding.calls.simulators import (
    AuditCalendar,
    ShareCalculation,
    audit_calendar,
    declare_on,
    share_calculator,
)
from rempart.hub.funding.proofs.evidence import gather
from rempart.hub.funding.proofs.members import members_of_all
from rempart.hub.funding.rules.evidence import Evidence
from rempart.hub.funding.rules.repeated import RepeatedAttestations
from rempart.hub.pages.candidate.access import applicants_only, own_file, person
from rempart.hub.pages.candidate.forms import AuditForm, DeclareForm
from rempart.hub.pages.candidate.requirements import Item, every_rule
from rempart.hub.pages.candidate.views.file import about


@dataclass(frozen=True, slots=True)
class Series:
    """A requirement of repeated audits, with the calendar that its deposited proofs give."""

    requirement: Requirement
    rule: RepeatedAttestations
    calendar: AuditCalendar


@dataclass(frozen=True, slots=True)
class Pair:
    """Two dates tried: when the second may be, and whether the one planned fits."""

    opens: date
    closes: date
    gap: int | None
    fits: bool | None


@require_safe
@applicants_only
def simulators(request: HttpRequest, number: str) -> HttpResponse:
    """Show the three simulators, each with its result when it was asked."""
    file, now = own_file(request, number), timezone.now()
    gathered, objectives = gather([file]), file.version.definition.objectives
    evidence = {one.code: gathered.evidence(file, one, at=now) for one in objectives}
    audits = _series(objectives, evidence)
    rule = audits[0].rule if audits else RepeatedAttestations(engine="exposure")
    audit_form = AuditForm(request.GET if "first" in request.GET else None)
    declare_form = DeclareForm(request.GET if "day" in request.GET else None, earliest=paris_day(now))
    context = about(file, person(request), "simulators") | {
        "coverage": _coverage(file, request.GET.getlist("covered")),
        "series": audits,
        "rule": rule,
        "audit_form": audit_form,
        "pair": _pair(audit_form, rule) if audit_form.is_valid() else None,
        "declare_form": declare_form,
        **(_declared(file, declare_form.cleaned_data["day"], evidence) if declare_form.is_valid() else {}),
    }
    return render(request, "candidate/simulators.html", context)


def _coverage(file: Application, chosen: list[str]) -> ShareCalculation:
    known = members_of_all([file])[file.pk]
    return share_calculator(known.names, known.shares(), [code for code in chosen if code in known.names])


def _series(objectives: tuple[Requirement, ...], evidence: dict[str, Evidence]) -> list[Series]:
    return [
        Series(requirement, rule, audit_calendar(rule, evidence[requirement.code]))
        for requirement in objectives
        for rule in every_rule(requirement.rule)
        if isinstance(rule, RepeatedAttestations)
    ]


def _pair(form: AuditForm, rule: RepeatedAttestations) -> Pair:
    first, second = form.cleaned_data["first"], form.cleaned_data["second"]
    opens, closes = first + timedelta(days=rule.min_days), first + timedelta(days=rule.max_days)
    if second is None:
        return Pair(opens, closes, None, None)
    return Pair(opens, closes, (second - first).days, opens <= second <= closes)


def _declared(file: Application, day: date, evidence: dict[str, Evidence]) -> dict[str, object]:
    """Return what the rules would say of the file if it were declared that day."""
    desk = Window.objects.filter(call=file.call_id, stage=Stage.DECLARATION).first()
    opens, closes = (desk.opens_at if desk else None), windows.closing(file, Stage.DECLARATION)
    tried = declare_on(day, file.version.definition.objectives, evidence, (opens, closes))
    return {
        "tried": tried,
        "supposed": [Item(one, prerequisite=False, verdict=verdict, is_open=False) for one, verdict in tried.verdicts],
        "desk_opens": opens,
        "desk_closes": closes,
    }
