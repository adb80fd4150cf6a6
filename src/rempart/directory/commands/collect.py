"""`rempart directory collect`: read a directory and keep its snapshot."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.directory.commands.source import (
    Access,
    CaOption,
    ClearOption,
    PasswordFileOption,
    SourceArgument,
    UserOption,
    WorkOption,
    read,
)
from rempart.directory.snapshot import save
from rempart.measurement.errors import InputError
from rempart.measurement.language import say
from rempart.measurement.render.view import visible
from rempart.measurement.sealed import SUFFIX
from rempart.measurement.text import Text


def collect_command(
    source: SourceArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", help=say(f"Où garder l'instantané ({SUFFIX}).", "Where to keep it."))
    ],
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    ca: CaOption = None,
    clear_text: ClearOption = False,
    work: WorkOption = None,
) -> None:
    """Read a directory and keep its snapshot."""
    if not output.parent.is_dir():
        raise InputError(Text(fr="ce dossier n'existe pas", en="no such folder"), where=str(output.parent))
    snapshot = save(read(source, Access(user, password_file, ca, clear_text, work)), output)
    manifest = snapshot.manifest
    domains = visible(", ".join(manifest.domains))
    typer.echo(
        say(
            f"{output} : {manifest.counts['objects']} objets, domaines {domains or 'aucun'}, "
            f"mesuré le {manifest.taken_at:%Y-%m-%d %H:%M} UTC",
            f"{output}: {manifest.counts['objects']} objects, domains {domains or 'none'}, "
            f"measured on {manifest.taken_at:%Y-%m-%d %H:%M} UTC",
        )
    )
    typer.echo(say(f"Empreinte : {snapshot.digest}", f"Digest: {snapshot.digest}"))
    if snapshot.flaws.height:
        typer.echo(
            say(
                f"{snapshot.flaws.height} valeurs n'ont pas pu être comprises ; elles sont dans le rapport d'audit.",
                f"{snapshot.flaws.height} values could not be understood; the audit report lists them.",
            ),
            err=True,
        )
