"""The app's name card."""

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from rempart.hub.theme.navigation import Entry, register

if TYPE_CHECKING:
    from rempart.hub.accounts.scope import Scope


def _reads_administration(scope: "Scope") -> bool:
    from rempart.hub.pages.administration.access import READS  # noqa: PLC0415 — models are not known before Django is

    return bool(scope.national & READS)


class AdministrationPagesConfig(AppConfig):
    """AdministrationPages."""

    name = "rempart.hub.pages.administration"
    label = "administration_pages"

    def ready(self) -> None:
        """Put the administration of calls in the navigation."""
        register(Entry(_("Administration"), "administration_calls", rank=70, opens_to=_reads_administration))
