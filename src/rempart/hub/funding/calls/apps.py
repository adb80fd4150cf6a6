"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    """Calls."""

    name = "rempart.hub.funding.calls"
    label = "calls"
    verbose_name = _("appels à financement")
