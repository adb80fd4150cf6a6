"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Applications."""

    name = "rempart.hub.funding.applications"
    label = "applications"
    verbose_name = _("dossiers")
