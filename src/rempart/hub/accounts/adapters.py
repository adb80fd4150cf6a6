"""How allauth behaves here: nobody signs up, secrets are encrypted, mails go through the house's own door."""

import base64
import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.oidc.client import end_session
from rempart.hub.accounts.oidc.failures import SignInFailure
from rempart.hub.accounts.oidc.providers import configured
from rempart.hub.common import mail

logger = logging.getLogger(__name__)

SECRET_MAILS = frozenset({"email_confirmation", "email_confirmation_signup", "password_reset_code"})
"""They hold a code: they leave at once, and never wait in the queue."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts by invitation only."""

    error_messages = {  # noqa: RUF012 — allauth's own shape
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Ce compte est fermé."),
        "email_password_mismatch": _("L’adresse ou le mot de passe n’est pas le bon."),
        "too_many_login_attempts": _("Trop d’essais. Pour votre sécurité, attendez cinq minutes avant de recommencer."),
        "rate_limited": _("Trop de demandes. Patientez quelques minutes."),
        "incorrect_code": _("Ce code n’est pas le bon."),
        "incorrect_password": _("Ce mot de passe n’est pas le bon."),
        "enter_current_password": _("Donnez votre mot de passe actuel."),
        "email_taken": _("Un compte existe déjà avec cette adresse."),
        "same_as_current": _("C’est la valeur actuelle : donnez-en une autre."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 — allauth's own signature
        """Nobody signs up by themselves."""
        return False

    def get_login_stages(self) -> list[str]:
        """Ask for the second factor of those who came with a password only."""
        stages = {"allauth.mfa.stages.AuthenticateStage": "rempart.hub.accounts.stages.SecondFactorStage"}
        return [stages.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Ask again who it is only when they did not just say so."""
        records = get_authentication_records(self.request, self.request.user)
        fresh = timezone.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        recent = any(record.get("at", 0) > fresh for record in records)
        return not recent and super().is_reauthentication_required(app=app, **kwargs)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Go on to the provider that still has a session of its own, then home."""
        kept = request.session.get("oidc_end", {})
        provider = configured().get(kept.get("provider", ""))
        home = super().get_logout_redirect_url(request)
        if provider is None:
            return str(home)
        try:
            return end_session(provider, kept["token"], settings.SITE_URL + home) or str(home)
        except SignInFailure:  # it does not answer: people still leave Rempart
            return str(home)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Send one of our templates of the same name, in the person's language."""
        name = template_prefix.rsplit("/", 1)[1]
        known = {key: context.get(key) for key in ("code", "timestamp", "ip", "user_agent", "from_email", "to_email")}
        language = User.objects.filter(email=email).values_list("language", flat=True).first() or get_language() or "fr"
        send = mail.send_now if name in SECRET_MAILS else mail.send
        try:
            send(email, f"accounts/mail/{name}", known, language=language)
        except (OSError, SMTPException) as error:
            logger.exception("mail %s could not be sent", name)
            messages.error(self.request, _("Le courriel n’a pas pu partir. Réessayez dans quelques minutes."))
            raise ImmediateHttpResponse(redirect("account_login")) from error


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: their secrets are unreadable to who reads the database."""

    error_messages = {  # noqa: RUF012 — allauth's own shape
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Ce code n’est pas le bon."),
        "unverified_email": _("Vérifiez d’abord votre adresse électronique."),
        "cannot_delete_authenticator": _("Gardez au moins un second facteur."),
    }

    def encrypt(self, text: str) -> str:
        """Return the secret, encrypted with a key derived from the site's."""
        return _cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret in clear; former site keys still read what they wrote."""
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return _cipher(key).decrypt(encrypted_text.encode()).decode()
            except InvalidToken:
                continue
        raise InvalidToken

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep one second factor to those who sign in with a password."""
        if authenticator.type == Authenticator.Type.RECOVERY_CODES or not authenticator.user.has_usable_password():
            return True
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        others = Authenticator.objects.filter(user=authenticator.user, type__in=kinds).exclude(pk=authenticator.pk)
        return bool(others.exists())

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002 — allauth's own name
        """Return a name to propose for a new passkey."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return str(_("Clé d’accès %(number)s") % {"number": number})

    def _get_site_name(self) -> str:
        return "Rempart"


def _cipher(key: str | bytes) -> Fernet:

    return Fernet(
        base64.urlsafe_b64encode(salted_hmac("rempart.accounts.mfa", "secret", key, algorithm="sha256").digest())
    )
