"""What to export: content, format, columns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.exports.models import ColumnTemplate, Format, Kind
from rempart.hub.exports.sources import SOURCES


def kinds_for(user: User) -> list[tuple[str, str]]:
    """Return the contents `user` may export, as choices."""
    scope = Scope.of(user)
    return [(kind.value, str(kind.label)) for kind, source in SOURCES.items() if source.allows(scope)]


class ExportForm(forms.Form):
    """The columns offered are those of the content; a kept set of columns ticks its own."""

    format = forms.ChoiceField(label=_("Format"), choices=Format, initial=Format.XLSX)
    columns = forms.MultipleChoiceField(
        label=_("Colonnes"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Aucune case : toutes.")
    )
    keep_as = forms.CharField(
        label=_("Garder ces colonnes sous le nom"),
        required=False,
        max_length=60,
        help_text=_("Vous les retrouverez la prochaine fois."),
    )

    def __init__(self, *arguments: Any, kind: str, template: ColumnTemplate | None = None, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        columns = SOURCES[Kind(kind)].columns
        self.fields["columns"].choices = [(column.key, column.title) for column in columns]  # type: ignore[attr-defined]
        self.fields["columns"].initial = template.columns if template else [column.key for column in columns]
