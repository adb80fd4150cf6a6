"""The filters of a dashboard."""

from collections.abc import Iterable

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from rempart.hub.dashboards.steps import LABELS, Step
from rempart.hub.funding.applications.models.application import KINDS
from rempart.hub.pages.steering.board import Asked
from rempart.hub.territory.models import Region


class Filters(forms.Form):
    """What a dashboard is narrowed to, as it stands: a region among those the person sees, a kind, the map's step."""

    use_required_attribute = False

    region = forms.ChoiceField(label=_("Région"))
    kind = forms.ChoiceField(label=_("Type de candidat"))
    step = forms.ChoiceField(label=_("Étape montrée sur la carte"))

    def __init__(self, asked: Asked, regions: Iterable[Region], *, whole: str) -> None:
        super().__init__(initial={"region": asked.region, "kind": asked.kind, "step": asked.step.value})
        places = [(region.code, region.name) for region in regions]
        kinds = [(kind, capfirst(label)) for kind, label in KINDS]
        choices = {
            "region": places if len(places) == 1 else [("", whole), *places],
            "kind": [("", _("Tous les types")), *kinds],
            "step": [(step.value, LABELS[step]) for step in Step if step is not Step.ELIGIBLE],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
