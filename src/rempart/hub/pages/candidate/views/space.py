"""The space's home: one's files, what to do next, the calendar; and opening a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import ACTING
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import services
from rempart.hub.funding.applications.audiences import Actor, said, table
from rempart.hub.funding.applications.models import Application, CorrectionRequest, LateDecision
from rempart.hub.funding.applications.states import FINAL, State
from rempart.hub.funding.calls.models import Call, Stage, Window
from rempart.hub.pages.candidate.access import RELATED, applicants_only, own_files, person, possible_applicants, sent
from rempart.hub.pages.candidate.forms import OpenForm, refuse


@dataclass(frozen=True, slots=True)
class Card:
    """A file in the list: its state in the applicant's words, who acts, by when."""

    file: Application
    label: str
    next: str
    who: Actor
    until: datetime | None

    @property
    def is_mine(self) -> bool:
        """Whether the applicant must act."""
        return self.who is Actor.APPLICANT


def cards(files: Sequence[Application]) -> list[Card]:
    """Return the cards of files, those that wait for the applicant first; three queries, however many files."""
    numbers = [file.pk for file in files]
    asked = CorrectionRequest.objects.filter(application__in=numbers, resolved_at=None).order_by("id")
    corrections = {row.application_id: row.due_at for row in asked}
    windows = Window.objects.filter(call__in={file.call_id for file in files}).order_by("id")
    closings: dict[tuple[str, str], datetime | None] = {(row.call_id, row.stage): row.closes_at for row in windows}
    late: dict[tuple[int, str], datetime] = {}
    for row in LateDecision.objects.filter(application__in=numbers).order_by("until"):
        late[row.application_id, row.stage] = row.until
    found = []
    for file in files:
        words = table()[State(file.state)]
        closing = closings.get((file.call_id, words.until))
        if closing is not None:
            closing = max(closing, late.get((file.pk, words.until), closing))
        until = corrections.get(file.pk) if words.until == "correction" else closing
        found.append(Card(file, said(words.applicant.label), said(words.applicant.next), words.who, until))
    far = timezone.now().replace(year=9999)
    return sorted(found, key=lambda card: (not card.is_mine, card.until or far, card.file.number))


@require_safe
@applicants_only
def space(request: HttpRequest) -> HttpResponse:
    """Show the files of the person's applicants, the calendar, and the calls they may still join."""
    user, now = person(request), timezone.now()
    found = cards(list(own_files(user).select_related(*RELATED).order_by("-created_at")))
    live = [card for card in found if card.file.state not in FINAL]
    context = {
        "live": live,
        "past": [card for card in found if card.file.state in FINAL],
        "calendar": sorted((card for card in live if card.until and card.until >= now), key=_until),
        "joinable": _joinable(user, now) if _may_open(user) else [],
        "scope": Scope.of(user),
    }
    return render(request, "candidate/space.html", context)


def _until(card: Card) -> datetime:
    return card.until or timezone.now()


def _may_open(user: User) -> bool:
    scope = Scope.of(user)
    return any(roles & ACTING for roles in (*scope.own_ghts.values(), *scope.entities.values()))


def _joinable(user: User, now: datetime) -> list[Window]:
    """Return the application desks, open now, of the calls for which the person has an applicant without a file."""
    desks = Window.objects.filter(stage=Stage.APPLICATION, opens_at__lte=now, call__versions__published_at__lte=now)
    open_ones = desks.exclude(closes_at__lt=now).select_related("call").distinct().order_by("closes_at", "call")
    return [desk for desk in open_ones if possible_applicants(user, desk.call)]


@applicants_only
def open_file(request: HttpRequest, code: str) -> HttpResponse:
    """Open a draft for one of the person's applicants."""
    user = person(request)
    call = get_object_or_404(Call.objects.filter(versions__published_at__lte=timezone.now()).distinct(), pk=code)
    possible = {applicant.pk: applicant for applicant in possible_applicants(user, call)}
    choices = [(pk, str(applicant)) for pk, applicant in possible.items()]
    form = OpenForm(*sent(request), applicants=choices)
    if request.method == "POST" and form.is_valid():
        applicant = possible[form.cleaned_data["applicant"]]
        try:
            file = services.open_draft(call, applicant, by=user, at=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Le dossier %(number)s est ouvert.") % {"number": file.number})
            return redirect("candidate_file", file.number)
    context = {"call": call, "form": form, "possible": choices}
    return render(request, "candidate/open.html", context, status=200 if not form.errors else 422)
