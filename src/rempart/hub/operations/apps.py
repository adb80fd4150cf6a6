"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """Operations: no model of its own."""

    name = "rempart.hub.operations"
    label = "operations"
    verbose_name = _("exploitation")
