"""A file: one applicant, one call, one version of its rules."""

from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.states import BEFORE_SUBMISSION, MILESTONES, REACHED, State
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.funding.calls.models import Call, CallVersion
from rempart.hub.territory.models import Ght, LegalEntity, Region, Site

if TYPE_CHECKING:
    from rempart.hub.funding.applications.models.work import Label

KINDS = [
    (ApplicantKind.GHT.value, _("GHT")),
    (ApplicantKind.PUBLIC.value, _("établissement public hors GHT")),
    (ApplicantKind.NONPROFIT.value, _("privé à but non lucratif")),
    (ApplicantKind.FORPROFIT.value, _("privé à but lucratif")),
]


_DATES = tuple(MILESTONES.values())


def _dates_fit_state() -> Q:
    """Return that a file has the dates its state calls for, and none of a later state."""
    fits = Q(state__in=[state for state in State if state not in REACHED])
    for reached in sorted(set(REACHED.values())):
        states = sorted(state for state, count in REACHED.items() if count == reached)
        dates = {f"{name}__isnull": index >= reached for index, name in enumerate(_DATES)}
        fits |= Q(state__in=states, **dates)
    return fits


def _dates_in_order() -> Q:
    """Return that no date of a file comes before the one it follows."""
    ordered = Q()
    for before, after in pairwise(_DATES):
        ordered &= Q(**{after: None}) | Q(**{f"{after}__gte": F(before)})
    return ordered


class ApplicationQuerySet(models.QuerySet["Application"]):
    """The one door to files: every page, count, export, mail and API goes through `visible_to`."""

    def visible_to(self, user: Person) -> Self:
        """Return the files `user` may see: all for the nation, the region's submitted ones for an ARS, one's own.

        A member of a GHT sees the GHT's file. A draft is seen by its applicant only.
        """
        scope = Scope.of(user)
        if scope.is_empty:
            return self.none()
        own = Q(legal_entity__in=list(scope.entities)) | Q(ght__in=list(scope.ghts))
        if scope.is_national:
            return self.filter(~Q(state__in=BEFORE_SUBMISSION) | own)
        return self.filter(own | (Q(region__in=list(scope.regions)) & ~Q(state__in=BEFORE_SUBMISSION)))


