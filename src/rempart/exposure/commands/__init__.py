"""`rempart exposure ...`: discover, audit, compare, update."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from rempart.exposure.audit import audit as judge_snapshot
from rempart.exposure.collect.outside import template
from rempart.exposure.commands import perimeter
from rempart.exposure.commands.audit import audit_command
from rempart.exposure.commands.compare import compare_command
from rempart.exposure.commands.demo import HELP as DEMO_HELP
from rempart.exposure.commands.demo import demo_command
from rempart.exposure.commands.discover import discover_command
from rempart.exposure.commands.log import log_command
from rempart.exposure.commands.update import update_command
from rempart.exposure.demo import REPAIRED
from rempart.exposure.snapshot import open_snapshot
from rempart.measurement.command_line import write
from rempart.measurement.language import say
from rempart.measurement.report import Report

__all__ = ["app", "demonstration", "rejudge"]

app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "Mesurer ce que l'établissement montre sur internet, doucement, et dire quoi corriger.",
        "Measure what the establishment shows on the internet, gently, and say what to fix.",
    ),
)
app.command(
    "audit",
    help=say("Mesurer et juger, ou rejuger un instantané.", "Measure and judge, or judge a snapshot again."),
)(audit_command)
app.command(
    "discover",
    help=say(
        "Ce que les noms déclarés révèlent d'autre, à déclarer ; rien d'autre n'est touché.",
        "What else the declared names reveal, to declare; nothing else is touched.",
    ),
)(discover_command)
app.command("log", help=say("Qui a mesuré quoi, quand, d'où.", "Who measured what, when, from where."))(log_command)
app.add_typer(perimeter.app, name="perimeter")
app.command("demo", help=DEMO_HELP)(demo_command)
app.command(
    "compare",
    help=say(
        "Ce que sont devenus les constats entre des mesures.", "What became of the findings between measurements."
    ),
)(compare_command)
app.command(
    "update",
    help=say(
        "Charger les jeux de données officiels (KEV, EPSS, CVE...), hors ligne.",
        "Load the official data sets (KEV, EPSS, CVE...), offline.",
    ),
)(update_command)


@app.command(
    "template",
    help=say(
        "Écrire le modèle CSV où recopier les constats d'une autre source (SILENE, CERT Santé...).",
        "Write the CSV template for findings of another source (SILENE, CERT Santé...).",
    ),
)
def template_command(
    path: Annotated[Path, typer.Argument(help=say("Fichier à écrire (.csv).", "File to write (.csv)."))],
) -> None:
    """Write the template."""
    write(path, template.render())


def demonstration() -> tuple[Report, ...]:
    """Return the demonstration hospital's reports, judged anew: its two audits once repaired, 49 days apart."""
    return tuple(judge_snapshot(open_snapshot(path)) for path in REPAIRED)


def rejudge(path: Path, at: datetime) -> Report:
    """Return the report of a saved snapshot judged at `at`: what `rempart proof replay` asks of this engine."""
    return judge_snapshot(open_snapshot(path), at=at)
