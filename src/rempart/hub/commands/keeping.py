"""`rempart hub backup`, `restore` and `sweep-storage`: the whole hub in one file, and back; bytes nobody speaks of."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rempart.hub.commands import site
from rempart.measurement.language import say

app = typer.Typer(rich_markup_mode=None)
File = Annotated[Path, typer.Argument(metavar="FILE", help=say("Le fichier de la sauvegarde.", "The backup file."))]


@app.command(
    help=say("Sauvegarder la base, les fichiers et les clés.", "Back up the database, the files and the keys.")
)
def backup(
    file: File,
    exclude_keys: Annotated[
        bool, typer.Option("--exclude-keys", help=say("Laisser les clés de côté.", "Leave the keys out."))
    ] = False,
) -> None:
    """Write a backup."""
    site.ready()
    from rempart.hub.operations.backup import back_up  # noqa: PLC0415 — needs Django ready

    written = back_up(file, at=datetime.now(UTC), with_keys=not exclude_keys)
    typer.echo(say(f"Sauvegarde écrite : {file}", f"Backup written: {file}"))
    if written.files is None:
        typer.echo(
            say(
                "Les fichiers sont dans un stockage S3 : sauvegardez-le à part.",
                "The files are in an S3 storage: back it up apart.",
            ),
            err=True,
        )
    if written.keys:
        typer.echo(
            say("Elle contient les clés du hub : gardez-la secrète.", "It holds the hub's keys: keep it secret."),
            err=True,
        )


@app.command(help=say("Remettre en place une sauvegarde.", "Put a backup back."))
def restore(
    file: File,
    replace: Annotated[
        bool,
        typer.Option("--replace", help=say("Remplacer ce que le hub contient.", "Replace what the hub holds.")),
    ] = False,
) -> None:
    """Put a backup back."""
    site.ready()
    from rempart.hub.operations.backup import restore as put_back  # noqa: PLC0415 — needs Django ready

    found = put_back(file, replace=replace)
    typer.echo(say(f"Sauvegarde du {found.at} remise en place.", f"Backup of {found.at} put back."))


@app.command(
    "sweep-storage",
    help=say(
        "Effacer du stockage les fichiers de plus d'un jour dont aucune ligne de la base ne parle.",
        "Delete from the storage the files of more than a day that no row of the database speaks of.",
    ),
)
def sweep_storage(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("Dire sans effacer.", "Tell without deleting."))
    ] = False,
) -> None:
    """Sweep, as the worker does each night; name each file."""
    site.ready()
    from rempart.hub.common.stored import sweep  # noqa: PLC0415 — needs Django ready

    found = sweep(at=datetime.now(UTC), dry_run=dry_run)
    for name in found.names:
        typer.echo(name)
    count, size = len(found.names), found.size
    done = say("à effacer", "to delete") if dry_run else say("effacé(s)", "deleted")
    typer.echo(
        say(
            f"{count} fichier(s) sans ligne {done}, {size} octet(s).",
            f"{count} file(s) without a row {done}, {size} byte(s).",
        )
    )
