"""One prerequisite or objective: what is asked, the verdict, its proofs, and every way to add one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.proofs import services
from rempart.hub.funding.proofs.models import Document, OutsideResult
from rempart.hub.pages.candidate.access import applicants_only, sent
from rempart.hub.pages.candidate.bench import Bench
from rempart.hub.pages.candidate.forms import (
    AttestationForm,
    VersionForm,
    refuse,
)
from rempart.hub.pages.candidate.views.file import about
from rempart.hub.territory.models import LegalEntity, Site


@require_safe
@applicants_only
def show(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Show one requirement."""
    return Bench(request, number, code).page()


@require_POST
@applicants_only
def add_document(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Deposit a document."""
    bench = Bench(request, number, code)
    form = bench.document_form(request.POST, request.FILES)

    def deposit(typed: dict[str, Any]) -> str:
        version = services.add_document(
            bench.file,
            code,
            typed["nature"],
            typed["file"],
            name=typed["file"].name,
            by=bench.user,
            at=bench.at,
            members=typed.get("members", ()),
            dated=typed["dated"],
            signatory=typed["signatory"],
        )
        return _("« %(name)s » est déposé. Son reçu est à côté.") % {"name": version.original_name}

    return _done(bench, form, "document_form", deposit, "#preuves")


@require_POST
@applicants_only
def ask_challenge(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Ask for a challenge."""
    bench = Bench(request, number, code)
    form = bench.challenge_form(request.POST)

    def ask(typed: dict[str, Any]) -> str:
        site = Site.objects.filter(pk=typed["member"]).select_related("legal_entity").first()
        alone = None if bench.file.ght_id else site
        entity = alone.legal_entity if alone else LegalEntity.objects.get(pk=typed["member"])
        services.issue_challenge(bench.file, code, entity, site=alone, by=bench.user, at=bench.at)
        return _("Le défi est prêt : copiez la commande et lancez-la dans l’établissement.")

    return _done(bench, form, "challenge_form", ask, "#attestation")


@require_POST
@applicants_only
def deposit_attestation(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Deposit an attestation: the verdict, or the refusal and what to do, comes at once."""
    bench = Bench(request, number, code)
    form = AttestationForm(request.POST, request.FILES, auto_id="attestation_%s")

    def deposit(typed: dict[str, Any]) -> str:
        kept = services.deposit_attestation(bench.file, typed["attestation"].read(), by=bench.user, at=bench.at)
        told = _("Attestation vérifiée et déposée : niveau %(level)s. Le verdict est ci-dessous.")
        return told % {"level": kept.level}

    return _done(bench, form, "attestation_form", deposit)


@require_POST
@applicants_only
def add_outside(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Type in a result of a State service, with its report."""
    bench = Bench(request, number, code)
    form = bench.outside_form(request.POST, request.FILES)

    def record(typed: dict[str, Any]) -> str:
        members = typed.get("members", ())
        report = typed["file"]
        piece = None
        if report is not None:
            piece = services.add_document(
                bench.file, code, _report_nature(bench), report, name=report.name, by=bench.user, at=bench.at,
                members=members, dated=typed["taken_on"],
            ).document  # fmt: skip
        services.record_outside_result(
            bench.file, code, typed["service"], typed["level"], typed["taken_on"], by=bench.user, at=bench.at,
            members=members, document=piece,
        )  # fmt: skip
        return _("Le résultat est enregistré. Un instructeur le relira avec son rapport.")

    return _done(bench, form, "outside_form", record, "#preuves")


def _report_nature(bench: Bench) -> str:
    """Return the nature under which a report is kept: the rule's own when it names one, else the first accepted."""
    names = [code for code, _label in bench.natures]
    return next((code for code in names if "report" in code or "rapport" in code), names[0])


def _done(bench: Bench, form: Form, name: str, act: Callable[[dict[str, Any]], str], anchor: str = "") -> HttpResponse:
    """Do what a form asks; show the page again with the reason when it cannot be done."""
    if form.is_valid():
        try:
            told = act(form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(bench.request, told)
            return bench.back(anchor)
    return bench.page(**{name: form})


@applicants_only
def renew_document(request: HttpRequest, number: str, code: str, pk: int) -> HttpResponse:
    """Deposit a newer version of a document."""
    bench = Bench(request, number, code)
    document = _own(bench, Document.objects.all(), pk)
    form = VersionForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.add_version(
                document, typed["file"], name=typed["file"].name, by=bench.user, at=bench.at, dated=typed["dated"],
                signatory=typed["signatory"],
            )  # fmt: skip
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("La nouvelle version est déposée ; l’ancienne est gardée."))
            return bench.back("#preuves")
    context = about(bench.file, bench.user, "file") | {"item": bench.item, "document": document, "form": form}
    return render(request, "candidate/renew.html", context, status=422 if form.errors else 200)


@require_POST
@applicants_only
def withdraw_document(request: HttpRequest, number: str, code: str, pk: int) -> HttpResponse:
    """Withdraw a document put there by mistake."""
    bench = Bench(request, number, code)
    return _withdrawn(bench, lambda: services.withdraw_document(_own(bench, Document.objects.all(), pk), **_by(bench)))


@require_POST
@applicants_only
def withdraw_outside(request: HttpRequest, number: str, code: str, pk: int) -> HttpResponse:
    """Withdraw a result typed in by mistake."""
    bench = Bench(request, number, code)
    result = _own(bench, OutsideResult.objects.all(), pk)
    return _withdrawn(bench, lambda: services.withdraw_outside_result(result, **_by(bench)))


def _by(bench: Bench) -> dict[str, Any]:
    return {"by": bench.user, "at": bench.at}


def _own(bench: Bench, rows: Any, pk: int) -> Any:  # noqa: ANN401 — a document or a result
    found = rows.filter(pk=pk, application=bench.file, requirement=bench.item.code, withdrawn_at=None).first()
    if found is None:
        raise Http404
    return found


def _withdrawn(bench: Bench, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(bench.request, str(refusal))
    else:
        messages.success(bench.request, _("C’est retiré : cela ne compte plus, et reste dans l’historique."))
    return bench.back("#preuves")
