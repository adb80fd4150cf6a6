"""The territory as FINESS and INSEE describe it. Codes are strings; what closes or merges is kept, never deleted."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rempart.hub.common.audit import tracked
from rempart.hub.territory.words import Words

FINESS = RegexValidator(r"^[0-9][0-9AB][0-9]{7}$", _("Un numéro FINESS a neuf caractères."))


class Region(models.Model):
    """A region, by its INSEE code; `agency` is the name of its ARS."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=60)
    agency = models.CharField(_("agence régionale de santé"), max_length=80)

    class Meta:
        verbose_name = _("région")
        verbose_name_plural = _("régions")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A département, by its INSEE code; `finess_code` is FINESS's own code overseas (9A to 9J), elsewhere the same."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    finess_code = models.CharField(_("code FINESS"), max_length=3, unique=True)
    name = models.CharField(_("nom"), max_length=60)
    region = models.ForeignKey(Region, models.RESTRICT, related_name="departments", verbose_name=_("région"))

    class Meta:
        verbose_name = _("département")
        verbose_name_plural = _("départements")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Status(models.TextChoices):
    """The legal nature that the programme's figures tell apart."""

    PUBLIC = "public", _("public")
    NONPROFIT = "nonprofit", _("privé à but non lucratif")
    FORPROFIT = "forprofit", _("privé à but lucratif")


class Life(models.TextChoices):
    """Whether an entity still exists."""

    ACTIVE = "active", _("en activité")
    CLOSED = "closed", _("fermé")
    MERGED = "merged", _("fusionné")


class Structure(models.Model):
    """What legal entities and sites share."""

    finess = models.CharField(_("numéro FINESS"), max_length=9, primary_key=True, validators=[FINESS])
    name = models.CharField(_("nom"), max_length=200)
    category = models.CharField(_("catégorie"), max_length=10, blank=True)
    department = models.ForeignKey(Department, models.RESTRICT, related_name="+", verbose_name=_("département"))
    life = models.CharField(_("état"), max_length=8, choices=Life, default=Life.ACTIVE)
    closed_on = models.DateField(_("fermé le"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["name", "finess"]

    def __str__(self) -> str:
        return self.name


@tracked(in_bulk=True)
class LegalEntity(Structure):
    """A legal entity (EJ): what may apply, alone or through its GHT."""

    status = models.CharField(_("statut"), max_length=10, choices=Status)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    successor = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="predecessors", verbose_name=_("repris par")
    )

    class Meta(Structure.Meta):
        verbose_name = _("entité juridique")
        verbose_name_plural = _("entités juridiques")
        indexes: ClassVar = [GinIndex(Words("name"), name="entity_words")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="entity_merged_has_successor",
                condition=Q(life=Life.MERGED, successor__isnull=False) | (~Q(life=Life.MERGED) & Q(successor=None)),
                violation_error_message=_("Une entité fusionnée, et elle seule, a une entité qui la reprend."),
            ),
            models.CheckConstraint(
                name="entity_active_is_not_closed",
                condition=~Q(life=Life.ACTIVE) | Q(closed_on=None),
                violation_error_message=_("Une entité en activité n’a pas de date de fermeture."),
            ),
        ]


@tracked(in_bulk=True)
class Site(Structure):
    """A geographic site (EG) of a legal entity."""

    legal_entity = models.ForeignKey(
        LegalEntity, models.RESTRICT, related_name="sites", verbose_name=_("entité juridique")
    )
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    commune = models.CharField(_("commune (INSEE)"), max_length=5, blank=True)
    commune_name = models.CharField(_("commune"), max_length=60, blank=True)

    class Meta(Structure.Meta):
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        indexes: ClassVar = [GinIndex(Words("name", "commune_name"), name="site_words")]


@tracked(in_bulk=True)
class Ght(models.Model):
    """A groupement hospitalier de territoire."""

    code = models.CharField(_("code"), max_length=10, primary_key=True)
    name = models.CharField(_("nom"), max_length=200)
    region = models.ForeignKey(Region, models.RESTRICT, related_name="ghts", verbose_name=_("région"))
    life = models.CharField(_("état"), max_length=8, choices=Life, default=Life.ACTIVE)

    class Meta:
        verbose_name = _("GHT")
        verbose_name_plural = _("GHT")
        ordering: ClassVar = ["name", "code"]

    def __str__(self) -> str:
        return self.name


class GhtRole(models.TextChoices):
    """What an entity is to its GHT; FINESS writes S and M."""

    SUPPORT = "S", _("établissement support")
    MEMBER = "M", _("établissement partie")


@tracked(in_bulk=True)
class GhtMembership(models.Model):
    """An entity's place in a GHT; one that left keeps its row, with the day it left."""

    ght = models.ForeignKey(Ght, models.RESTRICT, related_name="memberships", verbose_name=_("GHT"))
    legal_entity = models.ForeignKey(
        LegalEntity, models.RESTRICT, related_name="ght_memberships", verbose_name=_("entité juridique")
    )
    role = models.CharField(_("rôle"), max_length=1, choices=GhtRole)
    left_on = models.DateField(_("quitté le"), null=True, blank=True)

    class Meta:
        verbose_name = _("appartenance à un GHT")
        verbose_name_plural = _("appartenances à un GHT")
        ordering: ClassVar = ["ght", "legal_entity"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["legal_entity"],
                condition=Q(left_on=None),
                name="entity_in_one_ght",
                violation_error_message=_("Cette entité appartient déjà à un GHT."),
            ),
            models.UniqueConstraint(
                fields=["ght"],
                condition=Q(left_on=None, role="S"),
                name="ght_has_one_support",
                violation_error_message=_("Ce GHT a déjà un établissement support."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity} – {self.ght}"


@tracked(in_bulk=True)
class Activity(models.Model):
    """The combined activity (activité combinée) of one entity or one site for one reference year."""

    legal_entity = models.ForeignKey(
        LegalEntity,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("entité juridique"),
    )
    site = models.ForeignKey(
        Site, models.RESTRICT, null=True, blank=True, related_name="activities", verbose_name=_("site")
    )
    year = models.PositiveSmallIntegerField(_("année de référence"))
    combined = models.DecimalField(_("activité combinée"), max_digits=14, decimal_places=2)
    source = models.CharField(_("origine"), max_length=200)

    class Meta:
        verbose_name = _("activité combinée")
        verbose_name_plural = _("activités combinées")
        ordering: ClassVar = ["-year", "legal_entity", "site"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="activity_of_one_structure",
                condition=Q(legal_entity=None) ^ Q(site=None),
                violation_error_message=_("Une activité est celle d’une entité ou d’un site."),
            ),
            models.CheckConstraint(
                name="activity_not_negative",
                condition=Q(combined__gte=0),
                violation_error_message=_("Une activité ne peut pas être négative."),
            ),
            models.UniqueConstraint(fields=["legal_entity", "year"], name="one_activity_by_entity_and_year"),
            models.UniqueConstraint(fields=["site", "year"], name="one_activity_by_site_and_year"),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity or self.site} – {self.year}"
