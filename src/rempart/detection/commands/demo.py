"""`rempart detection demo`: a fictional night at a fictional hospital, written as logs, then detected."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rempart.detection import pack
from rempart.detection.alerts.raised import FOLDED, raise_alerts
from rempart.detection.alerts.result import DetectionResult, result_of
from rempart.detection.collect.fetch import fetch
from rempart.detection.collect.read import Options
from rempart.detection.collect.sources import load
from rempart.detection.commands.rules import compiled_rules
from rempart.detection.demo import night
from rempart.detection.demo.cast import cast
from rempart.detection.demo.logbook import PARIS
from rempart.detection.pipeline import detect
from rempart.detection.render.outputs import Outputs
from rempart.detection.render.terminal import print_result
from rempart.measurement.command_line import progress
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.text import Text

HELP = say(
    "Écrire les journaux d'une nuit fictive, un intrus dans la vie ordinaire d'un hôpital, et l'y trouver.",
    "Write the logs of a fictional night, an intruder in the ordinary life of a hospital, and find him there.",
)
SEED = 20261123
_RESULT = Outputs(
    html=Path("nuit.html"),
    pdf=Path("nuit.pdf"),
    json=Path("nuit.json"),
    csv=Path("nuit.csv"),
    jsonl=Path("nuit.jsonl"),
    timesketch=Path("nuit.timesketch.jsonl"),
    digest=Path("nuit.txt"),
)


def demo_command(
    folder: Annotated[Path, typer.Argument(help=say("Dossier où tout écrire.", "Folder to write everything into."))],
    seed: Annotated[
        int, typer.Option(help=say("Une autre nuit, avec le même intrus.", "Another night, with the same intruder."))
    ] = SEED,
) -> None:
    """Write the night, tell what is hidden in it, then what the engine finds."""
    told = written(folder, seed)
    tell(told, Console())
    result = detected(told)
    print_result(result, LANGUAGE)
    _RESULT.under(folder).write(result)


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


def detected(told: night.Night) -> DetectionResult:
    """Run the hospital pack on the logs of a night, as `rempart detection run` would."""
    compiled = compiled_rules((), own=True, filters=[told.filters], placeholders=pack.placeholders())
    declarations = load(told.sources)
    with progress(say("Lecture des journaux", "Reading the logs")) as done:
        findings = detect(
            [str(path) for path in told.logs], compiled, Options(declarations=declarations, progress=done)
        )
        alerts = raise_alerts(findings, partial(fetch, declarations=declarations), FOLDED)
    return result_of(findings, alerts, at=told.last.astimezone(PARIS), name=cast().name)


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
