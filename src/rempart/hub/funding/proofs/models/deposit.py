"""A verified attestation, as it came: its bytes are the proof, its columns are what was read in them."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.proofs.models.checks import level_check, sha256_check
from rempart.hub.funding.proofs.models.key import Challenge, RegisteredKey


@tracked(exclude=("content",))
class Deposit(models.Model):
    """An attestation whose signature, key, challenge, perimeter, catalogue and dates were verified on arrival.

    `members` are the members of the file it speaks for, by FINESS number (all when empty). `catalogue_known` is false
    when the setting lets an unknown catalogue in for a person to look at. A row never changes.
    """

    application = models.ForeignKey(Application, models.RESTRICT, related_name="deposits", verbose_name=_("dossier"))
    requirement = models.CharField(_("objectif"), max_length=30)
    challenge = models.OneToOneField(Challenge, models.RESTRICT, related_name="deposit", verbose_name=_("défi"))
    key = models.ForeignKey(RegisteredKey, models.RESTRICT, related_name="deposits", verbose_name=_("clé"))
    content = models.BinaryField(_("attestation"))
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64)
    engine = models.CharField(_("moteur"), max_length=40)
    tool_version = models.CharField(_("version de l’outil"), max_length=40)
    catalogue_version = models.CharField(_("version du catalogue"), max_length=40)
    catalogue_digest = models.CharField(_("empreinte du catalogue"), max_length=64)
    catalogue_known = models.BooleanField(_("catalogue reconnu"), default=True)
    snapshot_digest = models.CharField(_("empreinte de l’instantané"), max_length=64)
    level = models.PositiveSmallIntegerField(_("niveau"))
    at_most = models.BooleanField(_("au plus"), default=False)
    counts = models.JSONField(_("verdicts par état"), default=dict)
    finess = models.CharField(_("FINESS attesté"), max_length=9)
    members = ArrayField(models.CharField(max_length=9), verbose_name=_("membres couverts"), default=list, blank=True)
    taken_at = models.DateTimeField(_("mesuré le"))
    judged_at = models.DateTimeField(_("jugé le"))
    deposited_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("déposée par"))
    deposited_at = models.DateTimeField(_("déposée le"), default=timezone.now)

    class Meta:
        verbose_name = _("attestation déposée")
        verbose_name_plural = _("attestations déposées")
        ordering: ClassVar = ["application", "requirement", "taken_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "requirement", "sha256"],
                name="attestation_once_by_requirement",
                violation_error_message=_("Cette attestation est déjà déposée."),
            ),
            models.UniqueConstraint(
                fields=["application", "requirement", "finess", "snapshot_digest", "catalogue_digest"],
                name="measure_once_by_requirement",
                violation_error_message=_("Cette mesure est déjà déposée."),
            ),
            models.CheckConstraint(
                name="deposit_dates_in_order",
                condition=Q(taken_at__lte=F("judged_at")),
                violation_error_message=_("Une mesure se juge après avoir été prise."),
            ),
            level_check(name="deposit_level_from_1_to_5"),
            sha256_check("sha256", name="deposit_sha256"),
            sha256_check("snapshot_digest", name="deposit_snapshot_sha256"),
            sha256_check("catalogue_digest", name="deposit_catalogue_sha256"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="deposit_never_changes", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.requirement} – {self.engine} – {self.level}"
