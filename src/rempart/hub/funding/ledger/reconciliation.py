"""One line a file in the shape of an ARS commitment (the HAPI export that Helios reads), so that an ARS can compare.

Amounts come from the postings and from nothing else: "saisi" is what was committed less what was released, "validation
intermédiaire" what is still committed or was paid, "validation finale" what was paid, "notifié" what the file keeps of
it. What the hub does not know (PEP code, payer, delegation mode...) stays empty.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO, cast

from django.db.models import QuerySet

from rempart.hub.common.clock import paris_day
from rempart.hub.common.spreadsheet import safe_cell
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger.models import Account, Entry, Kind
from rempart.hub.territory.models import GhtMembership, GhtRole, LegalEntity

COLUMNS = (
    "ARS", "Code ARS", "Identifiant bénéficiaire", "Code PEP", "Bénéficiaire", "SIRET", "SIREN", "Département",
    "Type de bénéficiaire", "Catégorie", "Statut juridique", "Enveloppe", "Sous-enveloppe", "Mode de délégation",
    "Mesure niveau 1", "Mesure niveau 2", "Mesure niveau 3", "Action", "Payeur", "Numéro de notification", "Numéro EJ",
    "Numéro de projet", "Motif", "Numéro d’arrêté ou de convention", "Nature de l’acte", "Date de notification",
    "Montant saisi", "Montant en validation intermédiaire", "Montant en validation finale", "Montant notifié",
    "Campagne",
)  # fmt: skip
"""The columns of an ARS commitment, in its order."""


@dataclass(frozen=True, slots=True)
class Notification:
    """The document that told the beneficiary: its number, its kind (arrêté, convention), its day."""

    number: str
    kind: str
    at: datetime


def rows(
    call: Call, entries: "QuerySet[Entry]", notifications: Mapping[int, Notification] | None = None
) -> Iterator[tuple[str, ...]]:
    """Yield one line a file, as texts in the order of `COLUMNS`, sorted by region and number. Three queries.

    Args:
        call: the call to compare.
        entries: the entries to count: `Entry.objects.visible_to(user)`, or all of them for the platform's operator.
        notifications: what is known of the decision of each file, by the file's id.

    """
    of_call = entries.filter(envelope__call=call, application__isnull=False)
    found = of_call.select_related(
        "application__region", "application__ght", "application__legal_entity__department"
    ).prefetch_related("postings")
    files: dict[int, list[Entry]] = {}
    for entry in found.order_by("application__region__code", "application__number", "id"):
        files.setdefault(cast("int", entry.application_id), []).append(entry)
    supports = _supports()
    for pk, lines in files.items():
        notification = (notifications or {}).get(pk)
        yield _row(call, lines, supports, notification)


def write(file: TextIO, lines: Iterable[tuple[str, ...]]) -> int:
    """Write the export: separated by bars, every cell quoted, decimal points. Returns the number of lines written."""
    writer = csv.writer(file, delimiter="|", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for line in lines:
        writer.writerow([safe_cell(cell) for cell in line])
        count += 1
    return count


def _supports() -> dict[str, LegalEntity]:
    """Return the support establishment of each GHT: it receives the money of the group."""
    support = GhtMembership.objects.filter(role=GhtRole.SUPPORT, left_on=None)
    return {one.ght_id: one.legal_entity for one in support.select_related("legal_entity__department")}


def _row(
    call: Call, lines: list[Entry], supports: Mapping[str, LegalEntity], notification: Notification | None
) -> tuple[str, ...]:
    file: Any = lines[0].application
    beneficiary = file.legal_entity or supports.get(file.ght_id)
    cells = dict.fromkeys(COLUMNS, "")
    cells |= {
        "ARS": file.region.agency,
        "Code ARS": file.region.code,
        "Identifiant bénéficiaire": file.ght_id or file.legal_entity_id,
        "Bénéficiaire": str(file.applicant),
        "Type de bénéficiaire": file.get_kind_display(),
        "Enveloppe": call.code,
        "Mesure niveau 1": call.title,
        "Numéro de projet": file.number,
        "Motif": lines[-1].reason,
        "Campagne": str(paris_day(lines[0].at).year),
        **_amounts(lines),
    }
    if beneficiary is not None:
        cells |= {
            "Identifiant bénéficiaire": beneficiary.finess,
            "SIREN": beneficiary.siren,
            "Département": beneficiary.department_id,
            "Catégorie": beneficiary.category,
            "Statut juridique": str(beneficiary.get_status_display()),
        }
    if notification is not None:
        cells |= {
            "Numéro de notification": notification.number,
            "Numéro d’arrêté ou de convention": notification.number,
            "Nature de l’acte": notification.kind,
            "Date de notification": paris_day(notification.at).isoformat(),
        }
    return tuple(cells.values())


def _amounts(lines: list[Entry]) -> dict[str, str]:
    """Return the four amounts of a file, with a decimal point."""
    moved = [(entry.kind, posting.account, posting.cents) for entry in lines for posting in entry.postings.all()]
    committed = sum(cents for _, account, cents in moved if account == Account.COMMITTED)
    paid = sum(cents for kind, account, cents in moved if kind == Kind.PAYMENT and account == Account.PAID)
    kept = sum(cents for _, account, cents in moved if account == Account.PAID)
    entered = sum(
        cents
        for kind, account, cents in moved
        if account == Account.COMMITTED and kind in {Kind.COMMITMENT, Kind.RELEASE}
    )
    return {
        "Montant saisi": _decimal(entered),
        "Montant en validation intermédiaire": _decimal(committed + paid),
        "Montant en validation finale": _decimal(paid),
        "Montant notifié": _decimal(kept),
    }


def _decimal(cents: int) -> str:
    """Return `1234.56`; no amount of a file is negative."""
    return f"{cents // 100}.{cents % 100:02d}"
