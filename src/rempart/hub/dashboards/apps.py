"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    """Dashboards."""

    name = "rempart.hub.dashboards"
    label = "dashboards"
    verbose_name = _("tableaux de bord")
