"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """Demo."""

    name = "rempart.hub.demo"
    label = "demo"
    verbose_name = _("démonstration")
