"""The history of a file, as its applicant reads it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.roles import APPLICANT_ROLES
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import TABLE, Audience

NOTES: dict[str, str | Promise] = {
    "reassign": _("Le dossier change de région instructrice"),
    "admit_late": _("Un délai vous est accordé"),
    "move_version": _("Le dossier suit une autre version des règles"),
}
_ROWS = {(row.action, source): row for row in TABLE for source in row.sources}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of history. Agents are named by what they are, people of the applicant by their name."""

    at: datetime
    told: str
    by: str
    reason: str
    due_at: datetime | None


def history(file: Application) -> list[Line]:
    """Return the lines of a file's history, the latest first, the opening last. Two queries."""
    rows = file.events.select_related("actor").prefetch_related("actor__memberships").order_by("-at", "-id")
    lines = [Line(row.at, _told(row.action, row.source), _name(row.actor), row.reason, row.due_at) for row in rows]
    return [*lines, Line(file.created_at, str(_("Le dossier est ouvert")), _name(file.created_by), "", None)]


def _told(action: str, source: str) -> str:
    row = _ROWS.get((action, State(source)))
    return row.label(Audience.APPLICANT) if row else str(NOTES.get(action, action))


def _name(actor: object) -> str:
    if actor is None:
        return ""
    roles = {membership.role for membership in actor.memberships.all()}  # type: ignore[attr-defined] # a person
    if roles and not roles & APPLICANT_ROLES:
        return str(_("un instructeur"))
    return str(actor)
