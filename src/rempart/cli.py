"""Assembles the commands of all rooms; holds no logic."""

import io
import sys
from typing import Annotated

import typer
from rich.console import Console

from rempart import __version__
from rempart.detection import commands as detection
from rempart.directory import commands as directory
from rempart.exposure import commands as exposure
from rempart.hub import commands as hub
from rempart.measurement.errors import RempartError
from rempart.measurement.language import LANGUAGE, say, without_language
from rempart.measurement.render.view import visible
from rempart.measurement.text import Language
from rempart.proof import commands as proof

BAD_INPUT = 2

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=say(
        "Rempart mesure la sécurité numérique d'un hôpital sur place, dit quoi corriger d'abord et le prouve.",
        "Rempart measures a hospital's cybersecurity where it stands, says what to fix first and proves it.",
    ),
)
app.add_typer(directory.app, name="directory")
app.add_typer(exposure.app, name="exposure")
app.add_typer(detection.app, name="detection")
app.add_typer(
    proof.commands({"directory": directory.rejudge, "exposure": exposure.rejudge, "detection": detection.rejudge}),
    name="proof",
)
app.add_typer(hub.commands(measures=(directory.demonstration, exposure.demonstration)), name="hub")


@app.callback()
def common(
    lang: Annotated[  # noqa: ARG001 — listed for the help; measurement.language reads it
        Language, typer.Option(help=say("Langue : fr ou en.", "Language: fr or en."))
    ] = LANGUAGE,
    version: Annotated[  # noqa: FBT002 — an option without a value
        bool, typer.Option("--version", help=say("Afficher la version.", "Show the version."), is_eager=True)
    ] = False,
) -> None:
    """Rempart."""
    if version:
        typer.echo(f"rempart {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 the asked threshold is not met, 2 bad usage or bad input."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a sign must not stop an audit
    try:
        app(args=without_language(sys.argv[1:]))
    except RempartError as error:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(
            "\n".join(map(visible, error.say(LANGUAGE).splitlines()))
        )
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(130)
