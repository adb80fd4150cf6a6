"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Exports."""

    name = "rempart.hub.exports"
    label = "exports"
    verbose_name = _("exports")
