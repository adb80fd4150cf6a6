"""One line of a file's history: who moved it, when, from where to where, and why."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models.application import Application
from rempart.hub.funding.applications.states import State


@tracked()
class Event(models.Model):
    """A move of a file. `actor` is empty when a deadline moved it."""

    application = models.ForeignKey(Application, models.RESTRICT, related_name="events", verbose_name=_("dossier"))
    action = models.CharField(_("action"), max_length=40)
    source = models.CharField(_("de"), max_length=20, choices=State)
    target = models.CharField(_("vers"), max_length=20, choices=State)
    actor = models.ForeignKey(User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("auteur"))
    at = models.DateTimeField(_("le"), default=timezone.now)
    reason = models.TextField(_("motif"), blank=True)
    due_at = models.DateTimeField(_("échéance"), null=True, blank=True)

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
        ordering: ClassVar = ["application", "at", "id"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.action} {self.at:%Y-%m-%d}"
