"""The financial statement of a file: what was spent for the call, line by line."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models.application import Application


@tracked()
class CostLine(models.Model):
    """An eligible expense, in cents, with the number of the piece that shows it; the piece stays in the hospital.

    The sum of the lines is the real eligible cost (annex of the calls: accepted cost-accounting principles).
    """

    application = models.ForeignKey(Application, models.RESTRICT, related_name="costs", verbose_name=_("dossier"))
    label = models.CharField(_("dépense"), max_length=200)
    reference = models.CharField(_("pièce justificative"), max_length=80)
    spent_on = models.DateField(_("date de la dépense"))
    cents = models.BigIntegerField(_("montant (centimes)"))
    entered_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("saisie par"))
    entered_at = models.DateTimeField(_("saisie le"))

    class Meta:
        verbose_name = _("ligne du bilan financier")
        verbose_name_plural = _("lignes du bilan financier")
        ordering: ClassVar = ["application", "spent_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="cost_positive",
                condition=Q(cents__gt=0),
                violation_error_message=_("Une dépense est un montant positif."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.label}"
