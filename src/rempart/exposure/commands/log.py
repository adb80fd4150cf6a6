"""`rempart exposure log`: who measured what, when, from where; and whether the log is whole."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.exposure.collect.launches import SUFFIX, log_of, read
from rempart.measurement.language import say
from rempart.measurement.render.view import visible

_EVENTS = {"began": ("lancée", "launched"), "ended": ("terminée", "ended"), "stopped": ("arrêtée", "stopped")}


def log_command(
    path: Annotated[
        Path,
        typer.Argument(help=say("Périmètre, ou son journal.", "Perimeter, or its log."), show_default=False),
    ],
) -> None:
    """Print the log, its chain checked."""
    launches = read(path if path.name.endswith(SUFFIX) else log_of(path))
    for each in launches:
        event = say(*_EVENTS.get(each.event, (each.event, each.event)))
        line = f"{each.at:%Y-%m-%d %H:%M:%S} UTC  {each.command:<9}{event:<10} {each.user} @ {each.host}"
        typer.echo(visible(f"{line}  {each.perimeter[:19]}  {', '.join(each.declared)[:200]}"))
    typer.echo(
        say(f"{len(launches)} lignes, chaîne intacte.", f"{len(launches)} lines, unbroken chain."),
    )
