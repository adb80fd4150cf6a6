"""The filters of the queue, one for each column, and the name of a view to keep."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import Membership, User
from rempart.hub.accounts.roles import NATION_ROLES
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.errors import Refusal
from rempart.hub.common.money import cents
from rempart.hub.exports.listing import DeskFilters
from rempart.hub.funding.applications.audiences import label
from rempart.hub.funding.applications.models import Label
from rempart.hub.funding.applications.models.application import KINDS
from rempart.hub.funding.applications.states import BEFORE_SUBMISSION, State
from rempart.hub.funding.applications.transitions import Audience
from rempart.hub.funding.calls.models import Call
from rempart.hub.territory.models import Department, Region

ALL = ("", _("tous"))
EVERY = ("", _("toutes"))
VERDICTS = [ALL, ("green", _("tous au vert")), ("orange", _("à examiner")), ("red", _("un au moins au rouge"))]


class Amount(forms.CharField):
    """An amount as people type it; cleaned as cents."""

    def clean(self, value: Any) -> int | None:  # noqa: ANN401 — what the browser sent
        """Return the cents, or None when nothing was typed."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return cents(text)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class Day(forms.DateField):
    """A day, picked in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class QueueForm(forms.Form):
    """Every filter is optional. What it offers is what the person may see."""

    q = forms.CharField(label=_("Numéro, candidat ou FINESS"), required=False, max_length=100)
    call = forms.ChoiceField(label=_("Appel"), required=False)
    state = forms.ChoiceField(label=_("État"), required=False)
    verdict = forms.ChoiceField(label=_("Verdicts"), required=False, choices=VERDICTS)
    assigned = forms.ChoiceField(label=_("Attribué à"), required=False)
    label = forms.ChoiceField(label=_("Étiquette"), required=False)
    kind = forms.ChoiceField(label=_("Type de candidat"), required=False, choices=[ALL, *KINDS])
    region = forms.ChoiceField(label=_("Région"), required=False)
    department = forms.ChoiceField(label=_("Département"), required=False)
    amount_min = Amount(label=_("Plafond, au moins (€)"), required=False)
    amount_max = Amount(label=_("Plafond, au plus (€)"), required=False)
    since_before = Day(label=_("Sans mouvement depuis le"), required=False)
    deadline_before = Day(label=_("Échéance au plus tard le"), required=False)

    def __init__(self, *arguments: Any, user: User, audience: Audience, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        scope = Scope.of(user)
        regions = Region.objects.order_by("name")
        departments = Department.objects.order_by("code")
        if not scope.is_national:
            regions = regions.filter(code__in=list(scope.regions))
            departments = departments.filter(region__in=list(scope.regions))
        labels = Label.objects.visible_to(user).order_by("name", "pk")
        offered = {
            "call": [ALL, *((call.pk, call.pk) for call in Call.objects.order_by("code"))],
            "state": [
                ALL,
                *((state.value, label(state, audience)) for state in State if state not in BEFORE_SUBMISSION),
            ],
            "assigned": [ALL, (str(user.pk), _("moi")), ("nobody", _("personne")), *colleagues(user)],
            "label": [EVERY, *((str(one.pk), one.name) for one in labels)],
            "region": [EVERY, *((one.pk, one.name) for one in regions)],
            "department": [ALL, *((one.pk, f"{one.pk} – {one.name}") for one in departments)],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if len(offered["region"]) <= 2:  # noqa: PLR2004 — "all" and the only one there is
            del self.fields["region"]

    @property
    def filters(self) -> DeskFilters:
        """The filters that were asked and make sense; a wrong value filters nothing and is shown as wrong."""
        return DeskFilters.read(self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {}))


def colleagues(user: User) -> list[tuple[str, str]]:
    """Return the people of the same desk, as choices: those of the same regions, or of the nation."""
    scope = Scope.of(user)
    held = Membership.objects.filter(ended_at=None, user__is_active=True).exclude(user=user)
    held = held.filter(role__in=NATION_ROLES) if scope.is_national else held.filter(region__in=list(scope.regions))
    people = User.objects.filter(pk__in=held.values("user")).order_by("last_name", "first_name", "pk")
    return [(str(one.pk), str(one)) for one in people]


class ViewForm(forms.Form):
    """The name under which to keep the filters and the order of the queue."""

    name = forms.CharField(label=_("Nom de la vue"), max_length=60)
