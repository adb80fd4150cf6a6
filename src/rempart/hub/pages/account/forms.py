"""The forms of the account pages."""

from typing import ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import Territory
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.selectors import applicant_by_code
from rempart.hub.funding.applications.models import MailChoices
from rempart.hub.territory.models import Ght, LegalEntity, Region


def code_of(territory: Territory) -> str:
    """Return the short name of a territory in a form: `nation`, `region:84`, `entity:010000001`, `ght:G1`."""
    kinds = {Region: "region", LegalEntity: "entity", Ght: "ght"}
    return "nation" if territory is None else f"{kinds[type(territory)]}:{territory.pk}"


class NamesForm(forms.Form):
    """Who is arriving."""

    first_name = forms.CharField(
        label=_("Prénom"), max_length=80, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(label=_("Nom"), max_length=80, widget=forms.TextInput({"autocomplete": "family-name"}))


class PasswordForm(NamesForm):
    """Who is arriving, with the password they choose."""

    password = forms.CharField(
        label=_("Mot de passe"),
        help_text=_("Douze caractères au moins. Quatre mots sans rapport entre eux font un bon mot de passe."),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.email = email

    def clean(self) -> dict[str, object]:
        """Check the password against the rules, and against the person's own names."""
        cleaned = super().clean() or self.cleaned_data
        person = User(
            email=self.email, first_name=cleaned.get("first_name", ""), last_name=cleaned.get("last_name", "")
        )
        if "password" in cleaned:
            try:
                validate_password(cleaned["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript when the program runs
    """One's own names, and the language of one's mails."""

    class Meta:
        model = User
        fields: ClassVar = ["first_name", "last_name", "language"]
        labels: ClassVar = {
            "first_name": _("Prénom"),
            "last_name": _("Nom"),
            "language": _("Langue des courriels"),
        }


class MailsForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript when the program runs
    """Which of the optional mails one receives; the digest is proposed to those for whom files wait."""

    class Meta:
        model = MailChoices
        fields: ClassVar = ["digest", "messages"]
        labels: ClassVar = {
            "digest": _("Le résumé de ce qui vous attend"),
            "messages": _("Un nouveau message est dans un dossier"),
        }
        help_texts: ClassVar = {
            "digest": _("Un courriel le matin, s’il y a des dossiers à traiter. Aucun sinon."),
            "messages": _(
                "Un courriel par heure au plus et par dossier, avec un lien. Le message reste dans le dossier."
            ),
        }
        widgets: ClassVar = {"digest": forms.RadioSelect}

    def __init__(self, *args: object, reads_digests: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not reads_digests:
            del self.fields["digest"]


class InvitationForm(forms.Form):
    """Whom to invite, to what, where. Places are the inviter's own, or a FINESS number where they may name any."""

    email = forms.EmailField(label=_("Adresse électronique"), widget=forms.EmailInput({"autocomplete": "off"}))
    code = forms.CharField(
        label=_("Établissement ou GHT"),
        help_text=_("Numéro FINESS de l’entité juridique (neuf caractères) ou code du GHT, pour un rôle de candidat."),
        required=False,
        max_length=14,
    )

    def __init__(
        self, *args: object, roles: list[Role], territories: list[Territory], names_any: bool, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.territories = {code_of(territory): territory for territory in territories}
        places = [(code, str(territory or _("France entière"))) for code, territory in self.territories.items()]
        self.fields["role"] = forms.ChoiceField(label=_("Rôle"), choices=[(role.value, role.label) for role in roles])
        self.fields["place"] = forms.ChoiceField(label=_("Territoire"), choices=places, required=not names_any)
        if not names_any:
            del self.fields["code"]

    def clean(self) -> dict[str, object]:
        """Turn the code or the place chosen into a territory."""
        cleaned = super().clean() or self.cleaned_data
        code = cleaned.get("code")
        if not code:
            cleaned["territory"] = self.territories.get(str(cleaned.get("place")))
            return cleaned
        cleaned["territory"] = applicant_by_code(str(code))
        if cleaned["territory"] is None:
            self.add_error("code", _("Aucun établissement ni GHT ne porte ce numéro."))
        return cleaned
