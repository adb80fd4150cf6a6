"""The trail tables as the database holds them: which they are, and the canonical digest of each row."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import pghistory.models
from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from rempart.hub.common.clock import PARIS

KEY = "pgh_id"
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Trail:
    """One trail table and the business table it follows."""

    table: str
    columns: tuple[str, ...]
    live_table: str
    live_key: str
    live_columns: tuple[str, ...]


def trails() -> list[Trail]:
    """Return every trail table of the hub, in the order of their names."""
    found: list[Trail] = []
    for model in apps.get_models():
        if not issubclass(model, pghistory.models.Event) or model.pgh_tracked_model is None:
            continue
        columns = _columns(model)
        tracked: type[models.Model] = model.pgh_tracked_model
        found.append(
            Trail(
                table=model._meta.db_table,
                columns=columns,
                live_table=tracked._meta.db_table,
                live_key=str(tracked._meta.pk.column),
                live_columns=tuple(column for column in _columns(tracked) if column in columns),
            )
        )
    return sorted(found, key=lambda trail: trail.table)


def days_of(table: str, columns: Sequence[str], start: datetime, end: datetime) -> Iterator[tuple[date, bytes]]:
    """Yield each day of Paris on which `table` received rows in [start, end), with the leaves of its rows.

    Call it inside `canonical()`. A row's digest covers the named columns and the context (who, which page): JSON with
    its keys in PostgreSQL's order, without empty values.
    """
    query = sql.SQL(
        "SELECT (pgh_created_at AT TIME ZONE {zone})::date, pgh_id, sha256(convert_to(jsonb_strip_nulls("
        " to_jsonb(kept) || jsonb_build_object('context', context.metadata))::text, 'UTF8'))"
        " FROM (SELECT {columns} FROM {table} WHERE pgh_created_at >= %s AND pgh_created_at < %s) AS kept"
        " LEFT JOIN pghistory_context AS context ON context.id = kept.pgh_context_id ORDER BY 1, 2"
    ).format(
        zone=sql.Literal(PARIS.key),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier(table),
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, [start, end])
        rows = (row for batch in iter(lambda: cursor.fetchmany(BATCH), []) for row in batch)
        for day, of_day in groupby(rows, key=lambda row: row[0]):
            yield day, b"".join(key.to_bytes(8, "big") + bytes(digest) for _, key, digest in of_day)


def first_moment(table: str) -> datetime | None:
    """Return when `table` received its first row."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT min(pgh_created_at) FROM {}").format(sql.Identifier(table)))
        (moment,) = cursor.fetchone()
    return moment if isinstance(moment, datetime) else None


def columns_now(table: str) -> set[str]:
    """Return the columns of a table in the database; empty when there is no such table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0"
            " AND NOT attisdropped",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


@contextmanager
def canonical() -> Iterator[None]:
    """Make the database write values one way only, whatever the settings of the server: one moment, one snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, value in (("TimeZone", "UTC"), ("DateStyle", "ISO, YMD"), ("bytea_output", "hex")):
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        cursor.execute(
            "SELECT set_config('IntervalStyle', 'iso_8601', true), set_config('extra_float_digits', '1', true)"
        )
        yield


def _columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(sorted(str(field.column) for field in model._meta.concrete_fields))
