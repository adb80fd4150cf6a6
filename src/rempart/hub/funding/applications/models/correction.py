"""A correction asked on a submitted file: what is wrong, where, until when; resolved by sending the file again."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models.application import Application


class CorrectionKind(models.TextChoices):
    """Why the file cannot be judged as it stands."""

    INCORRECT = "incorrect", _("inexact")
    INCOMPLETE = "incomplete", _("incomplet")
    OUTDATED = "outdated", _("périmé")


class Resolution(models.TextChoices):
    """How a request ended."""

    RESUBMITTED = "resubmitted", _("dossier complété")
    RESUMED = "resumed", _("instruction reprise sans complément")
    ABANDONED = "abandoned", _("dossier retiré")


@tracked(exclude=("message",))
class CorrectionRequest(models.Model):
    """A request for a correction. `requirements` are the codes of the call it is about; none means the whole file."""

    application = models.ForeignKey(Application, models.RESTRICT, related_name="corrections", verbose_name=_("dossier"))
    kind = models.CharField(_("motif"), max_length=10, choices=CorrectionKind)
    message = models.TextField(_("message"))
    requirements = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("exigences"))
    due_at = models.DateTimeField(_("à rendre avant le"), null=True, blank=True)
    asked_at = models.DateTimeField(_("demandé le"))
    asked_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("demandé par"))
    resolved_at = models.DateTimeField(_("résolu le"), null=True, blank=True)
    resolution = models.CharField(_("issue"), max_length=12, choices=Resolution, blank=True)

    class Meta:
        verbose_name = _("demande de complément")
        verbose_name_plural = _("demandes de complément")
        ordering: ClassVar = ["application", "-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(resolved_at=None),
                name="one_open_correction_by_file",
                violation_error_message=_("Une demande de complément est déjà ouverte sur ce dossier."),
            ),
            models.CheckConstraint(
                name="correction_resolved_one_way",
                condition=Q(resolved_at=None, resolution="") | (Q(resolved_at__isnull=False) & ~Q(resolution="")),
                violation_error_message=_("Une demande résolue dit comment et quand."),
            ),
            models.CheckConstraint(
                name="correction_due_after_asked",
                condition=Q(due_at=None) | Q(due_at__gt=F("asked_at")),
                violation_error_message=_("L’échéance d’un complément vient après la demande."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"
