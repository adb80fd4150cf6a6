"""`rempart detection demo`: a fictional night at a fictional hospital, written as its logs would tell it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rempart.detection.demo import night
from rempart.detection.demo.cast import cast
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.text import Text

HELP = say(
    "Écrire les journaux d'une nuit fictive : un intrus, et la vie ordinaire d'un hôpital.",
    "Write the logs of a fictional night: an intruder, and the ordinary life of a hospital.",
)
SEED = 20261123


def demo_command(
    folder: Annotated[Path, typer.Argument(help=say("Dossier où tout écrire.", "Folder to write everything into."))],
    seed: Annotated[
        int, typer.Option(help=say("Une autre nuit, avec le même intrus.", "Another night, with the same intruder."))
    ] = SEED,
) -> None:
    """Write the night, and tell what is hidden in it."""
    tell(written(folder, seed), Console())


def written(folder: Path, seed: int = SEED) -> night.Night:
    """Write the night in a folder.

    Raises:
        InputError: the folder cannot be made or written to.

    """
    try:
        return night.write(folder, seed=seed)
    except OSError as error:
        raise InputError(
            Text(fr=f"écriture impossible ({error.strerror})", en=f"cannot write ({error.strerror})"),
            where=str(folder),
        ) from error


def tell(told: night.Night, console: Console) -> None:
    """Say what was written, and what the intruder does, hour by hour."""
    console.print(f"[bold]{cast().name}[/bold]")
    console.print(
        say(
            f"{told.events} événements écrits dans {told.folder / 'journaux'} ({len(told.logs)} fichiers).",
            f"{told.events} events written in {told.folder / 'journaux'} ({len(told.logs)} files).",
        )
    )
    table = Table(title=say("Ce que fait l'intrus", "What the intruder does"), title_justify="left")
    table.add_column(say("Heure", "Hour"))
    table.add_column(say("Étape", "Step"))
    table.add_column(say("Règles qui doivent le voir", "Rules that must see it"), justify="right")
    for step in told.steps:
        table.add_row(f"{step.at:%H:%M}", step.title.say(LANGUAGE), str(len(step.rules)))
    console.print(table)
    for title in told.odd.values():
        console.print(
            say("Innocent, malgré les apparences : ", "Innocent, whatever it looks like: ") + title.say(LANGUAGE)
        )
