"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProofsConfig(AppConfig):
    """Proofs."""

    name = "rempart.hub.funding.proofs"
    label = "proofs"
    verbose_name = _("preuves")

    def ready(self) -> None:
        """Hang what proofs forbid and cause on the moves, the archive and the erasure of a file."""
        from rempart.hub.funding.proofs import archive, effects, personal, retention, stored  # noqa: F401, PLC0415 — models are ready now
