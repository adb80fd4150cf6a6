"""`rempart directory paths`: who can reach Tier 0, by which steps, and what to cut."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.directory.audit import vocabulary
from rempart.directory.commands.source import (
    Access,
    CaOption,
    ClearOption,
    PasswordFileOption,
    SourceArgument,
    UserOption,
    WorkOption,
    read,
)
from rempart.directory.forest import Forest
from rempart.directory.paths import ControlPaths, control_paths
from rempart.measurement.command_line import AtOption, moment, progress, write
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.path import Hop, Node
from rempart.measurement.render.view import visible
from rempart.measurement.text import Text

_SHOWN = 10


def paths_command(
    source: SourceArgument,
    start: Annotated[
        str | None,
        typer.Option("--from", help=say("Depuis ce compte ou ce groupe.", "From this account or group.")),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, help=say("Combien de chemins montrer.", "How many paths to show."))
    ] = _SHOWN,
    json_file: Annotated[Path | None, typer.Option("--json", help=say("Écrire en JSON.", "Write as JSON."))] = None,
    at: AtOption = None,
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    ca: CaOption = None,
    clear_text: ClearOption = False,
    work: WorkOption = None,
) -> None:
    """Show control paths."""
    wanted = moment(at)
    snapshot = read(source, Access(user, password_file, ca, clear_text, work))
    forest = Forest(snapshot, wanted or snapshot.manifest.taken_at)
    blind = next((gap for gap in forest.gaps(["descriptors"]) if gap.domain is None), None)
    if blind is not None:
        raise InputError(blind.reason, source, Text(fr="Aucun chemin ne peut être dit.", en="No path can be told."))
    with progress(say("Recherche des chemins", "Looking for paths")):
        found = control_paths(forest, limit=limit, start=start)
    _print(found, start)
    if json_file is not None:
        write(json_file, found.model_dump_json(indent=1))


def _print(found: ControlPaths, start: str | None) -> None:
    """Print the paths, then the rights to remove, as a person would tell them."""
    typer.echo(
        say(
            f"{found.attackers} comptes ordinaires peuvent atteindre le Tier 0.",
            f"{found.attackers} ordinary accounts can reach Tier 0.",
        )
    )
    if start is not None and not found.paths:
        typer.echo(say(f"« {visible(start)} » n'en fait pas partie.", f"{visible(start)} is not one of them."))
    for number, (path, served) in enumerate(zip(found.paths, found.starts, strict=True), start=1):
        typer.echo(say(f"\nChemin {number} ({_accounts(served)})", f"\nPath {number} ({_accounts(served)})"))
        for hop in path.hops:
            _print_hop(hop)
    if found.total > len(found.paths):
        left = found.total - len(found.paths)
        typer.echo(say(f"\n… et {left} autres départs (--limit).", f"\n... and {left} other starts (--limit)."))
    if start is None:
        _print_cuts(found)


def _print_cuts(found: ControlPaths) -> None:
    if found.choke_points:
        typer.echo(say("\nÀ retirer pour tout couper :", "\nTo remove to cut everything:"))
    for point in found.choke_points:
        cut = _accounts(point.cut_off)
        typer.echo(f"  {_line(point.hop)} — {say(f'coupe {cut}', f'cuts {cut} off')}")
    if found.choke_points:
        typer.echo(
            say(
                "Les commandes de retrait et leur retour arrière sont dans --json et dans le rapport HTML.",
                "Removal commands and their way back are in --json and in the HTML report.",
            )
        )
    for name in found.stubborn:
        typer.echo(
            say(
                f"{visible(name)} atteint le Tier 0 par nature : à protéger comme lui.",
                f"{visible(name)} reaches Tier 0 by nature: protect it likewise.",
            )
        )


def _accounts(count: int) -> str:
    return say(f"{count} compte{'s' * (count > 1)}", f"{count} account{'s' * (count != 1)}")


def _print_hop(hop: Hop) -> None:
    typer.echo(f"  {_line(hop)}")
    typer.echo(f"      {say('Abus :', 'Abuse:')} {hop.abuse.say(LANGUAGE)}")
    typer.echo(f"      {say('Retrait :', 'Removal:')} {hop.removal.say(LANGUAGE)}")


def _line(hop: Hop) -> str:
    return f"{_named(hop.source)} → {hop.title.say(LANGUAGE)} → {_named(hop.target)}"


def _named(node: Node) -> str:
    label = vocabulary().labels.get(node.kind)
    return f"{visible(node.name)} ({label.say(LANGUAGE) if label else node.kind})"
