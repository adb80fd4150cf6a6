"""What happened to a file, in the words of the desk, and the members of its perimeter with their weight."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.funding.applications.models import Application, Event
from rempart.hub.funding.applications.transitions import TABLE, Audience

NOTES: dict[str, Promise] = {
    "reassign": _("Dossier confié à une autre région"),
    "move_version": _("Dossier passé à une autre version des règles"),
    "admit_late": _("Délai accordé"),
    "assign": _("Dossier attribué"),
}
"""What is written of a file without moving it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the history."""

    label: str
    at: datetime
    actor: str
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Weight:
    """A member of the perimeter, its frozen activity and its share of the whole (0 to 1)."""

    name: str
    finess: str
    combined: Decimal | None
    share: float | None


def moments(file: Application, audience: Audience) -> list[Moment]:
    """Return the history of a file, the latest first. One query."""
    told = {(row.action, row.target.value): row.label(audience) for row in TABLE}
    events = Event.objects.filter(application=file).select_related("actor").order_by("-at", "-pk")
    return [
        Moment(
            told.get((event.action, event.target)) or str(NOTES.get(event.action, event.action)),
            event.at,
            str(event.actor) if event.actor else str(_("échéance")),
            event.reason,
            event.due_at,
        )
        for event in events
    ]


def perimeter(file: Application) -> list[Weight]:
    """Return the members of a file as frozen when it was submitted. One query."""
    entries = list(file.perimeter.select_related("legal_entity", "site").order_by("-combined", "pk"))
    whole = sum((entry.combined for entry in entries if entry.combined is not None), Decimal())
    return [
        Weight(
            str(entry),
            str(entry.legal_entity_id or entry.site_id),
            entry.combined,
            float(entry.combined / whole) if whole and entry.combined is not None else None,
        )
        for entry in entries
    ]
