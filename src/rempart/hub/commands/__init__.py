"""The commands of the hub: `rempart hub ...`.

Adding a command is adding a module here, with its `app`, and its name below. No module imports Django, nor a room that
does, before its command runs: `rempart directory` must start as fast as if there were no hub. A command begins by
`site.ready()`.
"""

from collections.abc import Callable, Sequence

import typer

from rempart.hub.commands import accounts, audit, checking, demo, keeping, proofs, serve, territory
from rempart.measurement.language import say
from rempart.measurement.report import Report

Measures = Sequence[Callable[[], tuple[Report, ...]]]
"""What engines give the demonstration: the reports of its fictional hospital, by the directory then the exposure."""


def commands(measures: Measures) -> typer.Typer:
    """Return the `hub` commands; `measures` are how the demonstration hospital is measured."""
    app = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help=say(
            "Tenir le hub : le servir, le vérifier, le sauvegarder, y charger des données.",
            "Run the hub: serve it, check it, back it up, load data into it.",
        ),
    )
    for module in (serve, checking, accounts, territory, keeping, audit, proofs):
        app.add_typer(module.app)
    app.command("demo", help=demo.HELP)(demo.command(measures))
    return app
