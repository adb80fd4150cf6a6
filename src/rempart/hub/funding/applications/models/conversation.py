"""What is said inside a file: messages that both sides read, and annotations that applicants never see."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models.application import Application


class Side(models.TextChoices):
    """From which side of the desk a message comes."""

    APPLICANT = "applicant", _("candidat")
    AGENT = "agent", _("instruction")


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages are seen by who sees the file."""

    def visible_to(self, user: Person) -> Self:
        """Return the messages `user` may read."""
        return self.filter(application__in=Application.objects.visible_to(user))


@tracked(exclude=("body",))
class Message(models.Model):
    """A message between the applicant and those who instruct."""

    application = models.ForeignKey(Application, models.RESTRICT, related_name="messages", verbose_name=_("dossier"))
    author = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("auteur"))
    side = models.CharField(_("de"), max_length=10, choices=Side)
    body = models.TextField(_("message"))
    at = models.DateTimeField(_("le"))

    objects: ClassVar = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["application", "at", "id"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.side} {self.at:%Y-%m-%d}"


class ReadMark(models.Model):
    """Until which moment a person has read the messages of a file."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="read_marks", verbose_name=_("dossier"))
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("personne"))
    until = models.DateTimeField(_("lu jusqu’au"))

    class Meta:
        verbose_name = _("marque de lecture")
        verbose_name_plural = _("marques de lecture")
        ordering: ClassVar = ["application", "user"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "user"], name="one_read_mark_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.user_id} {self.until:%Y-%m-%d}"


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """Annotations belong to those who instruct."""

    def visible_to(self, user: Person) -> Self:
        """Return the annotations `user` may read: the nation's and the region's agents, never on their own file."""
        scope = Scope.of(user)
        if not (scope.is_national or scope.regions):
            return self.none()
        own = Q(application__legal_entity__in=list(scope.entities)) | Q(application__ght__in=list(scope.ghts))
        seen = self if scope.is_national else self.filter(application__region__in=list(scope.regions))
        return seen.exclude(own)


@tracked(exclude=("body",))
class Annotation(models.Model):
    """A private note of those who instruct."""

    application = models.ForeignKey(Application, models.RESTRICT, related_name="annotations", verbose_name=_("dossier"))
    author = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("auteur"))
    body = models.TextField(_("annotation"))
    at = models.DateTimeField(_("le"))

    objects: ClassVar = AnnotationQuerySet.as_manager()

    class Meta:
        verbose_name = _("annotation privée")
        verbose_name_plural = _("annotations privées")
        ordering: ClassVar = ["application", "at", "id"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.at:%Y-%m-%d}"
