"""Documents: one piece for one requirement, in versions; the last version counts, the older ones are kept."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.proofs.models.checks import sha256_check


@tracked()
class Document(models.Model):
    """A piece of a file. `nature` is the word of the call's rule; `members` are those it covers (all when empty)."""

    application = models.ForeignKey(Application, models.RESTRICT, related_name="documents", verbose_name=_("dossier"))
    requirement = models.CharField(_("objectif"), max_length=30)
    nature = models.CharField(_("nature"), max_length=60)
    members = ArrayField(models.CharField(max_length=9), verbose_name=_("membres couverts"), default=list, blank=True)
    created_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("ajouté par"))
    created_at = models.DateTimeField(_("ajouté le"), default=timezone.now)
    withdrawn_by = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("retiré par")
    )
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("pièce")
        verbose_name_plural = _("pièces")
        ordering: ClassVar = ["application", "requirement", "id"]
        indexes: ClassVar = [models.Index(fields=["application", "requirement"], name="pieces_by_requirement")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="document_withdrawn_by_someone",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                violation_error_message=_("Une pièce retirée dit par qui et quand."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} – {self.nature}"


class ScanState(models.TextChoices):
    """What the antivirus said."""

    NOT_SCANNED = "not_scanned", _("pas encore analysé")
    CLEAN = "clean", _("sain")
    INFECTED = "infected", _("infecté, mis en quarantaine")
    ERROR = "error", _("analyse impossible")
    ERASED = "erased", _("effacé en fin de conservation")

    @classmethod
    def settled(cls) -> "tuple[ScanState, ...]":
        """Return the states that need no other scan."""
        return cls.CLEAN, cls.INFECTED, cls.ERASED


@tracked(exclude=("original_name", "signatory"))
class DocumentVersion(models.Model):
    """The bytes of a piece, as deposited; they lie in the storage under `storage_key`, which tells nothing of them."""

    document = models.ForeignKey(Document, models.RESTRICT, related_name="versions", verbose_name=_("pièce"))
    number = models.PositiveSmallIntegerField(_("version"))
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("taille (octets)"))
    media_type = models.CharField(_("type"), max_length=100)
    original_name = models.CharField(_("nom du fichier"), max_length=120)
    storage_key = models.UUIDField(_("clé de stockage"), default=uuid.uuid4, unique=True, editable=False)
    dated = models.DateField(_("date portée par le document"), null=True, blank=True)
    signatory = models.CharField(_("signataire déclaré"), max_length=120, blank=True)
    scan = models.CharField(_("antivirus"), max_length=12, choices=ScanState, default=ScanState.NOT_SCANNED)
    scanned_at = models.DateTimeField(_("analysé le"), null=True, blank=True)
    finding = models.CharField(_("résultat de l’antivirus"), max_length=200, blank=True)
    deposited_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("déposé par"))
    deposited_at = models.DateTimeField(_("déposé le"), default=timezone.now)

    class Meta:
        verbose_name = _("version d’une pièce")
        verbose_name_plural = _("versions des pièces")
        ordering: ClassVar = ["document", "-number"]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=~Q(scan__in=["clean", "infected", "erased"]), name="versions_to_scan"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_number_once"),
            models.CheckConstraint(
                name="document_version_from_one",
                condition=Q(number__gte=1),
                violation_error_message=_("Les versions se comptent à partir de 1."),
            ),
            models.CheckConstraint(
                name="document_version_not_empty",
                condition=Q(size__gt=0),
                violation_error_message=_("Un fichier vide ne prouve rien."),
            ),
            models.CheckConstraint(
                name="document_scanned_has_moment",
                condition=Q(scan=ScanState.NOT_SCANNED, scanned_at=None)
                | (~Q(scan=ScanState.NOT_SCANNED) & Q(scanned_at__isnull=False)),
                violation_error_message=_("Un fichier analysé dit quand il l’a été."),
            ),
            sha256_check("sha256", name="document_version_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.original_name} (v{self.number})"

    @property
    def path(self) -> str:
        """Where the bytes lie in the storage: an opaque key, spread over 256 folders."""
        return f"proofs/{self.storage_key.hex[:2]}/{self.storage_key}"
