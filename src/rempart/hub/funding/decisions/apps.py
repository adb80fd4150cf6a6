"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DecisionsConfig(AppConfig):
    """Decisions."""

    name = "rempart.hub.funding.decisions"
    label = "decisions"
    verbose_name = _("décisions")
