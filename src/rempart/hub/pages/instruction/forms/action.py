"""What each action asks of the person who does it: a reason always may be given, and some actions ask for more."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rempart.hub.common.clock import end_of
from rempart.hub.common.money import euros
from rempart.hub.funding.applications.models import Application, CorrectionKind
from rempart.hub.funding.applications.transitions import Transition
from rempart.hub.pages.instruction.forms.queue import Amount, Day

LONG = forms.Textarea(attrs={"rows": 5})


class ActionForm(forms.Form):
    """A reason, asked by the actions that need one; it stays in the history, and the applicant reads it."""

    reason = forms.CharField(label=_("Motif"), required=False, max_length=5000, widget=LONG)

    def __init__(self, *arguments: Any, file: Application, move: Transition, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        self.file = file
        self.fields["reason"].required = move.reason
        self.fields["reason"].help_text = (
            _("Le candidat le lira, et il reste dans l’historique.")
            if move.reason
            else _("Il reste dans l’historique.")
        )

    def data_of_move(self) -> dict[str, Any]:
        """Return what the move needs besides the reason."""
        return {}


class CorrectionForm(ActionForm):
    """A complement asked: of what kind, on what, until when; the reason is the message."""

    kind = forms.ChoiceField(label=_("Le dossier est"), choices=CorrectionKind, widget=forms.RadioSelect)
    due_on = Day(label=_("Réponse attendue au plus tard le"), required=False)
    requirements = forms.MultipleChoiceField(
        label=_("Exigences concernées"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucune case : tout le dossier."),
    )
    field_order = ("kind", "reason", "requirements", "due_on")

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        self.fields["reason"].label = _("Message au candidat")
        self.fields["reason"].help_text = _("Dites ce qui manque et comment y répondre.")
        definition = self.file.version.definition
        asked = (*definition.prerequisites, *definition.objectives)
        self.fields["requirements"].choices = [(item.code, f"{item.code} – {item.title}") for item in asked]  # type: ignore[attr-defined]

    def data_of_move(self) -> dict[str, Any]:
        """Return the kind, the requirements, and the last moment of the day given."""
        due: date | None = self.cleaned_data["due_on"]
        return {
            "kind": self.cleaned_data["kind"],
            "requirements": self.cleaned_data["requirements"],
            "due_at": end_of(due) if due else None,
        }


class RecoveryForm(ActionForm):
    """How much is not due."""

    amount = Amount(label=_("Indu à restituer (€)"))
    field_order = ("amount", "reason")

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        paid = min(self.file.eligible_cost_cents or 0, self.file.ceiling_cents or 0)
        self.fields["amount"].help_text = _("Au plus ce qui a été payé : %(paid)s.") % {"paid": euros(paid)}

    def data_of_move(self) -> dict[str, Any]:
        """Return the amount in cents."""
        return {"recovery_cents": self.cleaned_data["amount"]}


class DelayForm(ActionForm):
    """Until when a lapsed file is let in again."""

    until = Day(label=_("Délai accordé jusqu’au"))
    field_order = ("until", "reason")

    def data_of_move(self) -> dict[str, Any]:
        """Return the last moment of that day."""
        return {"until": end_of(self.cleaned_data["until"])}


FORMS: dict[str, type[ActionForm]] = {
    "request_correction": CorrectionForm,
    "claim_recovery": RecoveryForm,
    "reinstate": DelayForm,
    "reinstate_validated": DelayForm,
    "reinstate_payment": DelayForm,
}


class RulesForm(forms.Form):
    """Why a file follows other rules of its call."""

    reason = forms.CharField(
        label=_("Motif"), max_length=5000, widget=LONG, help_text=_("Il reste dans l’historique ; le candidat le lira.")
    )


class JudgeForm(forms.Form):
    """What an instructor decides of one requirement."""

    met = forms.TypedChoiceField(
        label=_("Cette exigence est"),
        choices=[("1", _("atteinte")), ("0", _("non atteinte"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Motif"),
        required=False,
        max_length=5000,
        widget=LONG,
        help_text=_("Obligatoire si elle n’est pas atteinte : le candidat le lira."),
    )
