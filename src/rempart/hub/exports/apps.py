"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Exports."""

    name = "rempart.hub.exports"
    label = "exports"
    verbose_name = _("exports")

    def ready(self) -> None:
        """Say which files of the storage are exports."""
        from rempart.hub.exports import personal, stored  # noqa: F401, PLC0415 — models are ready only now
