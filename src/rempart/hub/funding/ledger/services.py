"""What moves the money of an envelope. Each service locks the envelope, checks, and posts, in one transaction.

Whoever decides calls these inside the transaction of the decision: both are kept, or neither.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.common.money import euros
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger.models import Account, Entry, Envelope, Kind, Posting
from rempart.hub.funding.ledger.selectors import FileBalances, file_balances


class File(Protocol):
    """What the ledger needs to know of a file."""

    pk: int
    call_id: str
    ceiling_cents: int | None
    eligible_cost_cents: int | None


@transaction.atomic
def open_envelope(call: Call, cents: int, *, by: User | None, at: datetime) -> Envelope:
    """Open the envelope of a call with so many cents.

    Raises:
        Refusal: `envelope_open` when the call has one, `amount_not_positive`.

    """
    _positive(cents)
    envelope, created = Envelope.objects.get_or_create(call=call, defaults={"opened_at": at})
    if not created:
        raise Refusal(_("L’enveloppe de cet appel est déjà ouverte."), "envelope_open")
    entry = Entry(envelope=envelope, kind=Kind.OPENING, by=by, at=at)
    _post(entry, {Account.FUNDING: -cents, Account.AVAILABLE: cents})
    envelope.refresh_from_db()
    return envelope


@transaction.atomic
def commit(application: File, *, by: User | None, at: datetime) -> Entry:
    """Commit the ceiling of a file on the envelope of its call.

    Raises:
        Refusal: `envelope_exhausted` when less is available, `already_committed`, `already_paid`, `no_ceiling`.

    """
    envelope, held = _locked(application)
    ceiling = application.ceiling_cents
    if not ceiling:
        raise Refusal(_("Ce dossier n’a pas de plafond : rien ne peut être engagé."), "no_ceiling")
    if held.committed:
        raise Refusal(_("Ce dossier est déjà engagé."), "already_committed")
    if held.was_paid:
        raise Refusal(_("Ce dossier est déjà payé."), "already_paid")
    if ceiling > envelope.available_cents:
        raise Refusal(
            filled(
                _("Il reste %(left)s dans l’enveloppe : ce dossier demande %(asked)s."),
                left=euros(envelope.available_cents),
                asked=euros(ceiling),
            ),
            "envelope_exhausted",
            _("Libérez un engagement ou attendez un dégagement, puis recommencez."),
        )
    moves = {Account.AVAILABLE: -ceiling, Account.COMMITTED: ceiling}
    return _post(Entry(envelope=envelope, application_id=application.pk, kind=Kind.COMMITMENT, by=by, at=at), moves)


@transaction.atomic
def release(application: File, *, by: User | None, at: datetime, reason: str) -> Entry:
    """Give the commitment of a file back to the envelope.

    Raises:
        Refusal: `nothing_committed`, `reason_needed`.

    """
    _reasoned(reason)
    envelope, held = _locked(application)
    _committed(held)
    moves = {Account.COMMITTED: -held.committed, Account.AVAILABLE: held.committed}
    return _post(
        Entry(envelope=envelope, application_id=application.pk, kind=Kind.RELEASE, by=by, at=at, reason=reason), moves
    )


@transaction.atomic
def pay(application: File, cents: int, *, by: User | None, at: datetime) -> Entry:
    """Pay a file; what was committed beyond the payment goes back to the envelope at once.

    At most the smaller of the real eligible cost and the ceiling (arrêté of the call: the subsidy never exceeds what
    was spent).

    Raises:
        Refusal: `above_due`, `nothing_committed`, `no_eligible_cost`, `amount_not_positive`.

    """
    _positive(cents)
    envelope, held = _locked(application)
    _committed(held)
    if application.eligible_cost_cents is None:
        raise Refusal(_("Le coût réel éligible de ce dossier n’est pas connu."), "no_eligible_cost")
    due = min(application.eligible_cost_cents, application.ceiling_cents or 0, held.committed)
    if cents > due:
        raise Refusal(
            filled(
                _("Ce paiement dépasse ce qui est dû (le coût réel éligible, dans la limite du plafond) : %(due)s."),
                due=euros(due),
            ),
            "above_due",
        )
    moves = {Account.COMMITTED: -held.committed, Account.PAID: cents, Account.AVAILABLE: held.committed - cents}
    return _post(Entry(envelope=envelope, application_id=application.pk, kind=Kind.PAYMENT, by=by, at=at), moves)


@transaction.atomic
def recover(application: File, cents: int, *, by: User | None, at: datetime, reason: str) -> Entry:
    """Take back what was paid and not due. It does not go back to the envelope.

    Raises:
        Refusal: `above_paid`, `amount_not_positive`, `reason_needed`.

    """
    _positive(cents)
    _reasoned(reason)
    envelope, held = _locked(application)
    if cents > held.paid:
        raise Refusal(
            filled(_("On ne peut reprendre que ce qui a été payé : %(paid)s."), paid=euros(held.paid)), "above_paid"
        )
    moves = {Account.PAID: -cents, Account.RECOVERED: cents}
    return _post(
        Entry(envelope=envelope, application_id=application.pk, kind=Kind.RECOVERY, by=by, at=at, reason=reason), moves
    )


def _locked(application: File) -> tuple[Envelope, FileBalances]:
    """Return the envelope of a file's call, locked until the end of the transaction, and what the file holds."""
    envelope = Envelope.objects.select_for_update(of=("self",)).filter(call_id=application.call_id).first()
    if envelope is None:
        raise Refusal(_("L’appel de ce dossier n’a pas d’enveloppe ouverte."), "no_envelope")
    return envelope, file_balances(application.pk)


def _post(entry: Entry, moves: Mapping[Account, int]) -> Entry:
    """Save an entry with the postings that move money between accounts."""
    entry.save(force_insert=True)
    Posting.objects.bulk_create(
        [Posting(entry=entry, account=account, cents=cents) for account, cents in moves.items() if cents]
    )
    return entry


def _positive(cents: int) -> None:
    if cents <= 0:
        raise Refusal(_("Un montant est positif."), "amount_not_positive")


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise Refusal(_("Donnez un motif."), "reason_needed")


def _committed(held: FileBalances) -> None:
    if not held.committed:
        raise Refusal(_("Rien n’est engagé pour ce dossier."), "nothing_committed")
