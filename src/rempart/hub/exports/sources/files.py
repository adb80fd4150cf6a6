"""The list of files: one row each, as the asking person may see them."""

from collections.abc import Iterator
from typing import ClassVar

from django.db.models import Prefetch, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.exports.listing import filters_of, with_deadline, with_verdicts
from rempart.hub.exports.sources.base import Column, Filters, Source, euros_of
from rempart.hub.funding.applications.models import Application, Label

CHUNK = 500


def _finess(file: Application) -> str:
    return file.legal_entity_id or file.ght_id or ""


def _department(file: Application) -> str:
    return file.legal_entity.department.name if file.legal_entity else ""


def _is_agent(user: User) -> bool:
    scope = Scope.of(user)
    return scope.is_national or bool(scope.regions)


def _assigned(file: Application) -> str:
    return str(file.assigned_to) if file.assigned_to and file.of_agents else ""  # type: ignore[attr-defined]


def _labels(file: Application) -> str:
    return ", ".join(label.name for label in file.shown_labels)  # type: ignore[attr-defined]


class Files(Source):
    """Everybody who holds a role may list the files they see."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", _("numéro"), lambda file: file.number),
        Column("call", _("appel"), lambda file: file.call_id),
        Column("applicant", _("candidat"), lambda file: file.applicant.name),
        Column("finess", _("FINESS ou code GHT"), _finess),
        Column("kind", _("type de candidat"), lambda file: file.get_kind_display()),
        Column("region", _("région"), lambda file: file.region.name),
        Column("department", _("département"), _department),
        Column("state", _("état"), lambda file: file.get_state_display()),
        Column("state_since", _("dans cet état depuis"), lambda file: file.state_since),
        Column("submitted_at", _("déposée le"), lambda file: file.submitted_at),
        Column("validated_at", _("validée le"), lambda file: file.validated_at),
        Column("declared_at", _("atteinte déclarée le"), lambda file: file.declared_at),
        Column("objectives_met_at", _("objectifs validés le"), lambda file: file.objectives_met_at),
        Column("payment_requested_at", _("paiement demandé le"), lambda file: file.payment_requested_at),
        Column("paid_at", _("payée le"), lambda file: file.paid_at),
        Column("ceiling", _("plafond (€)"), lambda file: euros_of(file.ceiling_cents)),
        Column("eligible_cost", _("coût réel éligible (€)"), lambda file: euros_of(file.eligible_cost_cents)),
        Column("deadline", _("échéance"), lambda file: file.due_at),
        Column("met", _("verdicts : atteint"), lambda file: file.verdicts_met),
        Column("to_review", _("verdicts : à examiner"), lambda file: file.verdicts_to_review),
        Column("unmet", _("verdicts : non atteint"), lambda file: file.verdicts_unmet),
        Column("missing", _("verdicts : preuve manquante"), lambda file: file.verdicts_missing),
        Column("assigned_to", _("attribuée à"), _assigned),
        Column("labels", _("étiquettes"), _labels),
        Column("contact", _("adresse de contact"), lambda file: file.contact_email),
        Column("simulated", _("données simulées"), lambda file: file.call.simulated),
    )

    def allows(self, scope: Scope) -> bool:
        """Say yes to whoever holds a role."""
        return not scope.is_empty

    def clean(self, user: User, filters: Filters) -> dict[str, object]:
        """Keep the filters a list of files knows."""
        return filters_of(user).read(filters).stored()

    def count(self, user: User, filters: Filters) -> int:
        """Count the files."""
        return self._files(user, filters).count()

    def rows(self, user: User, filters: Filters) -> Iterator[Application]:
        """Yield the files by call and number, read by a server-side cursor."""
        labels = Prefetch("labels", Label.objects.visible_to(user), to_attr="shown_labels")
        files = self._files(user, filters).select_related(
            "call", "region", "ght", "legal_entity__department", "assigned_to"
        )
        files = with_verdicts(with_deadline(files)).prefetch_related(labels).annotate(of_agents=Value(_is_agent(user)))
        return files.order_by("call", "number", "pk").iterator(chunk_size=CHUNK)

    def application_id(self, row: Application) -> int:
        """Return the file itself."""
        return row.pk

    def _files(self, user: User, filters: Filters) -> "QuerySet[Application]":
        return filters_of(user).read(filters).apply(Application.objects.visible_to(user))
