"""`rempart detection store`: months of events kept small, to look back over them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rempart.detection.census import Census
from rempart.detection.collect.read import Options
from rempart.detection.collect.sources import Declarations, load
from rempart.detection.store.adding import Added, add
from rempart.detection.store.upkeep import Changed, Held, compact, listing, prune
from rempart.measurement.command_line import moment, progress
from rempart.measurement.language import say
from rempart.measurement.render.view import visible

app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "Garder des mois d'événements en peu de place, pour y chercher plus tard (hunt).",
        "Keep months of events in little room, to look back over them (hunt).",
    ),
)
FolderArgument = Annotated[
    Path, typer.Argument(metavar="DOSSIER", help=say("Dossier du magasin.", "Folder of the store."), show_default=False)
]
MANY = 200
"""Small files from which on merging them is advised."""
SMALL = 100_000
"""Bytes of a small file."""


@app.command(
    "add",
    help=say(
        "Ajouter des journaux au magasin. Les mêmes journaux ajoutés deux fois n'y sont qu'une fois.",
        "Add logs to the store. The same logs added twice are there once.",
    ),
)
def add_command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help=say("Journaux : fichiers, dossiers, archives.", "Logs: files, folders, archives."), show_default=False
        ),
    ],
    folder: Annotated[
        Path, typer.Option("--store", help=say("Dossier du magasin.", "Folder of the store."), show_default=False)
    ],
    sources: Annotated[
        Path | None,
        typer.Option(
            "--sources", help=say("Ce que vous déclarez de vos journaux (TOML).", "What you declare of them.")
        ),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, max=64, help=say("Fils de lecture.", "Threads that read."))] = 2,
) -> None:
    """Add logs."""
    declarations = load(sources) if sources else Declarations()
    with progress(say("Lecture des journaux", "Reading the logs")) as tell:
        added = add(paths, folder, options=Options(threads=threads, declarations=declarations, progress=tell))
    _told_added(added)
    _flaws(added.census)
    small = sum(one.bytes < SMALL for one in listing(folder))
    if small > MANY:
        typer.echo(
            say(
                f"Beaucoup de petits fichiers : réunissez-les par « rempart detection store compact {folder} ».",
                f'Many small files: merge them by "rempart detection store compact {folder}".',
            )
        )


@app.command("list", help=say("Dire ce que le magasin contient, par jour.", "Tell what the store holds, by day."))
def list_command(
    folder: FolderArgument,
    details: Annotated[
        bool, typer.Option("--details", help=say("Une ligne par type d'événement.", "One line a kind of event."))
    ] = False,
) -> None:
    """List."""
    held = listing(folder)
    table = Table(box=None, pad_edge=False)
    table.add_column(say("Jour (UTC)", "Day (UTC)"))
    table.add_column(say("Source", "Source"))
    if details:
        table.add_column(say("Type", "Kind"))
    for title in (say("Événements", "Events"), say("Octets", "Bytes")):
        table.add_column(title, justify="right")
    table.add_column(say("Heures", "Hours"))
    for cells in _lines(held, details=details):
        table.add_row(*cells)
    Console(markup=False, highlight=False).print(table if held else say("Magasin vide.", "The store is empty."))
    events, size = sum(one.events for one in held), sum(one.bytes for one in held)
    typer.echo(say(f"{_n(events)} événements, {_n(size)} octets.", f"{_n(events)} events, {_n(size)} bytes."))


@app.command(
    "compact", help=say("Réunir les petits fichiers : moins de place, recherche plus rapide.", "Merge small files.")
)
def compact_command(folder: FolderArgument) -> None:
    """Merge small files."""
    listing(folder)  # a folder that is no store is not made one
    census = Census()
    with progress(say("Réunion des petits fichiers", "Merging small files")):
        changed = compact(folder, census)
    _told_changed(changed)
    _flaws(census)


@app.command("prune", help=say("Oublier les événements trop vieux.", "Forget the events that are too old."))
def prune_command(
    folder: FolderArgument,
    keep_days: Annotated[
        int, typer.Option("--keep-days", min=1, help=say("Jours à garder.", "Days to keep."), show_default=False)
    ],
    at: Annotated[
        str | None, typer.Option(help=say("Compter depuis ce moment. Sinon : maintenant.", "Count from then."))
    ] = None,
) -> None:
    """Forget old events."""
    held = listing(folder)
    census = Census()
    with progress(say("Oubli des vieux événements", "Forgetting old events")):
        changed = prune(folder, timedelta(days=keep_days), moment(at) or datetime.now(UTC), census)
    typer.echo(say(f"{_n(changed.forgotten)} événements oubliés.", f"{_n(changed.forgotten)} events forgotten."))
    undated = sum(one.events for one in held if one.day is None)
    if undated:
        typer.echo(
            say(
                f"{_n(undated)} événements ne disent pas leur date : ils restent.",
                f"{_n(undated)} events do not say their date: they stay.",
            )
        )
    _told_changed(changed)
    _flaws(census)


def _lines(held: list[Held], *, details: bool) -> list[tuple[str, ...]]:
    """Return the lines of the table: by day, then by source, then by kind when asked."""
    groups: dict[tuple[str, ...], list[Held]] = {}
    for one in held:
        day = f"{one.day:%Y-%m-%d}" if one.day else say("sans date", "undated")
        key = (day, visible(one.source), *((visible(one.code) or "–",) if details else ()))
        groups.setdefault(key, []).append(one)
    return [
        (
            *key,
            _n(sum(one.events for one in found)),
            _n(sum(one.bytes for one in found)),
            _span([one.first for one in found if one.first], [one.last for one in found if one.last]),
        )
        for key, found in sorted(groups.items())
    ]


def _span(first: list[datetime], last: list[datetime]) -> str:
    if not first or not last:
        return ""
    start, end = min(first), max(last)
    same = start.date() == end.date()
    return f"{start:%H} h – {end:%H} h" if same else f"{start:%H} h – {end:%Y-%m-%d %H} h"


def _told_added(added: Added) -> None:
    events, size, read = _n(added.events), _n(added.bytes), _n(added.census.bytes)
    typer.echo(
        say(
            f"{events} événements ajoutés : {read} octets lus, {size} octets écrits.",
            f"{events} events added: {read} bytes read, {size} bytes written.",
        )
    )
    if added.known:
        typer.echo(
            say(
                f"{added.known} fichiers étaient déjà dans le magasin : rien n'y est ajouté.",
                f"{added.known} files were in the store already: nothing is added of them.",
            )
        )
    unknown = sum(count for known, count in added.census.events.items() if known.source == "unknown")
    for count, text in (
        (unknown, say("de source inconnue", "of an unknown source")),
        (added.census.undated, say("sans date lisible", "without a readable date")),
    ):
        if count:
            typer.echo(say(f"Dont {_n(count)} {text}.", f"Of which {_n(count)} {text}."))


def _told_changed(changed: Changed) -> None:
    typer.echo(
        say(
            f"Fichiers : {changed.before} → {changed.after}. "
            f"Octets : {_n(changed.bytes_before)} → {_n(changed.bytes_after)}.",
            f"Files: {changed.before} → {changed.after}. "
            f"Bytes: {_n(changed.bytes_before)} → {_n(changed.bytes_after)}.",
        )
    )


def _flaws(census: Census) -> None:
    """Tell what could not be read, the first places one by one."""
    if not census.flawed:
        return
    typer.echo(
        say(
            f"{_n(census.flawed)} enregistrements n'ont pas pu être lus :",
            f"{_n(census.flawed)} records could not be read:",
        ),
        err=True,
    )
    for (place, problem), count in Counter((flaw.place, flaw.problem) for flaw in census.flaws[:10]).items():
        typer.echo(f"  {visible(place)} : {visible(problem)}" + (f" (x {count})" if count > 1 else ""), err=True)


def _n(number: int) -> str:
    return say(f"{number:,}".replace(",", "\u202f"), f"{number:,}")
