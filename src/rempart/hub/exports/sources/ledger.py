"""The money: the entries of envelopes, and the comparison of commitments in the shape that an ARS knows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.exports.sources.base import Cell, Column, Filters, Source, euros_of
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger.models import Account, Entry
from rempart.hub.funding.ledger.reconciliation import COLUMNS, rows

CHUNK = 500


def calls_of(filters: Filters) -> list[str]:
    """Return the calls a filter names; none is all of them."""
    asked = filters.get("call") or ()
    return [str(asked)] if isinstance(asked, str) else [str(code) for code in asked]  # type: ignore[attr-defined]


def _moved(account: Account) -> Callable[[Entry], Cell]:
    def cents(entry: Entry) -> Cell:
        return euros_of(sum(posting.cents for posting in entry.postings.all() if posting.account == account))

    return cents


def _applicant(entry: Entry) -> str:
    return entry.application.applicant.name if entry.application else ""


class OfCalls(Source):
    """Money of some calls, for the regions and the nation: nobody else compares envelopes."""

    def allows(self, scope: Scope) -> bool:
        """Say yes to the regions and the nation."""
        return scope.is_national or bool(scope.regions)

    def clean(self, user: User, filters: Filters) -> dict[str, object]:
        """Keep the calls, when they exist.

        Raises:
            Refusal: a call that does not.

        """
        del user  # which calls exist is public
        asked = calls_of(filters)
        found = set(Call.objects.filter(code__in=asked).values_list("code", flat=True))
        if missing := [code for code in asked if code not in found]:
            raise Refusal(filled(_("L’appel « %(code)s » n’existe pas."), code=missing[0][:30]), "unknown_call")
        return {"call": asked} if asked else {}

    def _entries(self, user: User, filters: Filters) -> "QuerySet[Entry]":
        entries: QuerySet[Entry] = Entry.objects.visible_to(user)
        calls = calls_of(filters)
        return entries.filter(envelope__call__in=calls) if calls else entries


class Ledger(OfCalls):
    """One row an entry, with what it moved in each account."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("call", _("appel"), lambda entry: entry.envelope.call_id),
        Column("at", _("date"), lambda entry: entry.at),
        Column("kind", _("nature"), lambda entry: entry.get_kind_display()),
        Column("number", _("dossier"), lambda entry: entry.application.number if entry.application else ""),
        Column("applicant", _("candidat"), _applicant),
        Column("available", _("disponible (€)"), _moved(Account.AVAILABLE)),
        Column("committed", _("engagé (€)"), _moved(Account.COMMITTED)),
        Column("paid", _("payé (€)"), _moved(Account.PAID)),
        Column("recovered", _("restitué (€)"), _moved(Account.RECOVERED)),
        Column("by", _("auteur"), lambda entry: str(entry.by or _("échéance"))),
        Column("reason", _("motif"), lambda entry: entry.reason),
    )

    def count(self, user: User, filters: Filters) -> int:
        """Count the entries."""
        return self._entries(user, filters).count()

    def rows(self, user: User, filters: Filters) -> Iterator[Entry]:
        """Yield the entries, oldest first."""
        entries = self._entries(user, filters).select_related(
            "envelope", "by", "application__ght", "application__legal_entity"
        )
        return entries.prefetch_related("postings").order_by("at", "pk").iterator(chunk_size=CHUNK)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the comparison and the file it speaks of."""

    cells: tuple[str, ...]
    application_id: int | None


def _at(place: int, title: str) -> Callable[[Line], Cell]:
    if title.startswith("Montant"):
        return lambda line: Decimal(line.cells[place] or 0)
    return lambda line: line.cells[place]


class Reconciliation(OfCalls):
    """One row a file, in the columns of an ARS commitment."""

    columns: ClassVar[tuple[Column, ...]] = tuple(
        Column(f"c{place:02d}", title, _at(place, title)) for place, title in enumerate(COLUMNS)
    )

    def count(self, user: User, filters: Filters) -> int:
        """Count the files that hold an entry."""
        return self._entries(user, filters).exclude(application=None).values("application").distinct().count()

    def rows(self, user: User, filters: Filters) -> Iterator[Line]:
        """Yield the lines, call by call."""
        entries = self._entries(user, filters)
        calls = Call.objects.filter(envelope__entries__in=entries).distinct().order_by("code")
        files = dict(Application.objects.filter(ledger_entries__in=entries).values_list("number", "pk"))
        place = COLUMNS.index("Numéro de projet")
        return (Line(cells, files.get(cells[place])) for call in calls for cells in rows(call, entries))
