"""The bench on which a requirement is proven: what its page shows and what its forms need."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from rempart.hub.accounts.permissions import can_act_for, parts_open_to
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.proofs.evidence import openable
from rempart.hub.funding.proofs.members import members_of_all
from rempart.hub.funding.proofs.models import Challenge, RegisteredKey
from rempart.hub.pages.candidate.access import own_file, person
from rempart.hub.pages.candidate.forms import AttestationForm, ChallengeForm, Choices, DocumentForm, OutsideForm
from rempart.hub.pages.candidate.requirements import Item, item
from rempart.hub.pages.candidate.views.file import about
from rempart.hub.theme.templatetags.rempart import language


class Bench:
    """What the forms of one requirement need: the file, the requirement judged, who acts and for whom."""

    def __init__(self, request: HttpRequest, number: str, code: str) -> None:
        self.request, self.user = request, person(request)
        self.file = own_file(request, number)
        self.at = timezone.now()
        try:
            self.item: Item = item(self.file, code, self.at)
        except KeyError as error:
            raise Http404 from error
        self.names = members_of_all([self.file])[self.file.pk].names
        self.whole = can_act_for(self.user, self.file)

    @cached_property
    def members(self) -> Choices:
        """The members the person may bring proofs for."""
        if not self.file.ght_id:
            return list(self.names.items()) if self.whole else []
        open_to_them = parts_open_to(self.user, self.file, self.names)
        return [(finess, name) for finess, name in self.names.items() if finess in open_to_them]

    @property
    def covering(self) -> dict[str, Any]:
        """What a form needs to ask for which members a proof is."""
        return {"members": self.members, "among": len(self.names), "whole": self.whole}

    @property
    def measured(self) -> Choices:
        """The entities, and for an entity alone its sites, for which a challenge may be asked."""
        if self.file.ght_id or self.file.legal_entity is None:
            return self.members
        whole = (self.file.legal_entity.pk, _("%(name)s, tout entier") % {"name": self.file.legal_entity})
        return [whole, *self.members] if self.whole else []

    @property
    def natures(self) -> Choices:
        """The natures of documents the requirement accepts."""
        definition = self.file.version.definition
        found = [(one.code, one.label.say(language())) for one in definition.accepted(self.item.requirement)]
        return found or [("document", _("document"))]

    @property
    def may_add(self) -> bool:
        """Whether the person may add a proof now."""
        return self.item.is_open and bool(self.whole or self.members)

    def document_form(self, data: Any = None, files: Any = None) -> DocumentForm:  # noqa: ANN401 — as a form's
        """Return the form of a document."""
        return DocumentForm(data, files, natures=self.natures, auto_id="document_%s", **self.covering)

    def outside_form(self, data: Any = None, files: Any = None) -> OutsideForm:  # noqa: ANN401 — as a form's
        """Return the form of an outside result."""
        return OutsideForm(data, files, services=self.item.services, auto_id="outside_%s", **self.covering)

    def challenge_form(self, data: Any = None) -> ChallengeForm:  # noqa: ANN401 — as a form's
        """Return the form that asks for a challenge."""
        return ChallengeForm(data, members=self.measured, auto_id="challenge_%s")

    def page(self, **bound: Form) -> HttpResponse:
        """Render the page; a form that was sent and refused stands in its place, with all that was typed."""
        forms: dict[str, Form] = {
            "document_form": self.document_form(),
            "outside_form": self.outside_form(),
            "challenge_form": self.challenge_form(),
            "attestation_form": AttestationForm(auto_id="attestation_%s"),
        }
        context = (
            about(self.file, self.user, "file")
            | forms
            | bound
            | {
                "item": self.item,
                "may_add": self.may_add,
                "names": self.names,
                "correction": self.file.corrections.filter(resolved_at=None).first(),
                "refused": next(iter(bound.values()), None),
                **proofs(self.file, self.item.code, self.at),
            }
        )
        return render(self.request, "candidate/requirement.html", context, status=422 if bound else 200)

    def back(self, anchor: str = "") -> HttpResponse:
        """Return to the page after something was done."""
        answer = redirect("candidate_requirement", self.file.number, self.item.code)
        answer["Location"] += anchor
        return answer


def proofs(file: Application, code: str, at: datetime) -> dict[str, object]:
    """Return the proofs of one requirement as the page shows them."""
    documents = file.documents.filter(requirement=code, withdrawn_at=None).prefetch_related("versions__receipt")
    pieces = []
    for document in documents.order_by("id"):
        versions = sorted(document.versions.all(), key=lambda version: -version.number)
        if versions:
            pieces.append(
                {"document": document, "last": versions[0], "older": versions[1:], "opens": openable(versions[0].scan)}
            )
    waiting = Challenge.objects.filter(application=file, requirement=code, used_at=None, expires_at__gte=at)
    waiting = waiting.select_related("legal_entity", "site").order_by("-issued_at")
    keys = RegisteredKey.objects.filter(revoked_at=None).values_list("legal_entity", flat=True)
    with_keys = set(keys.filter(legal_entity__in=[challenge.legal_entity_id for challenge in waiting]))
    return {
        "pieces": pieces,
        "deposits": file.deposits.filter(requirement=code).select_related("receipt").order_by("-taken_at"),
        "outside": file.outside_results.filter(requirement=code, withdrawn_at=None).order_by("-taken_on"),
        "challenges": [
            (challenge, challenge.site_id or challenge.legal_entity_id, challenge.legal_entity_id in with_keys)
            for challenge in waiting
        ],
    }
