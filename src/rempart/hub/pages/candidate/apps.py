"""The app's name card."""

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from rempart.hub.theme.navigation import Entry, Place, register

if TYPE_CHECKING:
    from rempart.hub.accounts.scope import Scope


def is_applicant(scope: "Scope") -> bool:
    """Return whether the person belongs to an applicant."""
    return bool(scope.entities or scope.own_ghts)


class CandidatePagesConfig(AppConfig):
    """CandidatePages."""

    name = "rempart.hub.pages.candidate"
    label = "candidate_pages"

    def ready(self) -> None:
        """Put the candidate's space in the navigation."""
        register(
            Entry(_("Mes dossiers"), "candidate", rank=5, opens_to=is_applicant),
            Entry(_("Clés de signature"), "candidate_keys", rank=20, opens_to=is_applicant, place=Place.ACCOUNT),
        )
