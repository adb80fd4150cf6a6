"""The app's name card."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProofsConfig(AppConfig):
    """Proofs."""

    name = "rempart.hub.funding.proofs"
    label = "proofs"
    verbose_name = _("preuves")
