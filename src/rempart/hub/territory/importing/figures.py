"""Small tables people prepare: figures by FINESS number, in CSV with a header, separated by `;` or `,`.

The national formula of the combined activity (activité combinée) is not public: the figure is imported, never computed.
"""

from pathlib import Path

import polars as pl

from rempart.hub.territory.importing.flaws import Rule, sift
from rempart.hub.territory.importing.reader import load
from rempart.hub.territory.importing.survey import table
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

ACTIVITY = ("finess", "annee", "activite")
CENTS = pl.Decimal(16, 2)
_NUMBER = r"^[0-9]+(\.[0-9]+)?$"
_LARGEST = 12
"""Digits before the point: what the database holds."""


def columns(path: Path, names: tuple[str, ...]) -> pl.DataFrame:
    """Return the named columns of a table, in text, with the `line` of each row.

    Raises:
        InputError: it cannot be read, or lacks a column.

    """
    text = load(path)
    head = text.split("\n", 1)[0]
    rows = table(text, path.name, ";" if ";" in head else ",")
    rows = rows.rename({column: column.strip().lower() for column in rows.columns})
    missing = [name for name in names if name not in rows.columns]
    if missing:
        listed = ", ".join(missing)
        raise InputError(
            Text(fr=f"colonnes absentes : {listed}", en=f"missing columns: {listed}"),
            path.name,
            Text(fr=f"L’en-tête doit être {';'.join(names)}.", en=f"The header must be {';'.join(names)}."),
        )
    return rows.select(*names, "line")


def amount(column: str) -> pl.Expr:
    """Return numbers as a machine writes them: without spaces or sign of currency, with a point."""
    bare = pl.col(column).str.replace_all(r"[\s\u{a0}\u{202f}€]", "")
    return (
        pl.when(bare.str.contains(",", literal=True)).then(bare.str.replace_all(",", ".", literal=True)).otherwise(bare)
    )


def not_a_number(column: str) -> Rule:
    """Return the rule that keeps out what is no number of a size the database holds."""
    whole = pl.col(column).str.split(".").list.first().str.len_chars()
    return Rule("amount", ~pl.col(column).str.contains(_NUMBER) | (whole > _LARGEST), pl.col(column))


def activities(path: Path, entities: pl.Series, sites: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the activities of a table (`finess`, `kind` of structure, `year`, `combined`), and its flaws.

    Args:
        path: a CSV of `finess`, `annee`, `activite`.
        entities: the FINESS numbers of the known legal entities.
        sites: those of the known sites.

    """
    rows = columns(path, ACTIVITY).with_columns(activite=amount("activite"))
    kind = (
        pl.when(pl.col("finess").is_in(entities.implode()))
        .then(pl.lit("legal_entity"))
        .when(pl.col("finess").is_in(sites.implode()))
        .then(pl.lit("site"))
    )
    rules = [
        Rule("structure", pl.col("kind").is_null(), pl.col("finess")),
        Rule("year", ~pl.col("annee").str.contains(r"^20[0-9]{2}$"), pl.col("annee")),
        not_a_number("activite"),
        Rule("twice", ~pl.struct("finess", "annee").is_first_distinct(), pl.col("finess")),
    ]
    good, flaws = sift(rows.with_columns(kind=kind), rules, file=path.name, key="finess")
    return good.select(
        "finess", "kind", year="annee", combined=pl.col("activite").cast(pl.Decimal(18, 4)).round(2).cast(CENTS)
    ), flaws
