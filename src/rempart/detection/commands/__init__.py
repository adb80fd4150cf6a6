"""`rempart detection ...`: its commands are loaded when one is asked for, so that the other engines start as fast."""

from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from rempart.measurement.language import say
from rempart.measurement.report import Report

__all__ = ["app", "rejudge"]


class _Later(TyperGroup):
    """The group of `assembled`, imported at its first use: the kernel's libraries take a second."""

    @property
    def commands(self) -> dict[str, Any]:
        """Every command by name."""
        group = typer.main.get_group(import_module(f"{__package__}.assembled").app)
        return dict(group.commands)

    @commands.setter
    def commands(self, _none: object) -> None:
        """Click gives an empty mapping when it makes the group."""


app = typer.Typer(
    cls=_Later,
    no_args_is_help=True,
    help=say(
        "Chercher des signes de compromission dans les journaux, sur place, et les raconter.",
        "Look for signs of compromise in the logs, on the spot, and tell them.",
    ),
)


@app.callback()
def detection() -> None:
    """Typer makes no group of an application without any command."""


def rejudge(path: Path, at: datetime) -> Report:
    """Return the report of a saved snapshot judged at `at`: what `rempart proof replay` asks of this engine."""
    judged: Report = import_module("rempart.detection.audit").rejudge(path, at)
    return judged
