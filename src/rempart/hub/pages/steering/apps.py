"""The app's name card."""

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from rempart.hub.theme.navigation import Entry, register

if TYPE_CHECKING:
    from rempart.hub.accounts.scope import Scope


class SteeringPagesConfig(AppConfig):
    """SteeringPages."""

    name = "rempart.hub.pages.steering"
    label = "steering_pages"

    def ready(self) -> None:
        """Put the dashboards in the navigation of those who steer."""
        register(Entry(_("Pilotage"), "steering", rank=60, opens_to=steers))


def steers(scope: "Scope") -> bool:
    """Return whether a person looks after a region or the nation."""
    return scope.is_national or bool(scope.regions)
