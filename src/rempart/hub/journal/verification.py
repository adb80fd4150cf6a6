"""Verifying the journal: every sealed row is digested again, and what differs is named.

Three questions: does the chain of days hold, does each trail row still say what it said, and does each business row
still say what its last trace says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from django.db import connection
from psycopg import sql

from rempart.hub.common.clock import start_of
from rempart.hub.journal.models import JournalDay, TableSeal
from rempart.hub.journal.services import digest_of_day, digest_of_table
from rempart.hub.journal.trails import Trail, canonical, columns_now, days_of, trails

LEAF = 40


class Fault(StrEnum):
    """What is wrong."""

    ALTERED = "altered"
    REMOVED = "removed"
    ADDED = "added"
    SEAL = "seal"
    CHAIN = "chain"
    KEPT = "kept"
    LIVE_ALTERED = "live_altered"
    LIVE_REMOVED = "live_removed"
    LIVE_ADDED = "live_added"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where it is. `key` is the primary key of the row, as the table writes it."""

    fault: Fault
    day: date | None = None
    table: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at and what was found."""

    days: int
    rows: int
    findings: tuple[Finding, ...]


def verify(kept: Mapping[date, str] | None = None) -> Verification:
    """Recompute the journal.

    Args:
        kept: digests by day that were exported and kept elsewhere; they must be those of the database.

    """
    with canonical():
        days = list(JournalDay.objects.order_by("day"))
        seals = list(TableSeal.objects.defer("leaves").order_by("table", "day_id"))
        findings = [*_chain(days, seals), *_kept(days, kept or {}), *_rows(days, seals)]
        for trail in trails():
            findings += _live(trail)
        return Verification(len(days), sum(seal.count for seal in seals), tuple(findings))


def _chain(days: Sequence[JournalDay], seals: Sequence[TableSeal]) -> Iterator[Finding]:
    """Yield the days whose digest or place in the chain is wrong."""
    by_day: dict[date, list[TableSeal]] = {}
    for seal in seals:
        by_day.setdefault(seal.day_id, []).append(seal)
    previous, expected = "", None
    for day in days:
        late = expected is not None and day.day != expected
        if late or day.previous != previous or day.digest != digest_of_day(day.day, previous, by_day.get(day.day, [])):
            yield Finding(Fault.CHAIN, day.day)
        previous, expected = day.digest, day.day + timedelta(days=1)


def _kept(days: Sequence[JournalDay], kept: Mapping[date, str]) -> Iterator[Finding]:
    """Yield the days that differ from the digests kept elsewhere."""
    digests = {day.day: day.digest for day in days}
    for day, digest in sorted(kept.items()):
        if digests.get(day) != digest:
            yield Finding(Fault.KEPT, day)


def _rows(days: Sequence[JournalDay], seals: Sequence[TableSeal]) -> Iterator[Finding]:
    """Yield the trail rows that changed since they were sealed, table by table."""
    if not days:
        return
    by_table = {table: list(group) for table, group in groupby(seals, key=lambda seal: seal.table)}
    known = {trail.table: trail.columns for trail in trails()}
    for table in sorted(by_table.keys() | known.keys()):
        yield from _table(table, known.get(table, ()), by_table.get(table, []), days[-1].day)


def _table(table: str, columns: Sequence[str], seals: Sequence[TableSeal], last: date) -> Iterator[Finding]:
    """Compare one table with its seals; days sealed with other columns are digested with those."""
    present = columns_now(table)
    shapes = {tuple(seal.columns) for seal in seals} | ({tuple(columns)} if columns else set())
    sealed = {seal.day_id: seal for seal in seals}
    seen: set[date] = set()
    for shape in sorted(shapes):
        if not set(shape) <= present:
            continue
        for day, leaves in days_of(table, shape, start_of(date(1970, 1, 1)), start_of(last + timedelta(days=1))):
            seal = sealed.get(day)
            if seal is None:
                if shape == tuple(columns):
                    yield from (Finding(Fault.ADDED, day, table, str(key)) for key in _leaves(leaves))
            elif tuple(seal.columns) == shape:
                seen.add(day)
                yield from _day(seal, leaves)
    for day in sorted(sealed.keys() - seen):
        yield from (Finding(Fault.REMOVED, day, table, str(key)) for key in _leaves(bytes(sealed[day].leaves)))


def _day(seal: TableSeal, leaves: bytes) -> Iterator[Finding]:
    """Compare the rows of one day; the kept leaves are read only when something differs."""
    if digest_of_table(leaves) == seal.digest and len(leaves) == seal.count * LEAF:
        if digest_of_table(bytes(seal.leaves)) != seal.digest:
            yield Finding(Fault.SEAL, seal.day_id, seal.table)
        return
    kept = bytes(seal.leaves)
    if digest_of_table(kept) != seal.digest:
        yield Finding(Fault.SEAL, seal.day_id, seal.table)
    before, now = _leaves(kept), _leaves(leaves)
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key):
            fault = Fault.ADDED if key not in before else Fault.REMOVED if key not in now else Fault.ALTERED
            yield Finding(fault, seal.day_id, seal.table, str(key))


def _leaves(blob: bytes) -> dict[int, bytes]:
    return {
        int.from_bytes(blob[at : at + 8], "big", signed=False): blob[at + 8 : at + LEAF]
        for at in range(0, len(blob), LEAF)
    }


def _live(trail: Trail) -> Iterator[Finding]:
    """Yield the business rows that do not say what their last trace says: something wrote past the triggers."""
    columns = [sql.Identifier(column) for column in trail.live_columns]
    query = sql.SQL(
        "SELECT coalesce(live.{key}::text, last.pgh_obj_id::text),"
        " CASE WHEN live.{key} IS NULL THEN 'live_removed' WHEN last.pgh_obj_id IS NULL THEN 'live_added'"
        " ELSE 'live_altered' END"
        " FROM {live} AS live FULL JOIN (SELECT * FROM (SELECT DISTINCT ON (pgh_obj_id) * FROM {trail}"
        " ORDER BY pgh_obj_id, pgh_id DESC) AS latest WHERE pgh_label <> 'delete') AS last"
        " ON last.pgh_obj_id = live.{key}"
        " WHERE live.{key} IS NULL OR last.pgh_obj_id IS NULL OR ROW({lives}) IS DISTINCT FROM ROW({lasts}) ORDER BY 1"
    ).format(
        key=sql.Identifier(trail.live_key),
        live=sql.Identifier(trail.live_table),
        trail=sql.Identifier(trail.table),
        lives=sql.SQL(", ").join(sql.SQL("live.") + column for column in columns),
        lasts=sql.SQL(", ").join(sql.SQL("last.") + column for column in columns),
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        for key, fault in cursor.fetchall():
            yield Finding(Fault(fault), None, trail.live_table, key)
