"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from rempart.hub.theme.navigation import Entry, Place, register


class InstructionPagesConfig(AppConfig):
    """The pages of those who instruct."""

    name = "rempart.hub.pages.instruction"
    label = "instruction_pages"

    def ready(self) -> None:
        """Put these pages in the navigation of those they are for."""
        register(
            Entry(
                _("Instruction"),
                "instruction",
                rank=20,
                opens_to=lambda scope: scope.is_national or bool(scope.regions),
            ),
            Entry(_("Mes exports"), "exports", rank=50, opens_to=lambda scope: not scope.is_empty, place=Place.ACCOUNT),
        )
