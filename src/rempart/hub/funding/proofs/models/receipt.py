"""The hub's signed word that it holds a proof."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.common.audit import tracked
from rempart.hub.funding.proofs.models.checks import sha256_check
from rempart.hub.funding.proofs.models.deposit import Deposit
from rempart.hub.funding.proofs.models.document import DocumentVersion


@tracked(exclude=("content",))
class Receipt(models.Model):
    """A receipt (in-toto statement in a DSSE envelope) for one attestation or one version of a document."""

    deposit = models.OneToOneField(
        Deposit, models.RESTRICT, null=True, blank=True, related_name="receipt", verbose_name=_("attestation")
    )
    version = models.OneToOneField(
        DocumentVersion, models.RESTRICT, null=True, blank=True, related_name="receipt", verbose_name=_("document")
    )
    content = models.BinaryField(_("reçu signé"))
    sha256 = models.CharField(_("empreinte de ce qui est déposé"), max_length=64)
    keyid = models.CharField(_("clé du hub"), max_length=64)
    issued_at = models.DateTimeField(_("émis le"), default=timezone.now)

    class Meta:
        verbose_name = _("reçu")
        verbose_name_plural = _("reçus")
        ordering: ClassVar = ["-issued_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="receipt_of_one_thing",
                condition=Q(deposit=None) ^ Q(version=None),
                violation_error_message=_("Un reçu est celui d’une attestation ou d’un document."),
            ),
            sha256_check("sha256", name="receipt_sha256"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="receipt_never_changes", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} – {self.issued_at:%Y-%m-%d}"
