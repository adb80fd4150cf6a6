"""`rempart detection export-sql`: one rule as SQL, to hunt in a lake that only speaks SQL."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.detection.lake import Asked, Dialect, query
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.load import load
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.text import Text

HELP = say(
    "Écrire une règle en SQL, pour chercher dans l'entrepôt de journaux de quelqu'un d'autre.",
    "Write a rule as SQL, to hunt in somebody else's lake of logs.",
)

RuleArgument = Annotated[
    Path, typer.Argument(help=say("Fichier de la règle.", "File of the rule."), show_default=False)
]
DialectOption = Annotated[Dialect, typer.Option("--dialect", help=say("SQL de l'entrepôt.", "SQL of the lake."))]
TableOption = Annotated[str, typer.Option("--table", help=say("Table des événements.", "Table of events."))]
SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source",
        help=say(
            "La seule source que contient la table, par exemple windows/sysmon.",
            "The one source the table holds, windows/sysmon for instance.",
        ),
    ),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option(
        "--columns",
        help=say(
            "Colonnes de la table, séparées par des virgules ; les autres champs sont absents.",
            "Columns of the table, between commas; other fields are absent.",
        ),
    ),
]
ListsOption = Annotated[
    str | None,
    typer.Option(
        "--lists", help=say("Colonnes qui portent des listes de textes.", "Columns that hold lists of texts.")
    ),
]
TimeOption = Annotated[
    str | None, typer.Option("--time", help=say("Colonne de l'heure (UTC).", "Column of the moment (UTC)."))
]
TextOption = Annotated[
    str | None,
    typer.Option(
        "--text", help=say("Colonne du texte entier de l'événement.", "Column of the whole text of an event.")
    ),
]


def export_sql_command(
    rule: RuleArgument,
    dialect: DialectOption = Dialect.DUCKDB,
    table: TableOption = "events",
    source: SourceOption = None,
    columns: ColumnsOption = None,
    lists: ListsOption = None,
    time: TimeOption = None,
    text: TextOption = None,
) -> None:
    """Print the query of a rule; what it takes for granted of the table goes to the error output."""
    compiled = load([rule])
    if compiled.refusals:
        refused = compiled.refusals[0]
        raise InputError(refused.reason, refused.path)
    known = None if columns is None else _names(columns)
    asked = Asked(dialect, table, source, known, _names(lists or ""), time, text)
    wanted = [number for number in range(len(compiled.rules) + len(compiled.correlations)) if _alone(compiled, number)]
    if not wanted:
        raise InputError(Text(fr="aucune règle ici", en="no rule here"), str(rule))
    queries = [query(compiled, number, asked) for number in wanted]
    for one in queries:
        for note in one.notes:
            typer.echo(note.say(LANGUAGE), err=True)
    typer.echo(";\n\n".join(one.sql for one in queries))


def _alone(compiled: Compiled, number: int) -> bool:
    """Tell whether a rule is asked for itself, not only gathered by a correlation."""
    simple = len(compiled.rules)
    return compiled.rules[number].alone if number < simple else compiled.correlations[number - simple].alone


def _names(written: str) -> frozenset[str]:
    return frozenset(name.strip() for name in written.split(",") if name.strip())
