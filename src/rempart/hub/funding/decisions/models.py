"""A decision: its number, what it says, who signs it, its PDF by digest. A later one withdraws it, none changes it."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Person
from rempart.hub.common.audit import tracked
from rempart.hub.common.immutable import immutable
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.models import Call


class Kind(models.TextChoices):
    """What is decided."""

    VALIDATION = "validation", _("validation de la candidature")
    REFUSAL = "refusal", _("refus de la candidature")
    CONVENTION = "convention", _("convention de financement")
    OBJECTIVES_ACCEPTED = "objectives_accepted", _("validation des objectifs")
    OBJECTIVES_REFUSED = "objectives_refused", _("refus des objectifs")
    PAYMENT = "payment", _("paiement")
    RECOVERY = "recovery", _("restitution d’un indu")
    WITHDRAWAL = "withdrawal", _("retrait d’une décision")


class Series(models.Model):
    """The last number given for one call and one year; its row is locked while one is taken, so none is skipped."""

    call = models.ForeignKey(Call, models.RESTRICT, related_name="decision_series", verbose_name=_("appel"))
    year = models.PositiveSmallIntegerField(_("année"))
    last = models.PositiveIntegerField(_("dernier numéro"), default=0)

    class Meta:
        verbose_name = _("série de numéros")
        verbose_name_plural = _("séries de numéros")
        ordering: ClassVar = ["call", "year"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["call", "year"], name="one_series_by_call_and_year")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.year} : {self.last}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    """The one door to decisions for people."""

    def visible_to(self, user: Person) -> Self:
        """Return the decisions on the files `user` may see."""
        return self.filter(application__in=Application.objects.visible_to(user))

    def in_force(self) -> Self:
        """Return the decisions that no later one withdrew."""
        return self.filter(withdrawn_by=None).exclude(kind=Kind.WITHDRAWAL)


@tracked()
class Decision(models.Model):
    """A decision on a file. `facts` are the words and figures its PDF was made from: the same facts give the same PDF.

    `key` is what its address is made of: a number can be guessed, a key cannot.
    """

    number = models.CharField(_("numéro"), max_length=60, unique=True)
    series = models.ForeignKey(Series, models.RESTRICT, related_name="decisions", verbose_name=_("série"))
    rank = models.PositiveIntegerField(_("rang"))
    application = models.ForeignKey(Application, models.RESTRICT, related_name="decisions", verbose_name=_("dossier"))
    kind = models.CharField(_("nature"), max_length=20, choices=Kind)
    withdraws = models.OneToOneField(
        "self", models.RESTRICT, null=True, blank=True, related_name="withdrawn_by", verbose_name=_("retire")
    )
    amount_cents = models.BigIntegerField(_("montant (centimes)"), null=True, blank=True)
    reason = models.TextField(_("motif"), blank=True)
    facts = models.JSONField(_("mentions"))
    signatory = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("signataire"))
    signatory_name = models.CharField(_("nom du signataire"), max_length=200)
    signatory_role = models.CharField(_("qualité du signataire"), max_length=200)
    issued_at = models.DateTimeField(_("prise le"))
    key = models.UUIDField(_("clé"), default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(_("empreinte du PDF"), max_length=64)
    size = models.PositiveIntegerField(_("taille du PDF (octets)"))

    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        ordering: ClassVar = ["application", "issued_at", "id"]
        triggers: ClassVar = immutable()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "rank"], name="decision_rank_once"),
            models.CheckConstraint(
                name="decision_withdrawal_names_another",
                condition=Q(kind=Kind.WITHDRAWAL, withdraws__isnull=False)
                | (~Q(kind=Kind.WITHDRAWAL) & Q(withdraws=None)),
                violation_error_message=_("Un retrait, et lui seul, nomme la décision retirée."),
            ),
            models.CheckConstraint(
                name="decision_amount_positive",
                condition=Q(amount_cents=None) | Q(amount_cents__gt=0),
                violation_error_message=_("Le montant d’une décision est positif."),
            ),
            models.CheckConstraint(
                name="decision_signed",
                condition=~Q(signatory_name=""),
                violation_error_message=_("Une décision est signée d’un nom."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} – {self.get_kind_display()}"

    @property
    def path(self) -> str:
        """Where its PDF lies in the storage; it tells nothing of the file."""
        return f"decisions/{self.key.hex[:2]}/{self.key}.pdf"
