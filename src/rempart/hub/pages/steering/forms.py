"""The filters of a dashboard."""

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from rempart.hub.dashboards.steps import LABELS, Step
from rempart.hub.funding.applications.models.application import KINDS
from rempart.hub.territory.models import Region

STEPS = [(step.value, LABELS[step]) for step in Step if step is not Step.ELIGIBLE]


class Filters(forms.Form):
    """What a dashboard is narrowed to: a region among those the person sees, a kind, and the step the map shows."""

    region = forms.ChoiceField(label=_("Région"), required=False)
    kind = forms.ChoiceField(label=_("Type de candidat"), required=False, choices=[("", _("Tous les types")), *KINDS])
    step = forms.ChoiceField(label=_("Étape montrée sur la carte"), required=False, choices=STEPS)

    def __init__(self, data: Mapping[str, str], regions: Iterable[Region], *, whole: str) -> None:
        super().__init__(data)
        choices = [(region.code, region.name) for region in regions]
        self.fields["region"].choices = [("", whole), *choices] if len(choices) != 1 else choices  # type: ignore[attr-defined]

    def value(self, name: str, default: str = "") -> str:
        """Return what was chosen, or `default` when nothing sensible was."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or default)
