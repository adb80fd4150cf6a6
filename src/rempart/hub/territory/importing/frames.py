"""The columns readers give and the database holds: all text, `""` for none, so that comparing is comparing words.

`line` is the place in the file, from 1: a line, or a record of the array `part` of a JSON file. A date is `YYYY-MM-DD`.
"""

from dataclasses import dataclass, field

import polars as pl

ENTITIES = ("finess", "name", "category", "department", "life", "closed_on", "status", "siren", "successor")
SITES = (
    "finess", "name", "category", "department", "life", "closed_on", "legal_entity", "siret", "commune", "commune_name",
)  # fmt: skip
GHTS = ("code", "name", "region", "life")
MEMBERS = ("ght", "legal_entity", "role")
FLAWS = ("file", "part", "line", "key", "reason", "value")


def schema(columns: tuple[str, ...]) -> dict[str, type[pl.DataType]]:
    """Return the schema of a frame of these columns; `line` is a number, the rest is text."""
    return {column: pl.Int64 if column == "line" else pl.String for column in columns}


def empty(columns: tuple[str, ...], *, placed: bool = True) -> pl.DataFrame:
    """Return a frame of these columns without a row; `placed` adds the line."""
    return pl.DataFrame(schema=schema((*columns, "line") if placed and "line" not in columns else columns))


@dataclass(frozen=True)
class Reading:
    """What one file or several say: the good records by table, and the flaws that kept others out.

    `complete` names the tables of which the file holds every open row, so that an absent one is closed. A table in
    `fills` only adds what is missing: a survey must not overrule the register. `as_of` is the day the file tells of.
    """

    source: str
    as_of: str
    entities: pl.DataFrame = field(default_factory=lambda: empty(ENTITIES))
    sites: pl.DataFrame = field(default_factory=lambda: empty(SITES))
    ghts: pl.DataFrame = field(default_factory=lambda: empty(GHTS))
    members: pl.DataFrame = field(default_factory=lambda: empty(MEMBERS))
    flaws: pl.DataFrame = field(default_factory=lambda: empty(FLAWS))
    complete: frozenset[str] = frozenset()
    fills: frozenset[str] = frozenset()
