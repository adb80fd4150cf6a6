"""What the ledger says: balances of an envelope, of a file, and the statement of account. All amounts are cents."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.db.models import QuerySet, Sum

from rempart.hub.accounts.scope import Person
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger.models import Account, Entry, Kind, Posting


@dataclass(frozen=True, slots=True)
class Balances:
    """An envelope: `envelope` = `available` + `committed` + `paid` + `recovered`; `paid` is net of what came back."""

    envelope: int = 0
    available: int = 0
    committed: int = 0
    paid: int = 0
    recovered: int = 0


@dataclass(frozen=True, slots=True)
class FileBalances:
    """A file: what is committed now, what it keeps of its payment, and what it gave back."""

    committed: int = 0
    paid: int = 0
    recovered: int = 0

    @property
    def was_paid(self) -> bool:
        """Whether the file ever received money."""
        return self.paid + self.recovered > 0


def balances(call: Call | str) -> Balances:
    """Return the balances of a call's envelope; all zero when it has none. One query."""
    code = call if isinstance(call, str) else call.pk
    sums = _sums(Posting.objects.filter(entry__envelope__call=code)).get(None, {})
    return Balances(
        envelope=-sums.pop(Account.FUNDING, 0), **{Account(name).value: cents for name, cents in sums.items()}
    )


def committed_in_all(call: Call | str) -> int:
    """Return the sum of all commitments ever made on a call's envelope, whatever became of them since. One query."""
    code = call if isinstance(call, str) else call.pk
    made = Posting.objects.filter(
        entry__envelope__call=code, entry__kind=Kind.COMMITMENT, account=Account.COMMITTED
    ).aggregate(total=Sum("cents"))
    return made["total"] or 0


def file_balances(application_id: int) -> FileBalances:
    """Return what one file holds. One query."""
    return balances_of_files([application_id]).get(application_id, FileBalances())


def balances_of_files(application_ids: Iterable[int]) -> dict[int, FileBalances]:
    """Return what each of these files holds; files without any entry are left out. One query."""
    postings = Posting.objects.filter(entry__application__in=list(application_ids)).exclude(account=Account.AVAILABLE)
    sums = cast("dict[int, dict[str, int]]", _sums(postings, "entry__application"))
    return {pk: FileBalances(**of_file) for pk, of_file in sums.items()}


def balances_by(call: Call | str, field: str) -> dict[object, FileBalances]:
    """Return the sums of a call's files by one of their fields (`region`, `kind`). One query."""
    code = call if isinstance(call, str) else call.pk
    postings = Posting.objects.filter(entry__envelope__call=code, entry__application__isnull=False)
    grouped = _sums(postings.exclude(account=Account.AVAILABLE), f"entry__application__{field}")
    return {key: FileBalances(**sums) for key, sums in grouped.items()}


def statement(call: Call | str, user: Person) -> QuerySet[Entry]:
    """Return the entries of a call that `user` may see, oldest first, with their postings. Two queries."""
    code = call if isinstance(call, str) else call.pk
    entries: QuerySet[Entry] = Entry.objects.visible_to(user)
    return (
        entries.filter(envelope__call=code)
        .select_related("application__ght", "application__legal_entity", "by")
        .prefetch_related("postings")
        .order_by("at", "id")
    )


def _sums(postings: QuerySet[Posting], field: str | None = None) -> dict[object, dict[str, int]]:
    """Return cents by account, by a field of the file when one is named (else under None)."""
    names = ("account",) if field is None else (field, "account")
    found: dict[object, dict[str, int]] = {}
    for *key, account, cents in postings.order_by().values_list(*names).annotate(cents=Sum("cents")):
        found.setdefault(key[0] if key else None, {})[account] = int(cents)
    return found
