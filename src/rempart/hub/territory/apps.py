"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    """Territory."""

    name = "rempart.hub.territory"
    label = "territory"
    verbose_name = _("territoire")
