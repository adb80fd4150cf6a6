"""`rempart exposure ...`: discover, audit, compare, update."""

from datetime import datetime
from pathlib import Path

import typer

from rempart.exposure.audit import audit as judge_snapshot
from rempart.exposure.snapshot import open_snapshot
from rempart.measurement.language import say
from rempart.measurement.report import Report

__all__ = ["app", "rejudge"]

app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "Mesurer ce que l'établissement montre sur internet, doucement, et dire quoi corriger.",
        "Measure what the establishment shows on the internet, gently, and say what to fix.",
    ),
)


def rejudge(path: Path, at: datetime) -> Report:
    """Return the report of a saved snapshot judged at `at`: what `rempart proof replay` asks of this engine."""
    return judge_snapshot(open_snapshot(path), at=at)
