"""What an administrator fills in: the rules of a call, the dates of a desk."""

from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rempart.hub.common.clock import end_of

LARGEST = 512 * 1024
"""Half a megabyte: the longest shipped call is a tenth of it."""


class RulesForm(forms.Form):
    """The text of a call, pasted or uploaded; the uploaded file wins, and is then shown in the box."""

    file = forms.FileField(label=_("Fichier TOML"), required=False, help_text=_("Il remplace le texte ci-dessous."))
    content = forms.CharField(
        label=_("Règles de l’appel, en TOML"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"spellcheck": "false", "class": "code"}),
    )

    def clean(self) -> dict[str, Any]:
        """Return the text to read, from the file when there is one."""
        cleaned: dict[str, Any] = super().clean() or {}
        uploaded = cleaned.get("file")
        if uploaded is not None:
            if uploaded.size > LARGEST:
                raise forms.ValidationError({"file": _("Ce fichier est trop gros pour être un appel.")})
            try:
                cleaned["content"] = uploaded.read().decode("utf-8-sig").replace("\r\n", "\n")
            except UnicodeDecodeError as error:
                raise forms.ValidationError({"file": _("Ce fichier n’est pas un texte en UTF-8.")}) from error
            shown = cast("QueryDict", self.data).copy()
            shown["content"] = cleaned["content"]
            self.data = shown
        cleaned["content"] = cleaned.get("content", "").replace("\r\n", "\n")
        if not cleaned["content"].strip():
            raise forms.ValidationError(_("Donnez les règles : un fichier, ou un texte."))
        return cleaned


class VersionForm(RulesForm):
    """The text of a version, and what changes, for people."""

    note = forms.CharField(label=_("Ce qui change, en une phrase"), max_length=400)
    field_order = ("note", "file", "content")


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:  # noqa: ANN401 — lazy texts
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class ExtendForm(forms.Form):
    """A desk's new last day, and why."""

    closes_on = _day(_("Nouveau dernier jour"), help_text=_("Le guichet ferme ce jour-là à 23 h 59, heure de Paris."))
    reason = forms.CharField(
        label=_("Motif"),
        max_length=1000,
        help_text=_("Il est public : dites quel texte ou quelle décision déplace la date."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def closes_at(self) -> datetime:
        """The last moment of the day given."""
        day: date = self.cleaned_data["closes_on"]
        return end_of(day)


class OpenForm(forms.Form):
    """The dates of a desk that no text had given."""

    opens_on = _day(_("Premier jour"), help_text=_("Le guichet ouvre ce jour-là à 0 h, heure de Paris."))
    closes_on = _day(_("Dernier jour"), required=False, help_text=_("Laissez vide tant qu’il n’est pas connu."))
