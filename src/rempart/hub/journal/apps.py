"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    """Journal."""

    name = "rempart.hub.journal"
    label = "journal"
    verbose_name = _("journal")
