"""`rempart exposure demo`: a fictional hospital started on this machine, measured, judged and reported."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.exposure.audit import audit
from rempart.exposure.demo.hospital import Hospital
from rempart.exposure.demo.listening import State
from rempart.exposure.demo.measuring import NAME, measure
from rempart.exposure.render import sarif
from rempart.measurement.command_line import Files, progress, write
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render import terminal
from rempart.measurement.text import Text

HELP = say(
    "Montrer la mesure sur un hôpital fictif, démarré sur cette machine puis arrêté.",
    "Show the measurement on a fictional hospital, started on this machine, then stopped.",
)
NAMES = {"html": "exposition.html", "pdf": "exposition.pdf", "json": "exposition.json", "csv": "exposition.csv"}
SNAPSHOT, SARIF = "exposition.rempart", "exposition.sarif"


def demo_command(
    folder: Annotated[Path, typer.Argument(help=say("Dossier où tout écrire.", "Folder to write everything into."))],
    repaired: Annotated[
        bool,
        typer.Option(
            "--repaired",
            help=say("L'hôpital une fois réparé.", "The hospital once repaired."),
        ),
    ] = False,
) -> None:
    """Start the hospital, measure it, write every form of the report, stop it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            Text(fr=f"dossier impossible à créer ({error.strerror})", en=f"cannot make the folder ({error.strerror})"),
            where=str(folder),
        ) from error
    state = State.REPAIRED if repaired else State.EXPOSED
    with (
        Hospital(state) as hospital,
        progress(say("Mesure de l'hôpital fictif", "Measuring the fictional hospital")) as tell,
    ):
        snapshot = measure(hospital, folder / SNAPSHOT, tell=lambda _, done, total: tell(done, total))
    typer.echo(say(f"Écrit : {folder / SNAPSHOT}", f"Written: {folder / SNAPSHOT}"), err=True)
    report = audit(snapshot, name=NAME)
    terminal.print_report(report, LANGUAGE)
    Files(**{form: folder / name for form, name in NAMES.items()}).write(report)
    write(folder / SARIF, sarif.render(report, LANGUAGE))
