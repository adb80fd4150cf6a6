"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "rempart.hub.accounts"
    label = "accounts"
    verbose_name = _("comptes")
