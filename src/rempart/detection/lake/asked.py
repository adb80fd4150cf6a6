"""What the person says of the lake: its dialect, its table, and how its columns hold the events."""

from dataclasses import dataclass
from enum import StrEnum

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text


class Dialect(StrEnum):
    """The dialects of SQL that queries are written in."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    CLICKHOUSE = "clickhouse"


@dataclass(frozen=True)
class Asked:
    """The lake.

    Attributes:
        dialect: its SQL.
        table: the table of events; its columns bear the native names of fields, and hold text (NULL: absent).
        source: the one source to look at, when the rule looks at several and the table holds one.
        columns: the columns that the table has; a field that is not among them is absent. None: it has them all.
        lists: the columns that hold a list of texts.
        time: the column of the moment, a timestamp in UTC.
        text: the column of the whole text of an event, for rules of keywords.

    """

    dialect: Dialect
    table: str = "events"
    source: str | None = None
    columns: frozenset[str] | None = None
    lists: frozenset[str] = frozenset()
    time: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Query:
    """A query.

    Attributes:
        sql: its text.
        notes: what it takes for granted of the table.

    """

    sql: str
    notes: tuple[Text, ...] = ()


def impossible(fr: str, en: str, where: str, advice: Text | None = None) -> InputError:
    """Return the error of a rule that cannot be written in SQL."""
    return InputError(Text(fr=f"impossible en SQL : {fr}", en=f"impossible in SQL: {en}"), where, advice)
