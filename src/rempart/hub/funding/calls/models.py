"""A call and its versions. A file keeps the version it began with; windows move for all, and their moves are kept."""

from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.common.audit import tracked
from rempart.hub.funding.calls.definition import CallDefinition
from rempart.hub.territory.models import Ght, LegalEntity

READS_DRAFTS = frozenset({Role.ADMINISTRATOR, Role.DNS_PILOT})
"""Who sees calls and versions before they are published."""


class CallQuerySet(models.QuerySet["Call"]):
    """Calls: published ones are public."""

    def published(self) -> Self:
        """Return the calls of which at least one version is published."""
        return self.filter(models.Exists(CallVersion.objects.filter(call=models.OuterRef("pk")).published()))

    def visible_to(self, user: Person) -> Self:
        """Return the calls `user` may see: published ones for all, drafts for administrators and DNS pilots."""
        return self if Scope.of(user).national & READS_DRAFTS else self.published()


class CallVersionQuerySet(models.QuerySet["CallVersion"]):
    """Versions: published ones are public."""

    def published(self) -> Self:
        """Return the published versions."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: Person) -> Self:
        """Return the versions `user` may see: published ones for all, drafts for administrators and DNS pilots."""
        return self if Scope.of(user).national & READS_DRAFTS else self.published()


@tracked()
class Call(models.Model):
    """A call for funding, by its code (`D1-2024`). `simulated` marks a replay, on every page that shows it."""

    code = models.SlugField(_("code"), max_length=30, primary_key=True)
    title = models.CharField(_("titre"), max_length=200)
    simulated = models.BooleanField(_("simulé"), default=False)

    objects: ClassVar = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("appel à financement")
        verbose_name_plural = _("appels à financement")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.title


@tracked(exclude=("content",))
class CallVersion(models.Model):
    """One version of a call's rules: the TOML text as written, its digest, and when it was published."""

    call = models.ForeignKey(Call, models.RESTRICT, related_name="versions", verbose_name=_("appel"))
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.TextField(_("règles (TOML)"))
    digest = models.CharField(_("empreinte"), max_length=64)
    note = models.TextField(_("ce qui change"), blank=True)
    created_at = models.DateTimeField(_("écrite le"), default=timezone.now)
    created_by = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("écrite par")
    )
    published_at = models.DateTimeField(_("publiée le"), null=True, blank=True)

    objects: ClassVar = CallVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version d’un appel")
        verbose_name_plural = _("versions d’appels")
        ordering: ClassVar = ["call", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "number"], name="call_version_number_once"),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(published_at=None),
                name="one_draft_by_call",
                violation_error_message=_("Cet appel a déjà une version en préparation."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="published_version_is_for_ever",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} – v{self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still change."""
        return self.published_at is None

    @property
    def definition(self) -> CallDefinition:
        """The rules, read and checked; kept by digest."""
        return CallDefinition.cached(self.digest, self.content)


class Stage(models.TextChoices):
    """The desks a call opens one after the other."""

    APPLICATION = "application", _("candidature")
    ARS_REVIEW = "ars_review", _("instruction ARS des candidatures")
    DECLARATION = "declaration", _("déclaration d’atteinte des objectifs")
    ARS_CHECK = "ars_check", _("vérification ARS des objectifs")
    ANS_REVIEW = "ans_review", _("instruction ANS")
    PAYMENT = "payment", _("demande de paiement")


@tracked()
class Window(models.Model):
    """When a desk is open: first and last moments, both included; an end that no text gives is empty."""

    call = models.ForeignKey(Call, models.RESTRICT, related_name="windows", verbose_name=_("appel"))
    stage = models.CharField(_("guichet"), max_length=12, choices=Stage)
    opens_at = models.DateTimeField(_("ouvre le"), null=True, blank=True)
    closes_at = models.DateTimeField(_("ferme le"), null=True, blank=True)

    class Meta:
        verbose_name = _("guichet")
        verbose_name_plural = _("guichets")
        ordering: ClassVar = ["call", "opens_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "stage"], name="one_window_by_stage"),
            models.CheckConstraint(
                name="window_ends_after_it_begins",
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("Un guichet ferme après avoir ouvert."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} – {self.get_stage_display()}"

    def is_open(self, at: datetime) -> bool:
        """Return whether the desk is open at that moment; one with neither opening nor end is not announced yet."""
        if self.opens_at is None and self.closes_at is None:
            return False
        return (self.opens_at is None or self.opens_at <= at) and (self.closes_at is None or at <= self.closes_at)


@tracked()
class Extension(models.Model):
    """A window that moved: from when to when, why, by which text. The day of an old decision may not be known."""

    window = models.ForeignKey(Window, models.RESTRICT, related_name="extensions", verbose_name=_("guichet"))
    before = models.DateTimeField(_("fermeture d’avant"), null=True, blank=True)
    after = models.DateTimeField(_("nouvelle fermeture"), null=True, blank=True)
    reason = models.TextField(_("motif"))
    source = models.CharField(_("origine"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("décidé par")
    )

    class Meta:
        verbose_name = _("report de guichet")
        verbose_name_plural = _("reports de guichets")
        ordering: ClassVar = ["window", "id"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="extension_is_for_ever", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.window} → {self.after}"


@tracked()
class Ceiling(models.Model):
    """The published ceiling of one applicant for one call, in cents."""

    call = models.ForeignKey(Call, models.RESTRICT, related_name="ceilings", verbose_name=_("appel"))
    ght = models.ForeignKey(Ght, models.RESTRICT, null=True, blank=True, related_name="ceilings", verbose_name=_("GHT"))
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="ceilings",
        verbose_name=_("entité juridique"),
    )
    cents = models.BigIntegerField(_("plafond (centimes)"))
    source = models.CharField(_("origine"), max_length=200)

    class Meta:
        verbose_name = _("plafond")
        verbose_name_plural = _("plafonds")
        ordering: ClassVar = ["call", "ght", "legal_entity"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="ceiling_of_one_applicant",
                condition=Q(legal_entity=None) ^ Q(ght=None),
                violation_error_message=_("Un plafond est celui d’un GHT ou d’une entité juridique."),
            ),
            models.CheckConstraint(
                name="ceiling_positive",
                condition=Q(cents__gt=0),
                violation_error_message=_("Un plafond est un montant positif."),
            ),
            models.UniqueConstraint(fields=["call", "ght"], name="one_ceiling_by_ght"),
            models.UniqueConstraint(fields=["call", "legal_entity"], name="one_ceiling_by_entity"),
        ]

    def __str__(self) -> str:
        return f"{self.call} – {self.ght or self.legal_entity}"
