"""Sealing: each night, the days that ended are digested and chained."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection

from rempart.hub.common.clock import paris_day, start_of
from rempart.hub.journal.models import JournalDay, TableSeal
from rempart.hub.journal.trails import canonical, days_of, first_moment, trails

LOCK = 0x6A6F75726E
"""The advisory lock of sealing: two nights never seal at once."""


def seal(*, at: datetime) -> list[JournalDay]:
    """Seal every day that ended before `at` and is not sealed, in order; returns them. Doing it twice does nothing."""
    with canonical():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        last = JournalDay.objects.last()
        first = last.day + timedelta(days=1) if last else _first_day()
        end = paris_day(at)
        if first is None or first >= end:
            return []
        seals = _seals(start_of(first), start_of(end))
        sealed = []
        for offset in range((end - first).days):
            day = first + timedelta(days=offset)
            last = _seal_day(day, last.digest if last else "", seals[day], at)
            sealed.append(last)
        return sealed


def digest_of_day(day: date, previous: str, seals: Iterable[TableSeal]) -> str:
    """Return the SHA-256 of a day: canonical JSON of the day, the digest before, each table's columns and digest."""
    tables = {seal.table: [seal.count, seal.columns, seal.digest] for seal in seals}
    content = {"day": day.isoformat(), "previous": previous, "tables": tables}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def digest_of_table(leaves: bytes) -> str:
    """Return the SHA-256 of a table's day."""
    return hashlib.sha256(leaves).hexdigest()


def _first_day() -> date | None:
    moments = [moment for trail in trails() if (moment := first_moment(trail.table))]
    return paris_day(min(moments)) if moments else None


def _seals(start: datetime, end: datetime) -> dict[date, list[TableSeal]]:
    """Return the seals of all tables by day, not saved."""
    seals: dict[date, list[TableSeal]] = defaultdict(list)
    for trail in trails():
        for day, leaves in days_of(trail.table, trail.columns, start, end):
            seals[day].append(
                TableSeal(
                    table=trail.table,
                    columns=list(trail.columns),
                    count=len(leaves) // 40,
                    digest=digest_of_table(leaves),
                    leaves=leaves,
                )
            )
    return seals


def _seal_day(day: date, previous: str, seals: list[TableSeal], at: datetime) -> JournalDay:
    sealed = JournalDay.objects.create(
        day=day, previous=previous, digest=digest_of_day(day, previous, seals), sealed_at=at
    )
    for one in seals:
        one.day = sealed
    TableSeal.objects.bulk_create(seals)
    return sealed
