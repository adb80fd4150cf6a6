"""The ledger of an envelope: entries in double-entry book-keeping, to the cent, that nothing changes afterwards.

Money moves between five accounts: `funding` (where the envelope comes from; it is what lacks elsewhere), `available`,
`committed`, `paid` and `recovered`. What is paid is what was paid less what came back.
"""

from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.common.audit import tracked
from rempart.hub.common.immutable import immutable, never_emptied
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger import triggers


@tracked(exclude=("available_cents",))
class Envelope(models.Model):
    """The envelope of a call. `available_cents` is what its postings leave: the database keeps it, nobody writes it."""

    call = models.OneToOneField(Call, models.RESTRICT, related_name="envelope", verbose_name=_("appel"))
    opened_at = models.DateTimeField(_("ouverte le"))
    available_cents = models.BigIntegerField(_("disponible (centimes)"), default=0, editable=False)

    class Meta:
        verbose_name = _("enveloppe")
        verbose_name_plural = _("enveloppes")
        ordering: ClassVar = ["call"]
        triggers: ClassVar = [triggers.moved_by_postings(), never_emptied()]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="envelope_never_overcommitted",
                condition=Q(available_cents__gte=0),
                violation_error_message=_("L’enveloppe ne suffit pas."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.call)


class Kind(models.TextChoices):
    """Why money moved."""

    OPENING = "opening", _("ouverture de l’enveloppe")
    COMMITMENT = "commitment", _("engagement")
    RELEASE = "release", _("dégagement")
    PAYMENT = "payment", _("paiement")
    RECOVERY = "recovery", _("restitution d’un indu")


class EntryQuerySet(models.QuerySet["Entry"]):
    """The one door to entries for people."""

    def visible_to(self, user: Person) -> Self:
        """Return the entries of the files `user` may see, and the openings for the regions and the nation."""
        scope = Scope.of(user)
        if scope.is_empty:
            return self.none()
        files: Any = apps.get_model("applications", "Application")  # a room above: known by its name only
        seen = Q(application__in=files.objects.visible_to(user))
        return self.filter(seen | Q(application=None) if scope.is_national or scope.regions else seen)


@tracked()
class Entry(models.Model):
    """One movement of money: what kind, for which file, who and when. `by` is empty when a deadline did it."""

    envelope = models.ForeignKey(Envelope, models.RESTRICT, related_name="entries", verbose_name=_("enveloppe"))
    kind = models.CharField(_("nature"), max_length=10, choices=Kind)
    application = models.ForeignKey(
        "applications.Application",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="ledger_entries",
        verbose_name=_("dossier"),
    )
    by = models.ForeignKey(User, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("auteur"))
    at = models.DateTimeField(_("le"))
    reason = models.TextField(_("motif"), blank=True)

    objects: ClassVar = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("écriture")
        verbose_name_plural = _("écritures")
        ordering: ClassVar = ["envelope", "at", "id"]
        triggers: ClassVar = [triggers.of_its_call(), triggers.balanced("NEW.id"), *immutable()]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="entry_of_a_file_unless_opening",
                condition=Q(kind=Kind.OPENING, application=None)
                | (~Q(kind=Kind.OPENING) & Q(application__isnull=False)),
                violation_error_message=_("Seule l’ouverture d’une enveloppe n’a pas de dossier."),
            ),
            models.CheckConstraint(
                name="entry_kind_known",
                condition=Q(kind__in=Kind.values),
                violation_error_message=_("Cette nature d’écriture n’existe pas."),
            ),
            models.CheckConstraint(
                name="entry_back_has_reason",
                condition=~Q(kind__in=[Kind.RELEASE, Kind.RECOVERY]) | ~Q(reason=""),
                violation_error_message=_("Un dégagement et une restitution ont un motif."),
            ),
            models.UniqueConstraint(
                fields=["envelope"],
                condition=Q(kind=Kind.OPENING),
                name="envelope_opened_once",
                violation_error_message=_("Cette enveloppe est déjà ouverte."),
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(kind=Kind.PAYMENT),
                name="file_paid_once",
                violation_error_message=_("Ce dossier est déjà payé."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.kind} {self.at:%Y-%m-%d}"


class Account(models.TextChoices):
    """Where money stands."""

    FUNDING = "funding", _("dotation")
    AVAILABLE = "available", _("disponible")
    COMMITTED = "committed", _("engagé")
    PAID = "paid", _("payé")
    RECOVERED = "recovered", _("restitué")


@tracked()
class Posting(models.Model):
    """One line of an entry: so many cents into an account, or out of it when negative."""

    entry = models.ForeignKey(Entry, models.RESTRICT, related_name="postings", verbose_name=_("écriture"))
    account = models.CharField(_("compte"), max_length=9, choices=Account)
    cents = models.BigIntegerField(_("montant (centimes)"))

    class Meta:
        verbose_name = _("mouvement")
        verbose_name_plural = _("mouvements")
        ordering: ClassVar = ["entry", "id"]
        triggers: ClassVar = [triggers.takes_its_turn(), triggers.balanced("NEW.entry_id"), *immutable()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "account"], name="account_once_in_entry"),
            models.CheckConstraint(
                name="posting_moves_money",
                condition=~Q(cents=0),
                violation_error_message=_("Un mouvement n’est jamais nul."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.cents:+d}"
