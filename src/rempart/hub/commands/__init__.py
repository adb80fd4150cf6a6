"""The commands of the hub: `rempart hub ...`.

Adding a command is adding a module here, with `register(app)`. No module imports Django, nor a room that does, before
its command runs: `rempart directory` must start as fast as if there were no hub. A command begins by `site.ready()`.
"""

from importlib import import_module
from pkgutil import iter_modules

import typer

from rempart.measurement.language import say

app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "Tenir le hub : le servir, le vérifier, le sauvegarder, y charger des données.",
        "Run the hub: serve it, check it, back it up, load data into it.",
    ),
)

for _module in sorted(found.name for found in iter_modules(__path__)):
    _register = getattr(import_module(f"{__name__}.{_module}"), "register", None)
    if _register is not None:
        _register(app)
