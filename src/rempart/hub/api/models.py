"""Tokens: what a program presents to act for one person. Only a digest of a token is kept."""

import hashlib
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Person
from rempart.hub.common.audit import tracked


class Reach(models.TextChoices):
    """What a token lets a program do; never more than the person may."""

    READ_FILES = "read:files", _("lire les dossiers")
    READ_FIGURES = "read:figures", _("lire les chiffres")
    WRITE_ATTESTATIONS = "write:attestations", _("déposer des attestations")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """A token belongs to one person."""

    def visible_to(self, user: Person) -> Self:
        """Return the tokens of `user`, and of nobody else."""
        return self.filter(user=user) if isinstance(user, User) and user.is_active else self.none()

    def usable(self, at: datetime) -> Self:
        """Return the tokens neither withdrawn nor past their date, of people who are still active."""
        return self.filter(revoked_at=None, expires_at__gt=at, user__is_active=True)


@tracked(exclude=("digest",))
class ApiToken(models.Model):
    """A token: whose, for what, until when. `start` is its first characters, to tell one from another."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("personne"))
    name = models.CharField(_("nom"), max_length=80)
    start = models.CharField(_("début"), max_length=12)
    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30, choices=Reach), verbose_name=_("portée"))
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    revoked_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    objects: ClassVar = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("jeton d’API")
        verbose_name_plural = _("jetons d’API")
        ordering: ClassVar = ["user", "-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="token_ends_after_it_begins",
                condition=Q(expires_at__gt=F("created_at")),
                violation_error_message=_("Un jeton a une date de fin, après sa création."),
            ),
            models.CheckConstraint(
                name="token_has_a_scope",
                condition=Q(scopes__len__gt=0),
                violation_error_message=_("Un jeton a au moins une portée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    @property
    def scope_names(self) -> list[str]:
        """What the token allows, in words."""
        return [str(Reach(scope).label) for scope in self.scopes]

    def reaches(self, scope: str) -> bool:
        """Return whether the token allows `scope`."""
        return scope in self.scopes


class TokenUse(models.Model):
    """When a token last served, and how often in the minute under way. Written at each call, so not audited."""

    token = models.OneToOneField(
        ApiToken, models.CASCADE, primary_key=True, related_name="use", verbose_name=_("jeton")
    )
    last_used_at = models.DateTimeField(_("servi le"))
    minute = models.DateTimeField(_("minute"))
    count = models.PositiveIntegerField(_("appels dans cette minute"))

    class Meta:
        verbose_name = _("usage d’un jeton")
        verbose_name_plural = _("usages des jetons")
        ordering: ClassVar = ["token"]

    def __str__(self) -> str:
        return f"{self.token_id} – {self.last_used_at:%Y-%m-%d %H:%M}"


def digest_of(secret: str) -> str:
    """Return what is kept of a token. It holds 256 random bits: one SHA-256 cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()
