"""The pages of a file: its requirements with their proofs, what is said, how it is followed, what happened."""

from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rempart.hub.accounts.models import User
from rempart.hub.funding.applications.audiences import audience_of, what_next
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services.version import keeps_its_rules, newer
from rempart.hub.funding.applications.transitions import available
from rempart.hub.funding.decisions.selectors import decisions_of
from rempart.hub.funding.ledger.selectors import balances
from rempart.hub.funding.proofs.evidence import openable
from rempart.hub.funding.proofs.models import Deposit, DocumentVersion
from rempart.hub.pages.instruction import history, sheet
from rempart.hub.pages.instruction.people import agents_only, person


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the file."""

    view: str
    label: Promise


TABS = (
    Tab("instruction_file", _("Exigences et preuves")),
    Tab("instruction_talk", _("Échanges")),
    Tab("instruction_work", _("Suivi")),
    Tab("instruction_history", _("Historique")),
)


def frame(user: User, file: Application, view: str) -> dict[str, object]:
    """Return what every page of a file shows: where it stands, what may be done now, the way to the other pages."""
    now = timezone.now()
    audience = audience_of(user, file)
    moves = available(file, user, now)
    return {
        "file": file,
        "next": what_next(file, audience),
        "late": (due := what_next(file, audience).by) is not None and due < now,
        "moves": moves,
        "leading": next((row.action for row in moves if not row.reason and not row.back), None),
        "tabs": [
            {"label": tab.label, "url": reverse(tab.view, args=[file.number]), "here": tab.view == view} for tab in TABS
        ],
        "audience": audience,
    }


@agents_only
@require_safe
def requirements(request: HttpRequest, number: str) -> HttpResponse:
    """Show each requirement with its verdict, and the proofs beside."""
    user = person(request)
    file = sheet.file_of(user, number)
    sections = sheet.sections(file)
    context = {
        **frame(user, file, "instruction_file"),
        "sections": sections,
        "counts": sheet.counted(sections),
        "newer": None if keeps_its_rules(file) else newer(file),
        "may_judge": sheet.may_judge(user, file),
        "envelope": balances(file.call),
    }
    return render(request, "instruction/file.html", context)


@agents_only
@require_safe
def past(request: HttpRequest, number: str) -> HttpResponse:
    """Show what happened to a file, and the members of its perimeter."""
    user = person(request)
    file = sheet.file_of(user, number)
    context = {
        **frame(user, file, "instruction_history"),
        "moments": history.moments(file, audience_of(user, file)),
        "perimeter": history.perimeter(file),
        "decisions": decisions_of(file, user),
    }
    return render(request, "instruction/history.html", context)


@agents_only
@require_safe
def document(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """Give a document that the antivirus let through, always as a download."""
    file = sheet.file_of(person(request), number)
    version = get_object_or_404(DocumentVersion, pk=pk, document__application=file)
    if not openable(version.scan):
        raise Http404
    content = default_storage.open(version.path)
    answer = FileResponse(content, as_attachment=True, filename=version.original_name, content_type=version.media_type)
    answer["Cache-Control"] = "private, no-store"
    return answer


@agents_only
@require_safe
def attestation(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """Give a signed attestation as it came, so that anyone may verify it again."""
    file = sheet.file_of(person(request), number)
    deposit = get_object_or_404(Deposit, pk=pk, application=file)
    answer = HttpResponse(bytes(deposit.content), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="attestation-{deposit.pk}.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer
