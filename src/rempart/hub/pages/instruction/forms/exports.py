"""What to export: content, format, columns."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.money import euros
from rempart.hub.exports.models import ColumnTemplate, Format, Kind
from rempart.hub.exports.sources import SOURCES
from rempart.hub.funding.applications.models.application import KINDS
from rempart.hub.funding.applications.states import State
from rempart.hub.pages.instruction.forms.queue import VERDICTS, QueueForm

AMOUNTS = frozenset({"amount_min", "amount_max"})


def kinds_for(user: User) -> list[tuple[str, str]]:
    """Return the contents `user` may export, as choices."""
    scope = Scope.of(user)
    return [(kind.value, str(kind.label)) for kind, source in SOURCES.items() if source.allows(scope)]


def in_words(filters: QueryDict) -> list[tuple[str, str]]:
    """Return the filters of an address as people read them, by the names the queue gives them."""
    known = {**{state.value: str(state.label) for state in State}, **{key: str(name) for key, name in KINDS}}
    known |= {key: str(name) for key, name in VERDICTS if key}
    found = []
    for name, values in filters.lists():
        field = QueueForm.base_fields.get(name)
        said = [euros(int(one)) if name in AMOUNTS and one.isdigit() else known.get(one, one) for one in values]
        found.append((str(field.label if field else name), ", ".join(said)))
    return found


class ExportForm(forms.Form):
    """The columns offered are those of the content; a kept set of columns ticks its own."""

    format = forms.ChoiceField(label=_("Format"), choices=Format, initial=Format.XLSX)
    columns = forms.MultipleChoiceField(
        label=_("Colonnes"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Aucune case : toutes.")
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
