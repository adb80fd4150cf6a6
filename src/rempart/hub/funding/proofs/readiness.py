"""What a hub lacks to receive proofs safely, in words: for `rempart hub check-deploy` and the administrator's page."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.funding.proofs import antivirus, hub_key
from rempart.hub.funding.proofs.models import KnownCatalogue
from rempart.measurement.errors import RempartError


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Something to mend. `grave` ones make a deployment unsafe; the others are choices to make knowingly."""

    code: str
    message: str | Promise
    grave: bool = False


def shortcomings() -> Iterator[Shortcoming]:
    """Yield what this hub lacks, the antivirus asked whether it answers."""
    if not antivirus.is_configured():
        yield Shortcoming(
            "no_antivirus",
            _("Aucun antivirus n’est configuré (REMPART_HUB_CLAMD) : les fichiers s’ouvrent sans être analysés."),
        )
    elif not antivirus.ping():
        yield Shortcoming(
            "antivirus_down",
            _("L’antivirus configuré ne répond pas : les fichiers déposés attendent et ne s’ouvrent pas."),
            grave=True,
        )
    if not KnownCatalogue.objects.filter(retired_at=None).exists():
        yield Shortcoming(
            "no_catalogue",
            _("Aucun catalogue de contrôles n’est reconnu : toute attestation sera refusée."),
            grave=not settings.UNKNOWN_CATALOGUE_TO_REVIEW,
        )
    try:
        hub_key.signer()
    except (RempartError, OSError):
        yield Shortcoming("no_receipt_key", _("La clé des reçus du hub est illisible."), grave=True)
