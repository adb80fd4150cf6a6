"""People and what they may do where. The hub keeps the least it needs: an e-mail to write to, a name, roles."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.roles import APPLICANT_ROLES, NATION_ROLES, REGION_ROLES, Role
from rempart.hub.common.audit import tracked
from rempart.hub.territory.models import Ght, LegalEntity, Region


class Language(models.TextChoices):
    """The languages the hub writes to people in."""

    FRENCH = "fr", _("français")
    ENGLISH = "en", _("anglais")


class UserManager(BaseUserManager["User"]):
    """Makes people."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Return a new person; without a password they can only come in through an identity provider."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


PERSONAL = ("email", "first_name", "last_name")
"""What the audit trail does not keep twice: a person's data would outlive their erasure there."""


@tracked(exclude=("password", "last_login", *PERSONAL))
class User(AbstractBaseUser):
    """A person. The e-mail is where to write, not who they are: identity providers know them by a stable id."""

    email = models.EmailField(_("adresse électronique"), unique=True)
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    is_active = models.BooleanField(_("actif"), default=True)
    joined_at = models.DateTimeField(_("arrivé le"), default=timezone.now)
    language = models.CharField(_("langue"), max_length=2, choices=Language, default=Language.FRENCH)
    idle_warned_at = models.DateTimeField(_("prévenu de son inactivité le"), null=True, blank=True)
    erased_at = models.DateTimeField(_("effacé le"), null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["first_name", "last_name"]

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        ordering: ClassVar = ["last_name", "first_name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="email_in_lower_case",
                condition=Q(email=Lower("email")),
                violation_error_message=_("Une adresse électronique s’écrit en minuscules."),
            ),
            models.CheckConstraint(
                name="erased_is_not_active",
                condition=Q(erased_at=None) | Q(is_active=False),
                violation_error_message=_("Une personne effacée n’a plus de compte actif."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        """Return the first and last names."""
        return f"{self.first_name} {self.last_name}".strip()


class Provider(models.TextChoices):
    """The identity providers."""

    PSC = "psc", _("Pro Santé Connect")
    PROCONNECT = "proconnect", _("ProConnect")


@tracked(exclude=("subject",))
class Identity(models.Model):
    """How an identity provider knows a person: its stable identifier, and nothing else of what it told."""

    user = models.ForeignKey(User, models.CASCADE, related_name="identities", verbose_name=_("personne"))
    provider = models.CharField(_("fournisseur"), max_length=12, choices=Provider)
    subject = models.CharField(_("identifiant"), max_length=255)
    created_at = models.DateTimeField(_("rattaché le"), default=timezone.now)

    class Meta:
        verbose_name = _("identité")
        verbose_name_plural = _("identités")
        ordering: ClassVar = ["user", "provider"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="one_person_by_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} – {self.user}"


_NOWHERE = Q(region=None, legal_entity=None, ght=None)
_ONE_APPLICANT = Q(region=None) & (Q(legal_entity=None) ^ Q(ght=None))
_ONE_REGION = Q(region__isnull=False, legal_entity=None, ght=None)


class Held(models.Model):
    """A role on the territory where it is held: one applicant, one region, or the nation."""

    role = models.CharField(_("rôle"), max_length=20, choices=Role)
    region = models.ForeignKey(
        Region, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("région")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("entité juridique")
    )
    ght = models.ForeignKey(Ght, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("GHT"))

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(class)s_role_fits_its_territory",
                condition=(Q(role__in=sorted(APPLICANT_ROLES)) & _ONE_APPLICANT)
                | (Q(role__in=sorted(REGION_ROLES)) & _ONE_REGION)
                | (Q(role__in=sorted(NATION_ROLES)) & _NOWHERE),
                violation_error_message=_("Ce rôle ne se tient pas sur ce territoire."),
            ),
        ]

    @property
    def place(self) -> str:
        """The territory, in words."""
        return str(self.region or self.legal_entity or self.ght or _("France entière"))


@tracked()
class Membership(Held):
    """A role a person holds, from when, given by whom, until when."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("personne"))
    given_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("donné par")
    )
    given_at = models.DateTimeField(_("donné le"), default=timezone.now)
    ended_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    class Meta(Held.Meta):
        verbose_name = _("rôle tenu")
        verbose_name_plural = _("rôles tenus")
        ordering: ClassVar = ["user", "role", "id"]
        constraints: ClassVar = [
            *Held.Meta.constraints,
            models.UniqueConstraint(
                fields=["user", "role", "region", "legal_entity", "ght"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="role_held_once",
                violation_error_message=_("Cette personne tient déjà ce rôle."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()} – {self.place}"


@tracked(exclude=("email",))
class Invitation(Held):
    """A role offered to whoever reads an e-mail address, until a date; `serial` grows when it is sent again."""

    email = models.EmailField(_("adresse électronique"))
    language = models.CharField(_("langue"), max_length=2, choices=Language, default=Language.FRENCH)
    serial = models.PositiveSmallIntegerField(_("envoi"), default=1)
    invited_by = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("invité par")
    )
    invited_at = models.DateTimeField(_("invité le"))
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    accepted_by = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("acceptée par")
    )
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    class Meta(Held.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["-invited_at", "id"]
        constraints: ClassVar = [
            *Held.Meta.constraints,
            models.CheckConstraint(
                name="invitation_accepted_by_someone",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                violation_error_message=_("Une invitation acceptée l’est par quelqu’un."),
            ),
            models.CheckConstraint(
                name="invitation_ends_once",
                condition=Q(accepted_at=None) | Q(cancelled_at=None),
                violation_error_message=_("Une invitation acceptée ne s’annule plus."),
            ),
            models.UniqueConstraint(
                fields=["email", "role", "region", "legal_entity", "ght"],
                condition=Q(accepted_at=None, cancelled_at=None),
                nulls_distinct=False,
                name="invited_once",
                violation_error_message=_("Cette personne est déjà invitée pour ce rôle."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.get_role_display()} – {self.place}"


@tracked()
class Delegation(models.Model):
    """A member of a GHT lets the GHT's support establishment act on its part of the file."""

    ght = models.ForeignKey(Ght, models.RESTRICT, related_name="delegations", verbose_name=_("GHT"))
    legal_entity = models.ForeignKey(
        LegalEntity, models.RESTRICT, related_name="delegations", verbose_name=_("entité juridique")
    )
    given_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("donnée par"))
    given_at = models.DateTimeField(_("donnée le"), default=timezone.now)
    ended_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("délégation")
        verbose_name_plural = _("délégations")
        ordering: ClassVar = ["ght", "legal_entity"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ght", "legal_entity"],
                condition=Q(ended_at=None),
                name="delegated_once",
                violation_error_message=_("Cette délégation est déjà donnée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity} → {self.ght}"


class CacheEntry(models.Model):
    """A row of Django's database cache: all processes count failed sign-ins together. Django reads and writes it."""

    cache_key = models.CharField(_("clé"), max_length=255, primary_key=True)
    value = models.TextField(_("valeur"))
    expires = models.DateTimeField(_("expire le"), db_index=True)

    class Meta:
        db_table = "hub_cache"
        verbose_name = _("entrée du cache")
        verbose_name_plural = _("entrées du cache")

    def __str__(self) -> str:
        return self.cache_key
