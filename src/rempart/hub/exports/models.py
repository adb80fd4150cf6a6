"""An export somebody asked for, and the sets of columns they like."""

import secrets
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Person
from rempart.hub.common.audit import tracked


class Kind(models.TextChoices):
    """What may be exported."""

    FILES = "files", _("liste des dossiers")
    LEDGER = "ledger", _("écritures de l’enveloppe")
    RECONCILIATION = "reconciliation", _("rapprochement des engagements")
    DASHBOARD = "dashboard", _("chiffres du tableau de bord")


class Format(models.TextChoices):
    """The kinds of files. Excel in French reads a semicolon, a decimal comma and a byte order mark."""

    XLSX = "xlsx", _("classeur Excel (xlsx)")
    CSV_EXCEL = "csv_excel", _("CSV pour Excel (point-virgule, virgule décimale)")
    CSV = "csv", _("CSV ouvert (virgule, point décimal)")

    @property
    def ending(self) -> str:
        """The end of the file's name."""
        return "xlsx" if self is Format.XLSX else "csv"

    @property
    def media_type(self) -> str:
        """The type told to the browser."""
        if self is Format.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "text/csv; charset=utf-8"


class Progress(models.TextChoices):
    """Where the making of an export stands."""

    QUEUED = "queued", _("en attente")
    RUNNING = "running", _("en préparation")
    DONE = "done", _("prêt")
    FAILED = "failed", _("échoué")
    EXPIRED = "expired", _("effacé")


UNDER_WAY = (Progress.QUEUED, Progress.RUNNING)


def opaque_key() -> str:
    """Return a name in the storage that tells nothing and cannot be guessed."""
    return f"exports/{secrets.token_urlsafe(32)}"


class ExportQuerySet(models.QuerySet["Export"]):
    """An export belongs to one person."""

    def visible_to(self, user: Person) -> Self:
        """Return the exports `user` asked for: never somebody else's, whatever the role."""
        return self.filter(asked_by=user) if isinstance(user, User) and user.is_active else self.none()


@tracked(exclude=("storage_key", "files", "rows_done", "rows_total"))
class Export(models.Model):
    """An export: who asked, what, with which filters and columns; then how far it is, and where it lies.

    `files` are the ids of the applications it speaks of and `scope` the rights it was made with: the person must still
    have both when they download it.
    """

    asked_by = models.ForeignKey(User, models.CASCADE, related_name="exports", verbose_name=_("demandé par"))
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    kind = models.CharField(_("contenu"), max_length=20, choices=Kind)
    format = models.CharField(_("format"), max_length=10, choices=Format)
    filters = models.JSONField(_("filtres"), default=dict, blank=True)
    columns = models.JSONField(_("colonnes"), default=list)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    state = models.CharField(_("état"), max_length=10, choices=Progress, default=Progress.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    started_at = models.DateTimeField(_("commencé le"), null=True, blank=True)
    finished_at = models.DateTimeField(_("fini le"), null=True, blank=True)
    expires_at = models.DateTimeField(_("effacé le"), null=True, blank=True)
    rows_done = models.PositiveIntegerField(_("lignes écrites"), default=0)
    rows_total = models.PositiveIntegerField(_("lignes à écrire"), default=0)
    storage_key = models.CharField(_("clé"), max_length=80, unique=True, default=opaque_key, editable=False)
    size = models.PositiveBigIntegerField(_("taille (octets)"), null=True, blank=True)
    digest = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True)
    problem = models.TextField(_("ce qui a échoué"), blank=True)
    files = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("dossiers cités"))
    scope = models.JSONField(_("droits au moment de la préparation"), default=dict)

    objects: ClassVar = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering: ClassVar = ["-asked_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["asked_by", "-asked_at"], name="exports_of_a_person")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="export_done_has_a_file",
                condition=~Q(state=Progress.DONE)
                | (
                    Q(size__isnull=False, finished_at__isnull=False, expires_at__gt=models.F("asked_at"))
                    & ~Q(digest="")
                ),
                violation_error_message=_("Un export prêt a un fichier et une date d’effacement."),
            ),
            models.CheckConstraint(
                name="export_failed_says_why",
                condition=~Q(state=Progress.FAILED) | ~Q(problem=""),
                violation_error_message=_("Un export échoué dit pourquoi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def under_way(self) -> bool:
        """Whether the file is still to come."""
        return self.state in UNDER_WAY

    @property
    def percent(self) -> int:
        """How far the making is, from 0 to 100."""
        if self.state == Progress.DONE:
            return 100
        return min(99, 100 * self.rows_done // self.rows_total) if self.rows_total else 0

    @property
    def name(self) -> str:
        """The name of the file people receive."""
        return f"rempart-{self.kind}-{self.asked_at:%Y%m%d-%H%M}.{Format(self.format).ending}"


@tracked()
class ColumnTemplate(models.Model):
    """A set of columns a person keeps under a name, in their order."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="column_templates", verbose_name=_("propriétaire"))
    kind = models.CharField(_("contenu"), max_length=20, choices=Kind)
    name = models.CharField(_("nom"), max_length=60)
    columns = models.JSONField(_("colonnes"), default=list)

    class Meta:
        verbose_name = _("modèle de colonnes")
        verbose_name_plural = _("modèles de colonnes")
        ordering: ClassVar = ["owner", "kind", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "kind", "name"],
                name="one_column_template_by_name",
                violation_error_message=_("Vous avez déjà un modèle de ce nom."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
