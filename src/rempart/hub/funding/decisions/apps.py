"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DecisionsConfig(AppConfig):
    """Decisions."""

    name = "rempart.hub.funding.decisions"
    label = "decisions"
    verbose_name = _("décisions")

    def ready(self) -> None:
        """Hang the writing of decisions on the moves that decide."""
        from rempart.hub.funding.decisions import effects, personal, stored  # noqa: F401, PLC0415 — models are ready only now
