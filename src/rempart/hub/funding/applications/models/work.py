"""How those who instruct sort their work: coloured labels, views they keep, late files they let in."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.common.audit import tracked
from rempart.hub.funding.applications.models.application import Application
from rempart.hub.funding.calls.models import Call, Stage
from rempart.hub.territory.models import Region


class Colour(models.TextChoices):
    """The colours of a label; the word is always written beside."""

    GREY = "grey", _("gris")
    TEAL = "teal", _("sarcelle")
    OCHRE = "ochre", _("ocre")
    VIOLET = "violet", _("violet")
    BRICK = "brick", _("brique")
    GREEN = "green", _("vert")


class LabelQuerySet(models.QuerySet["Label"]):
    """Labels belong to a team."""

    def visible_to(self, user: Person) -> Self:
        """Return the labels of the region's team to the region, all of them to the nation, none to applicants."""
        scope = Scope.of(user)
        return self if scope.is_national else self.filter(region__in=list(scope.regions))


@tracked()
class Label(models.Model):
    """A coloured word put on files by a region's team, or by the nation's when it has no region."""

    name = models.CharField(_("nom"), max_length=40)
    colour = models.CharField(_("couleur"), max_length=8, choices=Colour, default=Colour.GREY)
    region = models.ForeignKey(
        Region, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("région")
    )

    objects: ClassVar = LabelQuerySet.as_manager()

    class Meta:
        verbose_name = _("étiquette")
        verbose_name_plural = _("étiquettes")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "name"],
                nulls_distinct=False,
                name="label_once_by_team",
                violation_error_message=_("Cette étiquette existe déjà."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A list of files as a person likes to see it: filters, columns, order."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name=_("propriétaire"))
    name = models.CharField(_("nom"), max_length=60)
    filters = models.JSONField(_("filtres"), default=dict, blank=True)
    columns = models.JSONField(_("colonnes"), default=list, blank=True)
    sort = models.CharField(_("tri"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("vue enregistrée")
        verbose_name_plural = _("vues enregistrées")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="view_name_once_by_person",
                violation_error_message=_("Vous avez déjà une vue de ce nom."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class LateDecision(models.Model):
    """A recorded decision that lets one file through a desk that is closed, until a date."""

    application = models.ForeignKey(
        Application, models.RESTRICT, related_name="late_decisions", verbose_name=_("dossier")
    )
    stage = models.CharField(_("guichet"), max_length=12, choices=Stage)
    until = models.DateTimeField(_("jusqu’au"))
    reason = models.TextField(_("motif"))
    decided_at = models.DateTimeField(_("décidé le"))
    decided_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("décidé par"))

    class Meta:
        verbose_name = _("décision de retard")
        verbose_name_plural = _("décisions de retard")
        ordering: ClassVar = ["application", "decided_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="late_until_after_decision",
                condition=Q(until__gt=F("decided_at")),
                violation_error_message=_("Le délai accordé finit après la décision."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.stage}"


class NumberSeries(models.Model):
    """The last number given to a file of a call; its row is locked while a number is taken, so none is skipped."""

    call = models.OneToOneField(Call, models.RESTRICT, primary_key=True, related_name="+", verbose_name=_("appel"))
    last = models.PositiveIntegerField(_("dernier numéro"), default=0)

    class Meta:
        verbose_name = _("série de numéros")
        verbose_name_plural = _("séries de numéros")
        ordering: ClassVar = ["call"]

    def __str__(self) -> str:
        return f"{self.call_id} {self.last}"
