"""What makes an attestation somebody's answer: the keys an entity registered, the challenges the hub issued."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models import Application
from rempart.hub.territory.models import LegalEntity, Site

CHALLENGE_FORM = r"^[A-Za-z0-9_-]{32,128}$"


@tracked()
class RegisteredKey(models.Model):
    """A public key (Ed25519, PEM) an entity signs its attestations with. A revoked one is kept: it signed the past."""

    legal_entity = models.ForeignKey(
        LegalEntity, models.RESTRICT, related_name="signing_keys", verbose_name=_("entité juridique")
    )
    keyid = models.CharField(_("identifiant de la clé"), max_length=64)
    pem = models.TextField(_("clé publique (PEM)"))
    label = models.CharField(_("nom de la clé"), max_length=80)
    registered_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("enregistrée par"))
    registered_at = models.DateTimeField(_("enregistrée le"), default=timezone.now)
    revoked_by = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("révoquée par")
    )
    revoked_at = models.DateTimeField(_("révoquée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("clé de signature")
        verbose_name_plural = _("clés de signature")
        ordering: ClassVar = ["legal_entity", "-registered_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["keyid"],
                condition=Q(revoked_at=None),
                name="active_key_of_one_entity",
                violation_error_message=_("Cette clé est déjà enregistrée."),
            ),
            models.CheckConstraint(
                name="key_revoked_by_someone",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                violation_error_message=_("Une clé révoquée dit par qui et quand."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.keyid[:8]})"


@tracked()
class Challenge(models.Model):
    """A value that only this hub could choose, to be signed inside one attestation, for one requirement of one file."""

    application = models.ForeignKey(Application, models.RESTRICT, related_name="challenges", verbose_name=_("dossier"))
    requirement = models.CharField(_("objectif"), max_length=30)
    legal_entity = models.ForeignKey(
        LegalEntity, models.RESTRICT, related_name="challenges", verbose_name=_("entité juridique")
    )
    site = models.ForeignKey(
        Site, models.RESTRICT, null=True, blank=True, related_name="challenges", verbose_name=_("site")
    )
    value = models.CharField(_("défi"), max_length=128, unique=True)
    issued_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("demandé par"))
    issued_at = models.DateTimeField(_("émis le"), default=timezone.now)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("défi")
        verbose_name_plural = _("défis")
        ordering: ClassVar = ["application", "-issued_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="challenge_has_its_form",
                condition=Q(value__regex=CHALLENGE_FORM),
                violation_error_message=_("Un défi a au moins 32 caractères sans espace."),
            ),
            models.CheckConstraint(
                name="challenge_expires_after_issue",
                condition=Q(expires_at__gt=F("issued_at")),
                violation_error_message=_("Un défi expire après avoir été émis."),
            ),
            models.CheckConstraint(
                name="challenge_used_in_time",
                condition=Q(used_at=None) | Q(used_at__gte=F("issued_at"), used_at__lte=F("expires_at")),
                violation_error_message=_("Un défi ne sert qu’entre son émission et son expiration."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} – {self.site or self.legal_entity}"
