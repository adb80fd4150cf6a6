"""The catalogues of controls whose verdicts the hub accepts."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.audit import tracked
from rempart.hub.funding.proofs.models.checks import sha256_check


@tracked()
class KnownCatalogue(models.Model):
    """One published version of an engine's catalogue. A retired one no longer serves for new attestations."""

    engine = models.CharField(_("moteur"), max_length=40)
    version = models.CharField(_("version"), max_length=40)
    digest = models.CharField(_("empreinte SHA-256"), max_length=64)
    added_at = models.DateTimeField(_("ajouté le"), default=timezone.now)
    added_by = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("ajouté par")
    )
    retired_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("catalogue reconnu")
        verbose_name_plural = _("catalogues reconnus")
        ordering: ClassVar = ["engine", "-added_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["engine", "digest"], name="catalogue_known_once"),
            sha256_check("digest", name="catalogue_digest_is_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.engine} {self.version}"
