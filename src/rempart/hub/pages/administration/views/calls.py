"""The list of calls, one call, its ceilings, and a new call."""

from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.calls import catalogue, selectors, services
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.funding.calls.models import Call, CallVersion
from rempart.hub.funding.calls.reading import DefinitionRefusal
from rempart.hub.funding.ledger.selectors import balances
from rempart.hub.pages.administration.access import may_write, person, reads, writes
from rempart.hub.pages.administration.forms import RulesForm

PER_PAGE = 50


class Row(NamedTuple):
    """A call in the list: its version in force and the one under preparation, if any."""

    call: Call
    current: CallVersion | None
    draft: CallVersion | None


class KindRow(NamedTuple):
    """How many applicants of one kind have a ceiling."""

    label: str
    number: int


def kind_labels() -> dict[ApplicantKind, str]:
    """Return the kinds of applicants in words."""
    return {
        ApplicantKind.GHT: _("GHT"),
        ApplicantKind.PUBLIC: _("établissements publics hors GHT"),
        ApplicantKind.NONPROFIT: _("privés à but non lucratif"),
        ApplicantKind.FORPROFIT: _("privés à but lucratif"),
    }


@reads
def call_list(request: HttpRequest) -> HttpResponse:
    """List the calls, those under preparation included."""
    rows = []
    for call in selectors.calls(person(request)):
        versions = list(call.versions.all())
        published = [version for version in versions if not version.is_draft]
        drafts = [version for version in versions if version.is_draft]
        rows.append(Row(call, next(iter(published), None), next(iter(drafts), None)))
    return render(request, "administration/calls.html", {"rows": rows, "may_write": may_write(request)})


@reads
def call_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a call: its money, its desks with their moves, its versions, who is eligible."""
    call = get_object_or_404(selectors.calls(person(request)), pk=code)
    versions = list(call.versions.all())
    current = next((version for version in versions if not version.is_draft), None)
    draft = next((version for version in versions if version.is_draft), None)
    eligible, now = selectors.eligible(call), timezone.now()
    windows = [(window, window.is_open(now)) for window in selectors.windows_with_history(call)]
    context = {
        "call": call,
        "current": current,
        "draft": draft,
        "versions": versions,
        "definition": (current or draft or versions[0]).definition if versions else None,
        "windows": windows,
        "balances": balances(call),
        "eligible": eligible,
        "kinds": [KindRow(label, eligible.by_kind[kind]) for kind, label in kind_labels().items()],
        "may_write": may_write(request),
    }
    return render(request, "administration/call.html", context)


@reads
def ceilings(request: HttpRequest, code: str) -> HttpResponse:
    """List the applicants that have a ceiling, with its amount and where it comes from."""
    call = get_object_or_404(selectors.calls(person(request)), pk=code)
    eligible, labels = selectors.eligible(call), kind_labels()
    pages = Paginator(eligible.ceilings, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(one, labels[selectors.kind_of(one)]) for one in pages]
    context = {"call": call, "rows": rows, "pages": pages, "eligible": eligible}
    return render(request, "administration/ceilings.html", context)


@writes
def call_new(request: HttpRequest) -> HttpResponse:
    """Make a call from its TOML file, as a draft."""
    form = RulesForm(request.POST or None, request.FILES or None, initial={"content": catalogue.read("template")})
    problems: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            version = services.load_call(form.cleaned_data["content"], by=person(request), at=timezone.now())
        except DefinitionRefusal as refusal:
            problems = refusal.problems
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("L’appel est créé, en préparation. Relisez-le avant de le publier."))
            return redirect("administration_version", version.call_id, version.number)
    return render(request, "administration/rules_form.html", {"form": form, "problems": problems, "call": None})
