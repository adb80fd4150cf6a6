"""The app's name card."""

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from rempart.hub.theme.navigation import Entry, Place, register

if TYPE_CHECKING:
    from rempart.hub.accounts.scope import Scope


class AccountPagesConfig(AppConfig):
    """Account pages."""

    name = "rempart.hub.pages.account"
    label = "account_pages"

    def ready(self) -> None:
        """Put the account pages in the person's own menu."""
        register(
            Entry(_("Mon compte"), "my_account", place=Place.ACCOUNT, rank=10),
            Entry(_("Mes courriels"), "my_mails", place=Place.ACCOUNT, rank=15),
            Entry(_("Personnes et rôles"), "people", place=Place.ACCOUNT, rank=20, opens_to=_manages_people),
            Entry(_("Délégations"), "delegations", place=Place.ACCOUNT, rank=30, opens_to=_is_in_a_group),
        )


def _manages_people(scope: "Scope") -> bool:
    return bool(scope.roles & {"establishment_admin", "ars_lead", "administrator"})


def _is_in_a_group(scope: "Scope") -> bool:
    held = {role for roles in scope.entities.values() for role in roles}
    return bool(scope.own_ghts or (scope.ghts and held & {"establishment_admin", "signatory"}))
