"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Ledger."""

    name = "rempart.hub.funding.ledger"
    label = "ledger"
    verbose_name = _("grand livre")
