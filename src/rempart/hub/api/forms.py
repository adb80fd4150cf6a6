"""The form that makes a token."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rempart.hub.api.models import Reach

DURATIONS = [(30, _("un mois")), (90, _("trois mois")), (365, _("un an"))]


class TokenForm(forms.Form):
    """What the token is for, what it may do, how long."""

    name = forms.CharField(
        label=_("Nom du jeton"),
        max_length=80,
        help_text=_("Le programme qui s’en servira, par exemple « suivi régional »."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Ce que le jeton permet"),
        choices=Reach,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Jamais plus que ce que vous pouvez faire vous-même."),
    )
    days = forms.TypedChoiceField(label=_("Durée"), choices=DURATIONS, coerce=int, initial=90)
