"""What an import says on the terminal: counts by table, the first refusals with their place; the rest goes to a CSV."""

from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from rempart.hub.territory.importing.compare import DETAILS, KINDS, Plan
from rempart.hub.territory.importing.flaws import REASONS
from rempart.hub.territory.importing.upsert import Figures
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.text import Text

SHOWN = 10
FORMULA = r"^[=+\-@\t\r]"
"""A spreadsheet would run a cell that begins so."""
_TABLES = {
    "entities": Text(fr="entités juridiques", en="legal entities"),
    "sites": Text(fr="sites", en="sites"),
    "ghts": Text(fr="GHT", en="GHT"),
}
_KINDS = {
    "created": Text(fr="créés", en="created"),
    "changed": Text(fr="modifiés", en="changed"),
    "closed": Text(fr="fermés", en="closed"),
    "merged": Text(fr="fusionnés", en="merged"),
    "reopened": Text(fr="rouverts", en="reopened"),
}


def show_plan(plan: Plan, *, dry_run: bool, suspicious: bool) -> None:
    """Print what an import of the register changed, or would change."""
    console = Console(highlight=False)
    title = plan.reading.source + say(" – état du ", " – as of ") + plan.reading.as_of
    table = Table(title=_title(title, dry_run=dry_run))
    for heading in ("", *(_KINDS[kind].say(LANGUAGE) for kind in KINDS), say("inchangés", "unchanged")):
        table.add_column(heading, justify="right" if heading else "left")
    for name, change in plan.tables.items():
        counts = (*(change.count(kind) for kind in KINDS), change.unchanged)
        table.add_row(_TABLES[name].say(LANGUAGE), *(number(count) for count in counts))
    console.print(table)
    joined, left, stayed = len(plan.joined), len(plan.left), plan.stayed
    console.print(
        say(
            f"Appartenances aux GHT : {joined} ouvertes, {left} terminées, {stayed} inchangées.",
            f"GHT memberships: {joined} opened, {left} ended, {stayed} unchanged.",
        )
    )
    _show_flaws(console, plan.flaws)
    if plan.nameless:
        console.print(
            say(
                "Un enregistrement ne peut pas être nommé : aucun absent n’est fermé.",
                "A record cannot be named: nothing is closed for being absent.",
            )
        )
    if dry_run and suspicious:
        console.print(
            say(
                f"Attention : {plan.closing_share:.0%} des lignes connues seraient fermées. Sans --absent keep ou "
                "--absent close, l’import sera refusé.",
                f"Beware: {plan.closing_share:.0%} of the known rows would close. Without --absent keep or --absent "
                "close, the import will be refused.",
            )
        )


def show_figures(figures: Figures, what: str, *, dry_run: bool) -> None:
    """Print what an import of figures changed, or would change."""
    console = Console(highlight=False)
    counts = (len(figures.created), len(figures.changed), figures.unchanged)
    new, changed, same = map(number, counts)
    console.print(_title(figures.source, dry_run=dry_run))
    console.print(
        what
        + say(
            f" : {new} nouveaux, {changed} modifiés, {same} inchangés.",
            f": {new} new, {changed} changed, {same} unchanged.",
        )
    )
    _show_flaws(console, figures.flaws)


def number(count: int) -> str:
    """Return a count with its thousands apart."""
    return f"{count:,}".replace(",", "\u202f")


def plan_details(plan: Plan) -> pl.DataFrame:
    """Return every change of a plan, memberships included, one row a field."""
    members = [
        frame.select(
            table=pl.lit("members"),
            key="legal_entity",
            kind=pl.lit(kind),
            field=pl.lit("ght"),
            before=pl.col("ght") if kind == "left" else pl.lit(""),
            after=pl.col("ght") if kind == "joined" else pl.lit(""),
        )
        for kind, frame in (("left", plan.left), ("joined", plan.joined))
    ]
    return pl.concat([*(change.details for change in plan.tables.values()), *members]).select(DETAILS)


def figure_details(figures: Figures, table: str, key: str, value: str) -> pl.DataFrame:
    """Return every figure that is new or changed, one row each."""
    rows = [figures.created.with_columns(before=pl.lit("")), figures.changed.with_columns(pl.col("before").cast(str))]
    return pl.concat(
        frame.select(
            table=pl.lit(table),
            key=key,
            kind=pl.lit(kind),
            field=pl.lit(value),
            before="before",
            after=pl.col(value).cast(str),
        )
        for kind, frame in zip(("created", "changed"), rows, strict=True)
    )


def write_details(changes: pl.DataFrame, flaws: pl.DataFrame, path: Path) -> None:
    """Write changes and refusals to one CSV that a spreadsheet opens without running anything.

    Raises:
        InputError: the file cannot be written.

    """
    refused = flaws.select(
        table="file", key="key", kind=pl.lit("refused"), field="reason", before=_place(), after="value"
    )
    rows = pl.concat([changes, refused])
    safe = rows.with_columns(
        pl.when(pl.col(column).str.contains(FORMULA)).then("'" + pl.col(column)).otherwise(column).alias(column)
        for column in rows.columns
    )
    try:
        path.write_text("\ufeff" + safe.write_csv(separator=";", quote_style="always"), encoding="utf-8")
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(Text(fr=f"écriture impossible : {why}", en=f"cannot write: {why}"), str(path)) from error


def _title(title: str, *, dry_run: bool) -> str:
    return say("Essai, rien n’est écrit – ", "Dry run, nothing is written – ") + title if dry_run else title


def _place() -> pl.Expr:
    """Return where a flaw stands: a line, or a record of a named array."""
    line = pl.col("line").cast(pl.String)
    return (
        pl.when(pl.col("part").is_in(["", "sites"]))
        .then(pl.lit(say("ligne ", "line ")) + line)
        .otherwise(pl.col("part") + pl.lit(say(" n° ", " no ")) + line)
    )


def _show_flaws(console: Console, flaws: pl.DataFrame) -> None:
    if flaws.is_empty():
        return
    total = number(len(flaws))
    console.print(say(f"Refusés : {total}", f"Refused: {total}"))
    for reason, count in flaws.group_by("reason").len().sort("len", descending=True).rows():
        console.print(f"  {number(count)} × {REASONS[reason].say(LANGUAGE)}")
    for row in flaws.head(SHOWN).with_columns(place=_place()).to_dicts():
        shown = f" « {row['value']} »" if row["value"] else ""
        console.print(
            f"  {row['file']}, {row['place']}, {row['key']} : {REASONS[row['reason']].say(LANGUAGE)}{shown}",
            markup=False,
        )
    if len(flaws) > SHOWN:
        console.print(say("  … la suite avec --details", "  … the rest with --details"))
