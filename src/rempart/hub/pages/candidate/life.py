"""The life of a file in the applicant's words: five steps, and the one thing to do next."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import can_sign_for
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import CORRECTION, State
from rempart.hub.pages.candidate.requirements import Item
from rempart.hub.theme.templatetags.rempart import full_date

STEPS: tuple[tuple[str | Promise, str, str | Promise], ...] = (
    (gettext_lazy("Candidature"), "submitted_at", gettext_lazy("déposée le %(day)s")),
    (gettext_lazy("Instruction par l’ARS"), "validated_at", gettext_lazy("validée le %(day)s")),
    (gettext_lazy("Travaux et preuves"), "declared_at", gettext_lazy("déclarés le %(day)s")),
    (gettext_lazy("Vérification"), "objectives_met_at", gettext_lazy("validée le %(day)s")),
    (gettext_lazy("Paiement"), "paid_at", gettext_lazy("payé le %(day)s")),
)
STOPPED = frozenset({State.REFUSED, State.OBJECTIVES_REFUSED, State.WITHDRAWN, State.LAPSED})


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the stepper shows it."""

    label: str
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """The one main action of a page."""

    label: str
    url: str


def steps(file: Application, until: datetime | None) -> list[Step]:
    """Return the five steps; the current one says until when, when it is known."""
    shown, here = [], True
    for label, field, told in STEPS:
        moment: datetime | None = getattr(file, field)
        if moment is not None:
            shown.append(Step(str(label), "done", str(told) % {"day": full_date(moment)}))
        elif here:
            here = False
            shown.append(_current(file, str(label), until))
        else:
            shown.append(Step(str(label), "todo"))
    return shown


def _current(file: Application, label: str, until: datetime | None) -> Step:
    state = State(file.state)
    if state in STOPPED:
        return Step(label, "stopped", _("arrêtée le %(day)s") % {"day": full_date(file.state_since)})
    note = _("jusqu’au %(day)s") % {"day": full_date(until)} if until else ""
    return Step(label, "current", note)


def main_action(file: Application, user: User, items: list[Item]) -> Action | None:
    """Return what the reader should do now; None when it is somebody else's turn."""
    state = State(file.state)
    if state in CORRECTION:
        return Action(_("Répondre au complément"), _go(file, "resubmit"))
    if state is State.DRAFT:
        return _prove_or(file, user, [item for item in items if item.prerequisite], "submit", _("Relire et déposer"))
    if state is State.OPERATIONAL:
        left = [item for item in items if not item.prerequisite]
        return _prove_or(file, user, left, "declare", _("Relire et déclarer"))
    if state is State.OBJECTIVES_MET:
        return Action(_("Préparer le bilan financier"), reverse("candidate_payment", args=[file.number]))
    return None


def _prove_or(file: Application, user: User, items: list[Item], action: str, label: str) -> Action | None:
    lacking = [item for item in items if not item.is_done]
    if lacking:
        return Action(
            _("Prouver %(code)s") % {"code": lacking[0].code},
            reverse("candidate_requirement", args=[file.number, lacking[0].code]),
        )
    return Action(label, _go(file, action)) if can_sign_for(user, file) else None


def _go(file: Application, action: str) -> str:
    return reverse("candidate_act", args=[file.number, action])
