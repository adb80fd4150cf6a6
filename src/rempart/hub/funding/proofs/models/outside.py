"""A result measured by a State service, typed in by hand because its report is not for machines."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.proofs.models.document import Document


class OutsideService(models.TextChoices):
    """The State's own audits."""

    ADS = "ads", _("ADS (ANSSI, collecteur ORADAD)")
    SILENE = "silene", _("SILENE (ANSSI)")


@tracked()
class OutsideResult(models.Model):
    """A level given by ADS or SILENE on a day, with the document that shows it."""

    application = models.ForeignKey(
        Application, models.RESTRICT, related_name="outside_results", verbose_name=_("dossier")
    )
    requirement = models.CharField(_("objectif"), max_length=30)
    service = models.CharField(_("service"), max_length=8, choices=OutsideService)
    level = models.PositiveSmallIntegerField(_("niveau"))
    taken_on = models.DateField(_("mesuré le"))
    members = ArrayField(models.CharField(max_length=9), verbose_name=_("membres couverts"), default=list, blank=True)
    document = models.ForeignKey(
        Document, models.RESTRICT, null=True, blank=True, related_name="outside_results", verbose_name=_("pièce")
    )
    entered_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("saisi par"))
    entered_at = models.DateTimeField(_("saisi le"), default=timezone.now)
    withdrawn_by = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("retiré par")
    )
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("résultat externe")
        verbose_name_plural = _("résultats externes")
        ordering: ClassVar = ["application", "requirement", "taken_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="outside_level_from_1_to_100",  # the scale of SILENE is not public
                condition=Q(level__gte=1, level__lte=100),
                violation_error_message=_("Un niveau va de 1 à 100."),
            ),
            models.UniqueConstraint(
                fields=["application", "requirement", "service", "taken_on", "members"],
                condition=Q(withdrawn_at=None),
                name="outside_result_once",
                violation_error_message=_("Ce résultat est déjà saisi."),
            ),
            models.CheckConstraint(
                name="outside_withdrawn_by_someone",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                violation_error_message=_("Un résultat retiré dit par qui et quand."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()} – {self.level} – {self.taken_on}"
