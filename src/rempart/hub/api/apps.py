"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Api."""

    name = "rempart.hub.api"
    label = "api"
    verbose_name = _("API")
