"""`rempart exposure perimeter init | check`: write an example, say what would be touched."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rempart.exposure.perimeter import EXAMPLE, Perimeter, Scope, load_perimeter
from rempart.measurement.command_line import write
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render.view import visible
from rempart.measurement.text import Text

app = typer.Typer(
    no_args_is_help=True,
    help=say("Déclarer ce que la mesure a le droit de toucher.", "Declare what a run may touch."),
)


@app.command("init", help=say("Écrire un exemple commenté.", "Write a commented example."))
def init(path: Annotated[Path, typer.Argument()] = Path("perimeter.toml")) -> None:
    """Write the example."""
    if path.exists():
        raise InputError(Text(fr="ce fichier existe déjà", en="this file exists already"), where=str(path))
    write(path, EXAMPLE)


@app.command("check", help=say("Relire le périmètre et dire ce qui serait touché.", "Say what would be touched."))
def check(path: Annotated[Path, typer.Argument()] = Path("perimeter.toml")) -> None:
    """Check it."""
    perimeter, now = load_perimeter(path), datetime.now(UTC)
    scope, mandate = Scope(perimeter), perimeter.mandate
    _line(
        f"Mandat : {mandate.by}, du {mandate.on:%d/%m/%Y} au {mandate.until:%d/%m/%Y}.",
        f"Mandate: {mandate.by}, {mandate.on:%Y-%m-%d} to {mandate.until:%Y-%m-%d}.",
    )
    if not scope.mandated(now):
        _line(
            "Ce mandat ne vaut pas aujourd'hui : rien ne serait envoyé.",
            "It does not hold today: nothing would be sent.",
        )
    for name in perimeter.names:
        _line(
            f"Nom {name.name}{', et tous ceux en dessous' if name.subdomains else ''} : "
            f"{'tous les ports' if name.sweep else 'ports usuels seuls hors des plages déclarées'}.",
            f"Name {name.name}{', and all beneath' if name.subdomains else ''}: "
            f"{'every port' if name.sweep else 'usual ports only outside declared ranges'}.",
        )
    for each in perimeter.ranges:
        count = each.range.num_addresses
        _line(f"Plage {each.range} : {count} adresse{'s' if count > 1 else ''}.", f"Range {each.range}: {count}.")
    for exclusion in perimeter.exclusions:
        what = [str(part) for part in (exclusion.range, exclusion.name, exclusion.port, exclusion.survey) if part]
        _line(
            f"Exclu jusqu'au {exclusion.until:%d/%m/%Y} : {', '.join(what)} ({exclusion.author} : {exclusion.reason}).",
            f"Excluded until {exclusion.until:%Y-%m-%d}: {', '.join(what)} ({exclusion.author}: {exclusion.reason}).",
        )
    for declared in perimeter.declarations:
        thing = (
            f"UDP {declared.port} filtré / filtered" if declared.filtered else f"{declared.product} {declared.version}"
        )
        _line(
            f"Déclaré pour {declared.host} : {thing} ({declared.by}, {declared.on:%d/%m/%Y}).",
            f"Declared for {declared.host}: {thing} ({declared.by}, {declared.on:%Y-%m-%d}).",
        )
    _rates(perimeter)
    for warning in scope.warnings(now):
        typer.echo(visible(f"! {warning.say(LANGUAGE)}"), err=True)


def _rates(perimeter: Perimeter) -> None:
    run, each = perimeter.rates.of_run(), perimeter.rates.of_address()
    _line(
        f"Rythme : {run.connections_per_second:g} connexions/s en tout ; {each.connections_per_second:g}/s et "
        f"{each.at_once} à la fois par adresse.",
        f"Rate: {run.connections_per_second:g} connections/s in all; {each.connections_per_second:g}/s and "
        f"{each.at_once} at once for each address.",
    )
    for window in perimeter.quiet:
        _line(
            f"Silence de {window.begins:%H:%M} à {window.ends:%H:%M}, heure de Paris.",
            f"Silence from {window.begins:%H:%M} to {window.ends:%H:%M}, Paris time.",
        )


def _line(fr: str, en: str) -> None:
    typer.echo(visible(say(fr, en)))
