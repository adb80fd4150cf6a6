"""The candidate's forms: they check the shape of what is typed; services say what may be done with it."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rempart.hub.common import money
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.proofs.models import OutsideService
from rempart.hub.funding.proofs.services.outside import HIGHEST
from rempart.hub.theme.templatetags.rempart import language

Choices = list[tuple[str, str]]


class Day(forms.DateInput):
    """A day, by the browser's own control."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


ABOUT: dict[str, tuple[str, ...]] = {
    "future_date": ("dated", "taken_on"),
    "unknown_nature": ("nature",),
    "not_member": ("members", "member"),
    "bad_level": ("level",),
    **dict.fromkeys(("file_type", "active_content", "too_large", "empty_file"), ("file", "attestation")),
    **dict.fromkeys(("private_key", "not_a_key", "key_taken"), ("file",)),
    **dict.fromkeys(("cost_too_early", "cost_too_late"), ("spent_on",)),
}
"""The field a refusal is about, by its code; another is told above the form."""


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """Show a refusal in a form, beside the field it is about, with what to do; all that was typed stays."""
    field = next((name for name in ABOUT.get(refusal.code, ()) if name in form.fields), None)
    said = [str(refusal)]
    if refusal.advice is not None:
        said.append(refusal.advice.say(language()))
    form.add_error(field, " ".join(said))


