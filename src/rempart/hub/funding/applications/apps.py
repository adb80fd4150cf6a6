"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Applications."""

    name = "rempart.hub.funding.applications"
    label = "applications"
    verbose_name = _("dossiers")

    def ready(self) -> None:
        """Hang this room's own checks and effects on the table of transitions."""
        from rempart.hub.funding.applications import effects, personal, stored  # noqa: F401, PLC0415 — models are ready only now
