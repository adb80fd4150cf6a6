"""A version of a call's rules: written as a draft, compared, published."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.calls import selectors, services
from rempart.hub.funding.calls.compare import difference
from rempart.hub.funding.calls.models import Call, CallVersion
from rempart.hub.funding.calls.reading import DefinitionRefusal
from rempart.hub.funding.ledger.models import Envelope
from rempart.hub.funding.ledger.services import open_envelope
from rempart.hub.pages.administration.access import may_write, person, reads, writes
from rempart.hub.pages.administration.forms import VersionForm


def _call(request: HttpRequest, code: str) -> Call:
    found: Call = get_object_or_404(Call.objects.visible_to(person(request)), pk=code)
    return found


def _version(request: HttpRequest, code: str, number: int) -> CallVersion:
    visible = CallVersion.objects.visible_to(person(request)).select_related("call", "created_by")
    found: CallVersion = get_object_or_404(visible, call=code, number=number)
    return found


@reads
def version_page(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a version: what changes from the one before, its rules in words, its text."""
    version = _version(request, code, number)
    before = CallVersion.objects.published().filter(call=code, number__lt=number).order_by("-number").first()
    context = {
        "version": version,
        "call": version.call,
        "definition": version.definition,
        "before": before,
        "difference": difference(before.definition, version.definition) if before else None,
        "may_write": may_write(request),
    }
    return render(request, "administration/version.html", context)


@reads
def version_text(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Give the TOML text of a version, as it was written."""
    version = _version(request, code, number)
    name = f"{version.call_id}-v{version.number}.toml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(version.content, content_type="application/toml; charset=utf-8", headers=headers)


@writes
def version_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Write the draft of a call's next version, beginning with the text in force."""
    call = _call(request, code)
    draft = selectors.draft(call)
    begun = draft or selectors.current(call)
    initial = {"content": begun.content if begun else "", "note": draft.note if draft else ""}
    form = VersionForm(request.POST or None, request.FILES or None, initial=initial)
    problems: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(call, draft, form, person(request))
        except DefinitionRefusal as refusal:
            problems = refusal.problems
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La version est enregistrée, en préparation."))
            return redirect("administration_version", call.pk, saved.number)
    context = {"form": form, "problems": problems, "call": call, "draft": draft}
    return render(request, "administration/rules_form.html", context)


def _save(call: Call, draft: CallVersion | None, form: VersionForm, by: User) -> CallVersion:
    content, note, at = form.cleaned_data["content"], form.cleaned_data["note"], timezone.now()
    if draft is None:
        return services.new_version(call, content, by=by, at=at, note=note)
    return services.rewrite(draft, content, by=by, at=at, note=note)


@writes
@require_POST
def version_publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Publish a draft, and open the call's envelope the first time its amount is known."""
    version, by, at = _version(request, code, number), person(request), timezone.now()
    try:
        with transaction.atomic():
            published = services.publish(version, by=by, at=at)
            cents = published.definition.envelope_cents
            if cents and not Envelope.objects.filter(call=code).exists():
                open_envelope(published.call, cents, by=by, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("La version %(number)s est publiée.") % {"number": number})
    return redirect("administration_call", code)


@writes
@require_POST
def envelope_open(request: HttpRequest, code: str) -> HttpResponse:
    """Open the envelope of a published call whose amount the rules in force give."""
    call = _call(request, code)
    current = selectors.current(call)
    cents = current.definition.envelope_cents if current else None
    if cents is None:
        messages.error(request, _("Le montant de l’enveloppe n’est pas publié."))
        return redirect("administration_call", code)
    try:
        open_envelope(call, cents, by=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("L’enveloppe est ouverte."))
    return redirect("administration_call", code)
