"""allauth's own forms in the house's words: one label a field, no text inside it that would vanish when one types."""

from typing import ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as factor
from allauth.mfa.totp import forms as app
from allauth.mfa.webauthn import forms as key
from django import forms
from django.utils.translation import gettext_lazy as _

LABELS = {
    "login": _("Adresse électronique"),
    "email": _("Adresse électronique"),
    "password": _("Mot de passe"),
    "oldpassword": _("Mot de passe actuel"),
    "password1": _("Nouveau mot de passe"),
    "password2": _("Nouveau mot de passe, une seconde fois"),
    "code": _("Code"),
    "name": _("Nom de la clé"),
    "passwordless": _("Me connecter avec cette clé seule"),
}
HELP = {
    "password1": _("Douze caractères au moins. Quatre mots sans rapport entre eux font un bon mot de passe."),
    "passwordless": _(
        "La clé demandera votre empreinte, votre visage ou son code : votre mot de passe ne servira plus."
    ),
}


class Plain:
    """A form whose fields say what they are above them."""

    fields: ClassVar[dict[str, forms.Field]]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            field = self.fields.get(name)
            if field is not None:
                field.label, field.help_text = label, HELP.get(name, "")
                field.widget.attrs.pop("placeholder", None)


class Login(Plain, account.LoginForm):  # type: ignore[misc]  # allauth has no types
    """Sign in."""


class ChangeEmail(Plain, account.AddEmailForm):  # type: ignore[misc]  # allauth has no types
    """Change address."""


class ChangePassword(Plain, account.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """Change password."""


class SetPassword(Plain, account.SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Choose a first password."""


class ResetPassword(Plain, account.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Ask for a code."""


class NewPassword(Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """Choose a new password."""


class ResetCode(Plain, account.ConfirmPasswordResetCodeForm):  # type: ignore[misc]  # allauth has no types
    """Give the code received."""


class EmailCode(Plain, account.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]  # allauth has no types
    """Give the code received."""


class Reauthenticate(Plain, account.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Give one's password again."""


class FactorCode(Plain, factor.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Give a code."""


class FactorCodeAgain(Plain, factor.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Give a code again."""


class ActivateApp(Plain, app.ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """Set an app up."""


class AddKey(Plain, key.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Add a passkey."""


class EditKey(Plain, key.EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Rename a passkey."""
