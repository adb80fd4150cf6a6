"""The commands of the hub: `rempart hub ...`.

Adding a command is adding a module here, with its `app`, and its name below. No module imports Django, nor a room that
does, before its command runs: `rempart directory` must start as fast as if there were no hub. A command begins by
`site.ready()`.
"""

import typer

from rempart.hub.commands import accounts, audit, checking, keeping, serve, territory
from rempart.measurement.language import say

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say(
        "Tenir le hub : le servir, le vérifier, le sauvegarder, y charger des données.",
        "Run the hub: serve it, check it, back it up, load data into it.",
    ),
)

for _module in (serve, checking, accounts, territory, keeping, audit):
    app.add_typer(_module.app)
