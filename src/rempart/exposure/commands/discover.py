"""`rempart exposure discover`: what the declared names mention, to declare or not. Nothing else is touched."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from rempart.exposure.commands.measuring import Asked, CtOption, WorkOption, measured
from rempart.exposure.snapshot import Snapshot, save
from rempart.measurement.command_line import CsvOption, JsonOption, SaveOption, write
from rempart.measurement.language import say
from rempart.measurement.render.view import visible

_HOW = {
    "certificate": ("certificat", "certificate"),
    "redirect": ("redirection", "redirection"),
    "mx": ("serveur de messagerie (MX)", "mail server (MX)"),
    "ns": ("serveur de noms (NS)", "name server (NS)"),
    "spf": ("autorisé par SPF", "allowed by SPF"),
    "cname": ("alias (CNAME)", "alias (CNAME)"),
    "ct": ("journal de certificats", "certificate transparency"),
}


def discover_command(
    perimeter: Annotated[
        Path, typer.Argument(help=say("Périmètre (perimeter.toml).", "Perimeter."), show_default=False)
    ],
    ct: CtOption = None,
    json_file: JsonOption = None,
    csv_file: CsvOption = None,
    save_file: SaveOption = None,
    work: WorkOption = None,
) -> None:
    """List what is to declare."""
    snapshot = measured(perimeter, Asked(ports="80,443", work=work, ct=tuple(ct or ()), only_discover=True))
    found = to_declare(snapshot)
    _print(found, snapshot)
    if json_file is not None:
        write(json_file, found.write_json())
    if csv_file is not None:
        write(csv_file, found.write_csv(separator=";"))
    if save_file is not None:
        save(snapshot, save_file)
        typer.echo(say(f"Écrit : {save_file}", f"Written: {save_file}"), err=True)


def to_declare(snapshot: Snapshot) -> pl.DataFrame:
    """Return what was found outside the perimeter: `name`, `distance`, `origin`, `source`; the nearest first."""
    rows = snapshot.assets.filter(pl.col("distance") > 0)
    return rows.select("name", "distance", "origin", "source").sort("distance", "name")


def _print(found: pl.DataFrame, snapshot: Snapshot) -> None:
    titles = {
        1: ("À déclarer (domaines de l'établissement)", "To declare (the establishment's domains)"),
        2: ("À déclarer s'ils sont à vous (autres domaines)", "To declare if they are yours (other domains)"),
    }
    for distance, title in titles.items():
        rows = found.filter(pl.col("distance") == distance)
        if rows.height:
            typer.echo(f"{say(*title)} : {rows.height}")
        for row in rows.iter_rows(named=True):
            source = f", {row['source']}" if row["source"] else ""
            typer.echo(visible(f"  {row['name']} – {say(*_HOW[row['origin']])}{source}"))
    if not found.height:
        typer.echo(say("Rien de plus que le périmètre n'a été vu.", "Nothing beyond the perimeter was seen."))
    for gap in snapshot.gaps.iter_rows(named=True):
        place = f"{gap['subject']} : " if gap["subject"] else ""
        typer.echo(visible(f"! {place}{say(gap['fr'], gap['en'])}"), err=True)
    typer.echo(say("Aucun de ces noms n'a été sollicité.", "None of these names was touched."))
