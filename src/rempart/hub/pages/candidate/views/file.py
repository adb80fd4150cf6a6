"""One file: where it stands, what to do next, its objectives, its perimeter; its history; the page to print."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rempart.hub.accounts.models import User
from rempart.hub.funding.applications.audiences import audience_of, what_next
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services.perimeter import ceiling_of
from rempart.hub.funding.applications.services.version import begun_with, keeps_its_rules, newer
from rempart.hub.funding.applications.transitions import Audience, available
from rempart.hub.funding.decisions.selectors import decisions_of
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.proofs.members import members_of_all
from rempart.hub.funding.rules.base import Outcome
from rempart.hub.pages.candidate.access import applicants_only, own_file, person
from rempart.hub.pages.candidate.events import history
from rempart.hub.pages.candidate.life import main_action, steps
from rempart.hub.pages.candidate.requirements import Item, items


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the perimeter: its part of the activity, how many objectives it has met of those asked of it."""

    finess: str
    name: str
    share: Decimal | None
    met: int
    asked: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the requirements of one kind are done."""

    done: int
    total: int

    @property
    def state(self) -> str:
        """The look of the figure."""
        return "met" if self.total and self.done == self.total else "attention"


def members(file: Application) -> list[Member]:
    """Return the perimeter of a file, the heaviest members first."""
    known = members_of_all([file])[file.pk]
    shares = known.shares()
    progress = {one.finess: one for one in instruction.progress(file)}
    found = [
        Member(finess, name, shares.get(finess), progress[finess].met, progress[finess].total)
        for finess, name in known.names.items()
    ]
    return sorted(found, key=lambda member: (-(member.share or Decimal(0)), member.name))


def counted(found: list[Item], *, prerequisite: bool) -> Count:
    """Return how many prerequisites, or objectives, are met, of those asked."""
    asked = [
        one for one in found if one.prerequisite is prerequisite and one.verdict.outcome is not Outcome.NOT_APPLICABLE
    ]
    return Count(sum(one.verdict.outcome is Outcome.MET for one in asked), len(asked))


def about(file: Application, user: User, page: str) -> dict[str, Any]:
    """Return what every page of a file shows: the file, its state in words, and its place in the navigation."""
    following = what_next(file, Audience.APPLICANT)
    return {"file": file, "following": following, "page": page, "steps": steps(file, following.by), "user": user}


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show a file to its applicant; send those who instruct it to their own page."""
    user = person(request)
    seen = Application.objects.visible_to(user).filter(number=number).first()
    if seen is None:
        raise Http404
    if audience_of(user, seen) is not Audience.APPLICANT:
        return redirect("instruction_file", number)
    file, now = own_file(request, number), timezone.now()
    found = items(file, now)
    context = about(file, user, "file") | {
        "items": found,
        "prerequisites": [item for item in found if item.prerequisite],
        "objectives": [item for item in found if not item.prerequisite],
        "prerequisites_count": counted(found, prerequisite=True),
        "objectives_count": counted(found, prerequisite=False),
        "members": members(file),
        "ceiling": file.ceiling_cents if file.ceiling_cents is not None else ceiling_of(file),
        "action": main_action(file, user, found),
        "correction": file.corrections.filter(resolved_at=None).first(),
        "others": [row for row in available(file, user, now) if row.action in {"withdraw", "cancel_declaration"}],
        "decisions": decisions_of(file, user),
        "newer": newer(file),
        "movable": not keeps_its_rules(file),
        "begun_with": begun_with(file),
        "now": now,
    }
    return render(request, "candidate/file.html", context)


@require_safe
@applicants_only
def events(request: HttpRequest, number: str) -> HttpResponse:
    """Show the history of a file."""
    file, user = own_file(request, number), person(request)
    context = about(file, user, "history") | {"events": history(file), "decisions": decisions_of(file, user)}
    return render(request, "candidate/history.html", context)


@require_safe
@applicants_only
def printed(request: HttpRequest, number: str) -> HttpResponse:
    """Show the whole of a file on one page, to print."""
    file, now = own_file(request, number), timezone.now()
    documents = file.documents.filter(withdrawn_at=None).prefetch_related("versions").order_by("requirement", "id")
    context = about(file, person(request), "print") | {
        "items": items(file, now),
        "members": members(file),
        "documents": documents,
        "deposits": file.deposits.order_by("requirement", "taken_at"),
        "outside": file.outside_results.filter(withdrawn_at=None).order_by("requirement", "taken_on"),
        "events": history(file),
        "now": now,
    }
    return render(request, "candidate/print.html", context)
