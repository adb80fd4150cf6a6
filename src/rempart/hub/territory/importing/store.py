"""The database side of an import: tables are read as columns, a plan is written in a handful of statements."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from django.db import connection
from psycopg import sql

from rempart.hub.territory.importing.compare import TABLES, Frames, Plan
from rempart.hub.territory.importing.frames import MEMBERS, schema

LOCK = 0x7E3317
"""The advisory lock of imports: two at once would compare with what the other is writing."""


@dataclass(frozen=True)
class Table:
    """A table of the database and how its columns are named in frames; `optional` ones are NULL where frames say ""."""

    name: str
    key: str
    columns: dict[str, str]
    optional: frozenset[str] = frozenset()


_STRUCTURE = {name: name for name in ("finess", "name", "category", "life", "closed_on")} | {
    "department": "department_id"
}
STORES = {
    "entities": Table(
        "territory_legalentity",
        "finess",
        _STRUCTURE | {"status": "status", "siren": "siren", "successor": "successor_id"},
        frozenset({"closed_on", "successor"}),
    ),
    "sites": Table(
        "territory_site",
        "finess",
        _STRUCTURE
        | {"legal_entity": "legal_entity_id"}
        | {name: name for name in ("siret", "commune", "commune_name")},
        frozenset({"closed_on"}),
    ),
    "ghts": Table("territory_ght", "code", {"code": "code", "name": "name", "region": "region_id", "life": "life"}),
}


def current() -> Frames:
    """Return the tables of the territory in columns; of memberships, those of today."""
    frames = {name: copy_out(_selection(name), TABLES[name][0]) for name in STORES}
    members = sql.SQL("SELECT ght_id, legal_entity_id, role FROM territory_ghtmembership WHERE left_on IS NULL")
    return frames | {"members": copy_out(members, MEMBERS)}


def lock() -> None:
    """Wait for the end of any other import, and hold others back until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def write(plan: Plan) -> None:
    """Write a plan: entities, sites, groups, then memberships, those that end before those that begin."""
    for name, change in plan.tables.items():
        if len(change.created):
            _insert(STORES[name], copy_in(change.created))
        if len(change.updated):
            _update(STORES[name], copy_in(change.updated))
    if len(plan.left):
        _leave(copy_in(plan.left), plan.reading.as_of)
    if len(plan.joined):
        _join(copy_in(plan.joined))


def _selection(name: str) -> sql.Composable:
    store = STORES[name]
    columns = [
        sql.SQL("coalesce({}::text, '')").format(sql.Identifier(store.columns[column])) for column in TABLES[name][0]
    ]
    return sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(columns), sql.Identifier(store.name))


def copy_out(query: sql.Composable, columns: tuple[str, ...]) -> pl.DataFrame:
    """Return what a query selects, as text, under these names; NULL comes as the empty string."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)
    with connection.cursor() as cursor, cursor.copy(statement) as rows:
        content = b"".join(bytes(row) for row in rows)
    if not content:
        return pl.DataFrame(schema=schema(columns))
    frame = pl.read_csv(io.BytesIO(content), has_header=False, new_columns=list(columns), infer_schema=False)
    return frame.with_columns(pl.all().fill_null(""))


def copy_in(frame: pl.DataFrame) -> list[str]:
    """Copy a frame to the temporary table `incoming`, all text; return its columns."""
    columns = frame.columns
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming")
        described = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(column)) for column in columns)
        _run(sql.SQL("CREATE TEMPORARY TABLE incoming ({}) ON COMMIT DROP").format(described))
        with cursor.copy("COPY incoming FROM STDIN (FORMAT csv)") as copy:
            copy.write(frame.write_csv(include_header=False).encode())
        cursor.execute("ANALYZE incoming")
    return columns


def _run(statement: sql.Composable) -> None:
    """Execute a statement as text, which the audit trail’s wrapper reads."""
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.cursor))


def _value(store: Table, column: str) -> sql.Composable:
    value: sql.Composable = sql.SQL("incoming.{}").format(sql.Identifier(column))
    if column in store.optional:
        value = sql.SQL("nullif({}, '')").format(value)
    return sql.SQL("{}::date").format(value) if column == "closed_on" else value


def _insert(store: Table, columns: Iterable[str]) -> None:
    columns = list(columns)
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM incoming").format(
        sql.Identifier(store.name),
        sql.SQL(", ").join(sql.Identifier(store.columns[column]) for column in columns),
        sql.SQL(", ").join(_value(store, column) for column in columns),
    )
    _run(statement)


def _update(store: Table, columns: Iterable[str]) -> None:
    changes = [
        sql.SQL("{} = {}").format(sql.Identifier(store.columns[column]), _value(store, column))
        for column in columns
        if column != store.key
    ]
    statement = sql.SQL("UPDATE {} SET {} FROM incoming WHERE {} = incoming.{}").format(
        sql.Identifier(store.name),
        sql.SQL(", ").join(changes),
        sql.Identifier(store.name, store.key),
        sql.Identifier(store.key),
    )
    _run(statement)


def _leave(columns: list[str], day: str) -> None:
    del columns
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE territory_ghtmembership SET left_on = %s FROM incoming "
            "WHERE left_on IS NULL AND ght_id = incoming.ght AND legal_entity_id = incoming.legal_entity",
            [day],
        )


def _join(columns: list[str]) -> None:
    del columns
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO territory_ghtmembership (ght_id, legal_entity_id, role) "
            "SELECT ght, legal_entity, role FROM incoming"
        )
