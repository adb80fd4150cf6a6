"""Three simulators that write nothing: the 66 % calculator, the calendar of audits, « if I declare on this date »."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rempart.hub.common.clock import PARIS
from rempart.hub.funding.applications import windows
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.models import Stage
from rempart.hub.funding.proofs.members import members_of_all
from rempart.hub.funding.rules.coverage import THRESHOLD, covered, smallest_sets
from rempart.hub.funding.rules.repeated import RepeatedAttestations
from rempart.hub.pages.candidate.access import applicants_only, own_file, person
from rempart.hub.pages.candidate.forms import AuditForm, DeclareForm, ShareForm
from rempart.hub.pages.candidate.requirements import every_rule, items
from rempart.hub.pages.candidate.views.file import about

SETS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the chosen members weigh, and the smallest additions that would reach the threshold, with their total."""

    share: Decimal
    reached: bool
    sets: list[tuple[str, Decimal]]

    @property
    def percentage(self) -> int:
        """The share, for a bar: never rounded up to what is not reached."""
        return int(self.share * 100)


@dataclass(frozen=True, slots=True)
class Audits:
    """What a calendar of audits gives: when the next may be made, and whether the one planned fits."""

    opens: date
    closes: date
    gap: int | None
    fits: bool | None


@require_safe
@applicants_only
def simulators(request: HttpRequest, number: str) -> HttpResponse:
    """Show the three simulators, each with its result when it was asked."""
    file, now = own_file(request, number), timezone.now()
    known = members_of_all([file])[file.pk]
    shares = known.shares()
    rule = _repeated(file)
    choices = [(finess, name) for finess, name in known.names.items() if finess in shares]
    share_form = ShareForm(request.GET, members=choices)
    audit_form = AuditForm(request.GET if "first" in request.GET else None)
    declare_form = DeclareForm(request.GET if "day" in request.GET else None)
    chosen = share_form.cleaned_data["covered"] if share_form.is_valid() else []
    context = about(file, person(request), "simulators") | {
        "shares": [(finess, name, shares[finess], finess in chosen) for finess, name in choices],
        "coverage": _coverage(shares, known.names, chosen) if shares else None,
        "audit_form": audit_form,
        "audits": _audits(audit_form, rule) if audit_form.is_valid() else None,
        "rule": rule,
        "declare_form": declare_form,
        **(_declared(file, declare_form.cleaned_data["day"], now) if declare_form.is_valid() else {}),
    }
    return render(request, "candidate/simulators.html", context)


def _repeated(file: Application) -> RepeatedAttestations:
    """Return the call's own rule of repeated audits, else the programme's usual one."""
    for requirement in file.version.definition.objectives:
        for rule in every_rule(requirement.rule):
            if isinstance(rule, RepeatedAttestations):
                return rule
    return RepeatedAttestations(engine="exposure")


def _coverage(shares: dict[str, Decimal], names: dict[str, str], chosen: list[str]) -> Coverage:
    share = covered(shares, chosen)
    sets = smallest_sets(shares, chosen, limit=SETS_SHOWN) if share < THRESHOLD else []
    told = [(" + ".join(names[one] for one in group), covered(shares, {*chosen, *group})) for group in sets]
    return Coverage(share, share >= THRESHOLD, told)


def _audits(form: AuditForm, rule: RepeatedAttestations) -> Audits:
    first, second = form.cleaned_data["first"], form.cleaned_data["second"]
    opens, closes = first + timedelta(days=rule.min_days), first + timedelta(days=rule.max_days)
    if second is None:
        return Audits(opens, closes, None, None)
    return Audits(opens, closes, (second - first).days, opens <= second <= closes)


def _declared(file: Application, day: date, now: datetime) -> dict[str, object]:
    """Return what the rules would say if the file were declared at noon of that day."""
    moment = datetime.combine(day, time(12), PARIS)
    found = [one for one in items(file, max(moment, now), declared_at=moment) if not one.prerequisite]
    closing = windows.closing(file, Stage.DECLARATION)
    return {
        "declared_on": day,
        "supposed": found,
        "supposed_ready": all(one.is_done for one in found),
        "too_late": closing if closing is not None and moment > closing else None,
    }