@tracked(exclude=("contact_email",))
class Application(models.Model):
    """A file. Amounts are in cents. `ceiling_cents` and the perimeter are frozen at submission."""

    number = models.CharField(_("numéro"), max_length=40, unique=True)
    call = models.ForeignKey(Call, models.RESTRICT, related_name="applications", verbose_name=_("appel"))
    version = models.ForeignKey(
        CallVersion, models.RESTRICT, related_name="applications", verbose_name=_("version des règles")
    )
    ght = models.ForeignKey(
        Ght, models.RESTRICT, null=True, blank=True, related_name="applications", verbose_name=_("GHT")
    )
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("entité juridique"),
    )
    kind = models.CharField(_("type de candidat"), max_length=10, choices=KINDS)
    region = models.ForeignKey(Region, models.RESTRICT, related_name="applications", verbose_name=_("région"))
    state = models.CharField(_("état"), max_length=20, choices=State, default=State.DRAFT)
    state_since = models.DateTimeField(_("dans cet état depuis"), default=timezone.now)
    created_at = models.DateTimeField(_("ouverte le"), default=timezone.now)
    created_by = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("ouverte par")
    )
    submitted_at = models.DateTimeField(_("déposée le"), null=True, blank=True)
    validated_at = models.DateTimeField(_("validée le"), null=True, blank=True)
    operational_at = models.DateTimeField(_("convention signée le"), null=True, blank=True)
    declared_at = models.DateTimeField(_("atteinte déclarée le"), null=True, blank=True)
    objectives_met_at = models.DateTimeField(_("objectifs validés le"), null=True, blank=True)
    payment_requested_at = models.DateTimeField(_("paiement demandé le"), null=True, blank=True)
    paid_at = models.DateTimeField(_("payée le"), null=True, blank=True)
    closed_at = models.DateTimeField(_("close le"), null=True, blank=True)
    ceiling_cents = models.BigIntegerField(_("plafond (centimes)"), null=True, blank=True)
    eligible_cost_cents = models.BigIntegerField(_("coût réel éligible (centimes)"), null=True, blank=True)
    recovery_cents = models.BigIntegerField(_("indu à restituer (centimes)"), null=True, blank=True)
    contact_email = models.EmailField(_("adresse de contact"), blank=True)
    assigned_to = models.ForeignKey(
        User, models.RESTRICT, null=True, blank=True, related_name="assigned_files", verbose_name=_("attribuée à")
    )
    labels: "models.ManyToManyField[Label, Label]" = models.ManyToManyField(
        "applications.Label", blank=True, related_name="applications", verbose_name=_("étiquettes")
    )
    followers: "models.ManyToManyField[User, User]" = models.ManyToManyField(
        User, blank=True, related_name="followed_files", verbose_name=_("abonnés")
    )
    touched_at = models.DateTimeField(_("dernière activité le"), default=timezone.now)
    expiry_warned_at = models.DateTimeField(_("effacement annoncé le"), null=True, blank=True)
    emptied_at = models.DateTimeField(_("contenu effacé le"), null=True, blank=True)

    objects: ClassVar = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering: ClassVar = ["call", "number"]
        indexes: ClassVar = [
            models.Index(fields=["call", "region", "state"], name="files_by_call_region_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="file_of_one_applicant",
                condition=Q(legal_entity=None) ^ Q(ght=None),
                violation_error_message=_("Un dossier est celui d’un GHT ou d’une entité juridique."),
            ),
            models.CheckConstraint(
                name="file_kind_fits_applicant",
                condition=Q(kind="ght", ght__isnull=False) | (~Q(kind="ght") & Q(legal_entity__isnull=False)),
                violation_error_message=_("Le type de candidat ne va pas avec le candidat."),
            ),
            models.UniqueConstraint(
                fields=["call", "ght"],
                name="one_file_by_ght",
                condition=~Q(state=State.WITHDRAWN),
                violation_error_message=_("Ce GHT a déjà un dossier pour cet appel."),
            ),
            models.UniqueConstraint(
                fields=["call", "legal_entity"],
                name="one_file_by_entity",
                condition=~Q(state=State.WITHDRAWN),
                violation_error_message=_("Cette entité a déjà un dossier pour cet appel."),
            ),
            models.CheckConstraint(
                name="file_submitted_has_ceiling",
                condition=Q(submitted_at=None) | Q(ceiling_cents__isnull=False),
                violation_error_message=_("Un dossier déposé a un plafond."),
            ),
            models.CheckConstraint(
                name="file_dates_fit_state",
                condition=_dates_fit_state(),
                violation_error_message=_("Les dates du dossier ne vont pas avec son état."),
            ),
            models.CheckConstraint(
                name="file_dates_in_order",
                condition=_dates_in_order(),
                violation_error_message=_("Les dates du dossier ne sont pas dans l’ordre."),
            ),
            models.CheckConstraint(
                name="file_amounts_positive",
                condition=(Q(ceiling_cents=None) | Q(ceiling_cents__gt=0))
                & (Q(eligible_cost_cents=None) | Q(eligible_cost_cents__gte=0))
                & (Q(recovery_cents=None) | Q(recovery_cents__gt=0)),
                violation_error_message=_("Un montant ne peut pas être négatif."),
            ),
            models.CheckConstraint(
                name="file_payment_has_cost",
                condition=Q(payment_requested_at=None) | Q(eligible_cost_cents__isnull=False),
                violation_error_message=_("Une demande de paiement a un coût réel éligible."),
            ),
            models.CheckConstraint(
                name="file_recovery_has_amount",
                condition=~Q(state=State.RECOVERY) | Q(recovery_cents__isnull=False),
                violation_error_message=_("Un indu à restituer a un montant."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} – {self.applicant}"

    @property
    def applicant(self) -> Ght | LegalEntity:
        """The GHT or the entity that applies."""
        applicant = self.ght or self.legal_entity
        if applicant is None:
            raise ValueError("a file has an applicant: the database says so")
        return applicant


@tracked()
class PerimeterEntry(models.Model):
    """A member of a file's perimeter: an entity of the GHT, or a site of the entity, with its frozen activity."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="perimeter", verbose_name=_("dossier"))
    legal_entity = models.ForeignKey(
        LegalEntity, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("entité juridique")
    )
    site = models.ForeignKey(Site, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("site"))
    combined = models.DecimalField(_("activité combinée"), max_digits=14, decimal_places=2, null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("année de référence"), null=True, blank=True)

    class Meta:
        verbose_name = _("membre du périmètre")
        verbose_name_plural = _("membres du périmètre")
        ordering: ClassVar = ["application", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="perimeter_of_one_structure",
                condition=Q(legal_entity=None) ^ Q(site=None),
                violation_error_message=_("Un membre du périmètre est une entité ou un site."),
            ),
            models.UniqueConstraint(fields=["application", "legal_entity"], name="entity_once_in_perimeter"),
            models.UniqueConstraint(fields=["application", "site"], name="site_once_in_perimeter"),
        ]

    def __str__(self) -> str:
        return str(self.legal_entity or self.site)
