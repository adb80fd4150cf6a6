"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThemeConfig(AppConfig):
    """Theme."""

    name = "rempart.hub.theme"
    label = "theme"
    verbose_name = _("thème")
