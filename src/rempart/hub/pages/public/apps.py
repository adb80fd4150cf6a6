"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from rempart.hub.theme.navigation import Entry, Place, register


class PublicPagesConfig(AppConfig):
    """PublicPages."""

    name = "rempart.hub.pages.public"
    label = "public_pages"

    def ready(self) -> None:
        """Put the public pages in the navigation."""
        register(
            Entry(_("Appels"), "calls", rank=10),
            Entry(_("Données ouvertes"), "open_data", rank=80),
            Entry(_("Aide"), "help", rank=90),
            Entry(_("Accessibilité : non conforme"), "accessibility", place=Place.FOOTER, rank=10),
            Entry(_("Mentions légales"), "legal", place=Place.FOOTER, rank=20),
            Entry(_("Données personnelles"), "privacy", place=Place.FOOTER, rank=30),
            Entry(_("Glossaire"), "glossary", place=Place.FOOTER, rank=40),
        )