class Covering(forms.Form):
    """What covers members of the file: the field is there only when there is something to choose."""

    members = forms.MultipleChoiceField(
        label=_("Pour quels membres ?"),
        help_text=_("Ne cochez rien si cela vaut pour tout le périmètre."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 — a form's arguments
        members: Choices,
        among: int,
        whole: bool = True,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        """Offer `members`, of the `among` members of the file; `whole`: the person may also speak for all of them."""
        super().__init__(*args, **kwargs)
        field = self.fields["members"]
        if among <= 1 or (whole and not members):
            del self.fields["members"]
            return
        field.choices = members  # type: ignore[attr-defined] # a choice field
        field.required = not whole
        if not whole:
            field.help_text = _("Cochez les établissements pour lesquels vous agissez.")
        elif len(members) < among:
            field.help_text = _(
                "Ne cochez rien si cela vaut pour tout le périmètre. "
                "Les membres qui manquent ici n’ont pas donné délégation : ils déposent eux-mêmes."
            )


class DocumentForm(Covering):
    """A document of a requirement."""

    field_order = ("nature", "file", "dated", "signatory", "members")

    nature = forms.ChoiceField(label=_("Nature du document"))
    file = forms.FileField(label=_("Fichier"))
    dated = forms.DateField(
        label=_("Date du document"),
        help_text=_("La date écrite dessus, pas celle du dépôt."),
        widget=Day,
        required=False,
    )
    signatory = forms.CharField(
        label=_("Qui l’a signé ou validé ?"),
        help_text=_("La fonction suffit : « directeur général », par exemple."),
        max_length=120,
        required=False,
    )

    def __init__(self, *args: Any, natures: Choices, **kwargs: Any) -> None:  # noqa: ANN401 — a form's arguments
        super().__init__(*args, **kwargs)
        field = self.fields["nature"]
        field.choices = natures  # type: ignore[attr-defined] # a choice field
        if len(natures) == 1:
            field.widget, field.initial = forms.HiddenInput(), natures[0][0]
        else:
            field.choices = [("", _("Choisissez")), *natures]  # type: ignore[attr-defined] # a choice field


class VersionForm(forms.Form):
    """A newer version of a document."""

    file = forms.FileField(label=_("Nouveau fichier"))
    dated = forms.DateField(label=_("Date du document"), widget=Day, required=False)
    signatory = forms.CharField(label=_("Qui l’a signé ou validé ?"), max_length=120, required=False)


class ChallengeForm(forms.Form):
    """For whom a challenge is asked."""

    member = forms.ChoiceField(label=_("Établissement mesuré"))

    def __init__(self, *args: Any, members: Choices, **kwargs: Any) -> None:  # noqa: ANN401 — a form's arguments
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = members  # type: ignore[attr-defined] # a choice field


class AttestationForm(forms.Form):
    """A signed attestation."""

    attestation = forms.FileField(
        label=_("Attestation"), help_text=_("Le fichier écrit par « rempart proof attest », tel quel.")
    )


class OutsideForm(Covering):
    """A result of a State service, with its report."""

    field_order = ("service", "level", "taken_on", "file", "members")

    service = forms.ChoiceField(label=_("Service"), choices=OutsideService.choices)
    level = forms.IntegerField(label=_("Niveau ou score obtenu"), min_value=1, max_value=HIGHEST)
    taken_on = forms.DateField(label=_("Date de l’audit"), widget=Day)
    file = forms.FileField(label=_("Rapport"), help_text=_("Sans lui, le résultat ne compte pas."), required=False)

    def __init__(self, *args: Any, services: list[str], **kwargs: Any) -> None:  # noqa: ANN401 — a form's arguments
        super().__init__(*args, **kwargs)
        if services:
            choices = [choice for choice in OutsideService.choices if choice[0] in services]
            self.fields["service"].choices = choices  # type: ignore[attr-defined] # a choice field


class KeyForm(forms.Form):
    """A public key of an establishment."""

    entity = forms.ChoiceField(label=_("Établissement"))
    label = forms.CharField(
        label=_("Nom de la clé"), help_text=_("Pour la reconnaître : « poste d’audit 2026 »."), max_length=80
    )
    file = forms.FileField(label=_("Clé publique"), help_text=_("Le fichier qui finit par « .pub »."))

    def __init__(self, *args: Any, entities: Choices, **kwargs: Any) -> None:  # noqa: ANN401 — a form's arguments
        super().__init__(*args, **kwargs)
        self.fields["entity"].choices = entities  # type: ignore[attr-defined] # a choice field


class OpenForm(forms.Form):
    """For whom a file is opened."""

    applicant = forms.ChoiceField(label=_("Candidat"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, applicants: Choices, **kwargs: Any) -> None:  # noqa: ANN401 — a form's arguments
        super().__init__(*args, **kwargs)
        self.fields["applicant"].choices = applicants  # type: ignore[attr-defined] # a choice field
        if len(applicants) == 1:
            self.fields["applicant"].initial = applicants[0][0]


class ActForm(forms.Form):
    """What an action on a file asks: a reason, or a signature."""

    reason = forms.CharField(
        label=_("Motif"), help_text=_("Il reste dans l’historique du dossier."), widget=forms.Textarea
    )
    certified = forms.BooleanField(label=_("Je certifie que ces informations sont exactes et complètes."))

    def __init__(self, *args: Any, needs_reason: bool, signs: bool, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]
        if not signs:
            del self.fields["certified"]


class MessageForm(forms.Form):
    """A message to those who instruct."""

    body = forms.CharField(
        label=_("Votre message"),
        help_text=_("Lu par votre ARS et par l’ANS. N’écrivez ni mot de passe, ni faille."),
        widget=forms.Textarea,
        max_length=5000,
    )


class MoneyField(forms.CharField):
    """An amount in euros, typed as people write it; its value is in cents."""

    def to_python(self, value: object) -> Any:  # noqa: ANN401 — a form field's own signature
        """Return the cents.

        Raises:
            ValidationError: not an amount.

        """
        text = super().to_python(value)
        if not text:
            return None
        try:
            return money.cents(text)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class CostForm(forms.Form):
    """One line of the financial statement."""

    label = forms.CharField(label=_("Dépense"), help_text=_("Ce qui a été acheté ou fait."), max_length=200)
    reference = forms.CharField(
        label=_("Pièce justificative"), help_text=_("Numéro de facture ou de mandat."), max_length=80
    )
    spent_on = forms.DateField(label=_("Date de la dépense"), widget=Day)
    cents = MoneyField(label=_("Montant en euros"), help_text=_("Par exemple 1 234,56."))

    def clean_cents(self) -> int:
        """Refuse what is no expense."""
        cents: int = self.cleaned_data["cents"]
        if cents <= 0:
            raise forms.ValidationError(_("Une dépense est un montant positif."))
        return cents


class AuditForm(forms.Form):
    """The calendar of audits: when they were made, or would be."""

    first = forms.DateField(label=_("Premier audit"), widget=Day)
    second = forms.DateField(
        label=_("Audit suivant"), help_text=_("S’il est déjà fait ou prévu."), widget=Day, required=False
    )


class DeclareForm(forms.Form):
    """If I declare on this date."""

    day = forms.DateField(label=_("Si je déclare le"), widget=Day)

    def __init__(self, *args: Any, earliest: date, **kwargs: Any) -> None:  # noqa: ANN401 — a form's arguments
        super().__init__(*args, **kwargs)
        self.earliest = earliest

    def clean_day(self) -> date:
        """Refuse the past, and days that no calendar of the programme reaches."""
        day: date = self.cleaned_data["day"]
        if day < self.earliest:
            raise forms.ValidationError(_("Choisissez aujourd’hui ou un jour à venir."))
        if day > self.earliest + timedelta(days=3650):
            raise forms.ValidationError(_("Cette date est trop lointaine."))
        return day
