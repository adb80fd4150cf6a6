"""What the clock leaves behind: reminders sent once, archives made, contents erased."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Person
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models.application import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Call


class Reminder(models.Model):
    """A reminder that was sent: for which deadline, how many days before. The same one is never sent twice."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="reminders", verbose_name=_("dossier"))
    subject = models.CharField(_("objet"), max_length=20)
    due_at = models.DateTimeField(_("échéance"))
    days = models.PositiveSmallIntegerField(_("jours avant"))
    sent_at = models.DateTimeField(_("envoyé le"))

    class Meta:
        verbose_name = _("rappel")
        verbose_name_plural = _("rappels")
        ordering: ClassVar = ["application", "sent_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "subject", "due_at", "days"], name="reminder_sent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.subject} -{self.days}"


class Rhythm(models.TextChoices):
    """How often the digest of what waits comes."""

    DAILY = "daily", _("chaque matin ouvré")
    WEEKLY = "weekly", _("le lundi matin")
    NEVER = "never", _("jamais")


class MailChoices(models.Model):
    """The mails a person does without. Decisions, corrections and deadlines are always told; no row: all are."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="mail_choices", verbose_name=_("personne")
    )
    digest = models.CharField(_("résumé du matin"), max_length=10, choices=Rhythm, default=Rhythm.DAILY)
    messages = models.BooleanField(_("messages dans les dossiers"), default=True)

    class Meta:
        verbose_name = _("choix de courriels")
        verbose_name_plural = _("choix de courriels")
        ordering: ClassVar = ["user"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(digest__in=Rhythm.values), name="mail_digest_rhythm"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class ArchiveQuerySet(models.QuerySet["Archive"]):
    """An archive is for the one who asked, as long as they see the file."""

    def visible_to(self, user: Person) -> Self:
        """Return the archives `user` asked for, of files they still see."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(requested_by=user, application__in=Application.objects.visible_to(user))


@tracked()
class Archive(models.Model):
    """The whole of a file as one zip, made in the background for one person. `key` is where the storage keeps it."""

    application = models.ForeignKey(Application, models.RESTRICT, related_name="archives", verbose_name=_("dossier"))
    requested_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("demandée par"))
    requested_at = models.DateTimeField(_("demandée le"))
    ready_at = models.DateTimeField(_("prête le"), null=True, blank=True)
    key = models.CharField(_("clé de stockage"), max_length=200, blank=True)
    sha256 = models.CharField(_("empreinte"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("taille (octets)"), default=0)

    objects: ClassVar = ArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("archive de dossier")
        verbose_name_plural = _("archives de dossiers")
        ordering: ClassVar = ["-requested_at", "-id"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.requested_at:%Y-%m-%d}"


@tracked()
class Erasure(models.Model):
    """The trace of what retention erased: which file, in which state, how many of each thing."""

    number = models.CharField(_("numéro"), max_length=40)
    call = models.ForeignKey(Call, models.RESTRICT, related_name="+", verbose_name=_("appel"))
    state = models.CharField(_("état"), max_length=20, choices=State)
    erased_at = models.DateTimeField(_("effacé le"))
    rule = models.CharField(_("règle"), max_length=200)
    removed = models.JSONField(_("éléments effacés"), default=dict)

    class Meta:
        verbose_name = _("effacement")
        verbose_name_plural = _("effacements")
        ordering: ClassVar = ["erased_at", "id"]

    def __str__(self) -> str:
        return f"{self.number} {self.erased_at:%Y-%m-%d}"
