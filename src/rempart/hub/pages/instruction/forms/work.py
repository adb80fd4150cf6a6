"""The small forms of a file's daily work: messages, notes, labels, who does it, delays."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.funding.applications.models import Application, Colour, Label
from rempart.hub.funding.calls.models import Stage
from rempart.hub.pages.instruction.forms.queue import Day, colleagues
from rempart.hub.territory.models import Region

DESKS = (Stage.APPLICATION, Stage.DECLARATION, Stage.PAYMENT)


class MessageForm(forms.Form):
    """A message to the applicant."""

    body = forms.CharField(label=_("Votre message"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))


class NoteForm(forms.Form):
    """A private note."""

    body = forms.CharField(label=_("Annotation privée"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))


class AssignForm(forms.Form):
    """Who is in charge: oneself, a colleague, nobody."""

    person = forms.ChoiceField(label=_("Attribué à"), required=False)

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        choices = [("", _("personne")), (str(user.pk), _("moi")), *colleagues(user)]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]


class LabelsForm(forms.Form):
    """The labels of a file, and a new one when it lacks."""

    labels = forms.MultipleChoiceField(label=_("Étiquettes"), required=False, widget=forms.CheckboxSelectMultiple)
    new = forms.CharField(label=_("Nouvelle étiquette"), required=False, max_length=40)
    colour = forms.ChoiceField(label=_("Sa couleur"), required=False, choices=Colour)

    def __init__(self, *arguments: Any, user: User, file: Application, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        known = Label.objects.visible_to(user).order_by("name", "pk")
        if Scope.of(user).is_national:
            known = known.filter(region=None)
        self.fields["labels"].choices = [(str(one.pk), one.name) for one in known]  # type: ignore[attr-defined]
        self.fields["labels"].initial = [str(one.pk) for one in file.labels.all()]


class RegionForm(forms.Form):
    """To which region the file goes, and why."""

    region = forms.ModelChoiceField(label=_("Région"), queryset=Region.objects.order_by("name"))
    reason = forms.CharField(label=_("Motif"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))


class LateForm(forms.Form):
    """A delay granted to one file at one desk."""

    stage = forms.ChoiceField(label=_("Guichet"), choices=[(stage.value, stage.label) for stage in DESKS])
    until = Day(label=_("Jusqu’au"))
    reason = forms.CharField(label=_("Motif"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))


class DraftLateForm(forms.Form):
    """A delay granted to a draft, which nobody but its applicant sees: it is named by its number."""

    number = forms.CharField(label=_("Numéro du dossier"), max_length=40)
    until = Day(label=_("Jusqu’au"))
    reason = forms.CharField(label=_("Motif"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
