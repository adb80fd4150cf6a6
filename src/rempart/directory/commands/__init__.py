"""`rempart directory ...`: collect, audit, paths, compare."""

from datetime import datetime
from pathlib import Path

import typer

from rempart.directory.audit import audit as judge_snapshot
from rempart.directory.commands.audit import audit_command
from rempart.directory.commands.collect import collect_command
from rempart.directory.commands.compare import compare_command
from rempart.directory.commands.paths import paths_command
from rempart.directory.demo import REPAIRED, SNAPSHOT
from rempart.directory.snapshot import open_snapshot
from rempart.measurement.language import say
from rempart.measurement.report import Report

__all__ = ["app", "demonstration", "rejudge"]

app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "Mesurer l'annuaire technique (Active Directory) : points de contrôle et chemins de contrôle.",
        "Measure the technical directory (Active Directory): control points and control paths.",
    ),
)
app.command(
    "collect",
    help=say("Lire un annuaire et garder son instantané.", "Read a directory and keep its snapshot."),
)(collect_command)
app.command("audit", help=say("Juger un annuaire et dire quoi corriger.", "Judge a directory and say what to fix."))(
    audit_command
)
app.command("paths", help=say("Qui peut atteindre le Tier 0, et par où ?", "Who can reach Tier 0, and how?"))(
    paths_command
)
app.command("compare", help=say("Ce qui a changé entre plusieurs mesures.", "What changed between measurements."))(
    compare_command
)


def rejudge(path: Path, at: datetime) -> Report:
    """Return the report of a saved snapshot judged at `at`: what `rempart proof replay` asks of this engine."""
    return judge_snapshot(open_snapshot(path), at=at)


def demonstration() -> tuple[Report, Report]:
    """Return the demonstration hospital's reports, judged anew: before it followed its plan, and after."""
    return judge_snapshot(open_snapshot(SNAPSHOT)), judge_snapshot(open_snapshot(REPAIRED))
