"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from rempart.hub.theme.navigation import Entry, Place, register


class ApiConfig(AppConfig):
    """Api."""

    name = "rempart.hub.api"
    label = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        """Put the pages of the API in the navigation, and say what it holds about a person."""
        from rempart.hub.api import personal  # noqa: F401, PLC0415 — models are ready only now

        register(
            Entry(
                _("Jetons d’API"), "api_tokens", rank=60, opens_to=lambda scope: not scope.is_empty, place=Place.ACCOUNT
            ),
            Entry(_("API"), "api_docs", rank=60, place=Place.FOOTER),
        )
