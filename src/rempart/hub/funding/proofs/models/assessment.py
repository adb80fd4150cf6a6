"""What the rules say of a requirement, and what a person decided of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.rules.base import Outcome, RuleVerdict
from rempart.measurement.text import Text

OUTCOMES = [
    (Outcome.MET.value, _("atteint")),
    (Outcome.TO_REVIEW.value, _("à examiner")),
    (Outcome.UNMET.value, _("non atteint")),
    (Outcome.MISSING.value, _("preuve manquante")),
    (Outcome.NOT_APPLICABLE.value, _("sans objet")),
]


@tracked()
class Assessment(models.Model):
    """The latest verdict on one requirement of one file.

    `reasons` and `missing` are lists of `{"fr", "en"}`, `warning` one of them or null. `parts` gives the outcome each
    member of the perimeter would have alone, by FINESS number.
    """

    application = models.ForeignKey(Application, models.RESTRICT, related_name="assessments", verbose_name=_("dossier"))
    requirement = models.CharField(_("objectif"), max_length=30)
    prerequisite = models.BooleanField(_("prérequis"), default=False)
    outcome = models.CharField(_("verdict"), max_length=16, choices=OUTCOMES)
    reasons = models.JSONField(_("raisons"), default=list)
    missing = models.JSONField(_("ce qui manque"), default=list)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    warning = models.JSONField(_("alerte"), null=True, blank=True)
    parts = models.JSONField(_("par membre"), default=dict)
    assessed_at = models.DateTimeField(_("évalué le"), default=timezone.now)

    class Meta:
        verbose_name = _("verdict d’un objectif")
        verbose_name_plural = _("verdicts des objectifs")
        ordering: ClassVar = ["application", "requirement"]
        indexes: ClassVar = [models.Index(fields=["outcome", "application"], name="verdicts_by_outcome")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "requirement"], name="one_verdict_by_requirement"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} – {self.get_outcome_display()}"

    @property
    def verdict(self) -> RuleVerdict:
        """The stored verdict, as the rules speak."""
        return RuleVerdict(
            Outcome(self.outcome),
            tuple(Text(**text) for text in self.reasons),
            tuple(Text(**text) for text in self.missing),
            self.until,
            Text(**self.warning) if self.warning else None,
        )


@tracked()
class Judgement(models.Model):
    """An instructor's decision on one requirement. The last one counts, until a new proof comes in."""

    application = models.ForeignKey(Application, models.RESTRICT, related_name="judgements", verbose_name=_("dossier"))
    requirement = models.CharField(_("objectif"), max_length=30)
    met = models.BooleanField(_("atteint"))
    reason = models.TextField(_("motif"), blank=True)
    by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("décidé par"))
    at = models.DateTimeField(_("décidé le"), default=timezone.now)

    class Meta:
        verbose_name = _("appréciation de l’instructeur")
        verbose_name_plural = _("appréciations des instructeurs")
        ordering: ClassVar = ["application", "requirement", "-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="judgement_unmet_says_why",
                condition=Q(met=True) | ~Q(reason=""),
                violation_error_message=_("Dire qu’un objectif n’est pas atteint demande un motif."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} – {self.by}"
