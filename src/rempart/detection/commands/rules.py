"""`rempart detection rules`: what is loaded, what is refused and why, and what the rules can see of this hospital."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from rempart.detection import pack
from rempart.detection.census import Census
from rempart.detection.commands.rules_told import told
from rempart.detection.render import coverage as map_of_attack
from rempart.detection.rules.cache import cached, default_folder
from rempart.detection.rules.check import Checked, check
from rempart.detection.rules.coverage import Coverage, as_json, coverage, navigator
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.reading import reading
from rempart.measurement.command_line import (
    THRESHOLD_NOT_MET,
    HtmlOption,
    JsonOption,
    NameOption,
    moment,
    progress,
    write,
)
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.text import Text

app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "Les règles : ce qui est chargé, refusé et pourquoi, et ce qu'elles voient ici.",
        "The rules: what is loaded, refused and why, and what they see here.",
    ),
)

RulesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        help=say(
            "Règles Sigma : dossier, fichier ou archive. Répétable.",
            "Sigma rules: folder, file or archive. Repeatable.",
        ),
    ),
]
PackOption = Annotated[
    bool,
    typer.Option(
        "--pack/--no-pack",
        help=say("Prendre aussi les règles hospitalières de Rempart.", "Take Rempart's own hospital rules too."),
    ),
]
FiltersOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--filters",
        help=say("Filtres Sigma : vos exceptions. Répétable.", "Sigma filters: your exceptions. Repeatable."),
    ),
]
PlaceholdersOption = Annotated[
    Path | None,
    typer.Option(
        "--placeholders",
        help=say(
            "Ce que l'établissement dit de lui : serveurs, comptes, pays (TOML ou YAML).",
            "What the establishment says of itself: servers, accounts, countries (TOML or YAML).",
        ),
    ),
]
LogsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--logs",
        help=say(
            "Journaux auxquels comparer les règles : fichier ou dossier. Répétable.",
            "Logs to compare the rules with: file or folder. Repeatable.",
        ),
    ),
]
NavigatorOption = Annotated[
    Path | None,
    typer.Option(
        "--navigator", help=say("Écrire une couche d'ATT&CK Navigator.", "Write a layer of the ATT&CK Navigator.")
    ),
]
RefusedOption = Annotated[
    bool,
    typer.Option(
        "--fail-on-refused",
        help=say("Sortir avec le code 1 si une règle est refusée.", "Exit with code 1 if a rule is refused."),
    ),
]
DetailsOption = Annotated[bool, typer.Option("--details", help=say("Nommer chaque règle.", "Name each rule."))]


def compiled_rules(
    rules: Sequence[Path],
    *,
    own: bool,
    filters: Sequence[Path],
    placeholders: Mapping[str, Sequence[str]] | Path | None,
) -> Compiled:
    """Return the rules that a command asks for, from the cache of the user when nothing has changed.

    Args:
        rules: packs.
        own: the hospital pack too.
        filters: exceptions.
        placeholders: what the hospital says of itself; the rules that wait for what it does not say are refused.

    Raises:
        InputError: something does not exist or cannot be read.

    """
    paths = [*([pack.folder()] if own or not rules else []), *rules]
    with progress(say("Lecture des règles", "Reading the rules")):
        return cached(paths, default_folder(), filters=filters, placeholders=placeholders)


@app.command(
    "init",
    help=say(
        "Écrire un exemple commenté de ce que l'établissement dit de lui (--placeholders).",
        "Write a commented example of what the establishment says of itself (--placeholders).",
    ),
)
def init_command(
    path: Annotated[Path, typer.Argument(help=say("Fichier à écrire (.toml).", "File to write (.toml)."))] = Path(
        "placeholders.toml"
    ),
) -> None:
    """Write the example."""
    if path.exists():
        raise InputError(Text(fr="ce fichier existe déjà", en="this file exists already"), where=str(path))
    write(path, pack.example())


@app.command(
    "check",
    help=say(
        "Dire quelles règles sont chargées ou refusées, et lesquelles ces journaux ne nourrissent pas.",
        "Tell which rules are loaded or refused, and which these logs do not feed.",
    ),
)
def check_command(
    rules: RulesOption = None,
    own: PackOption = True,
    filters: FiltersOption = None,
    placeholders: PlaceholdersOption = None,
    logs: LogsOption = None,
    json_file: JsonOption = None,
    details: DetailsOption = False,
    fail_on_refused: RefusedOption = False,
) -> None:
    """Check the rules."""
    compiled = compiled_rules(rules or (), own=own, filters=filters or (), placeholders=placeholders)
    checked = check(compiled, _census(compiled, logs or ()))
    told(checked, LANGUAGE, details=details)
    if json_file is not None:
        write(json_file, TypeAdapter(Checked).dump_json(checked, indent=1))
    if fail_on_refused and checked.refusals:
        raise typer.Exit(THRESHOLD_NOT_MET)


@app.command(
    "coverage",
    help=say(
        "Montrer ce que ces règles voient d'ATT&CK dans ces journaux : carte, tableau, couche de Navigator.",
        "Show what these rules see of ATT&CK in these logs: map, table, layer of the Navigator.",
    ),
)
def coverage_command(
    rules: RulesOption = None,
    own: PackOption = True,
    filters: FiltersOption = None,
    placeholders: PlaceholdersOption = None,
    logs: LogsOption = None,
    html_file: HtmlOption = None,
    json_file: JsonOption = None,
    navigator_file: NavigatorOption = None,
    name: NameOption = None,
    at: Annotated[
        str | None,
        typer.Option(help=say("Date de la page, AAAA-MM-JJ. Sinon : maintenant.", "Date of the page. Otherwise: now.")),
    ] = None,
) -> None:
    """Show the coverage."""
    when = moment(at) or datetime.now(UTC)
    compiled = compiled_rules(rules or (), own=own, filters=filters or (), placeholders=placeholders)
    found = coverage(check(compiled, _census(compiled, logs or ())))
    named = name or say("Établissement sans nom", "Unnamed establishment")
    _summary(found)
    if html_file is not None:
        write(html_file, map_of_attack.render(found.active, found.waiting, LANGUAGE, at=when, name=named))
    if json_file is not None:
        write(json_file, as_json(found))
    if navigator_file is not None:
        write(navigator_file, navigator(found, named, LANGUAGE))


def _summary(found: Coverage) -> None:
    seen = sum(bool(one.active) for one in found.techniques.values())
    waiting = len(found.techniques) - seen
    rules = len(found.active)
    typer.echo(
        say(
            f"Règles actives : {rules}. Techniques d'ATT&CK vues : {seen}, sans journaux : {waiting}.",
            f"Active rules: {rules}. Techniques of ATT&CK seen: {seen}, without logs: {waiting}.",
        )
    )
    if not found.compared:
        typer.echo(
            say(
                "Aucun journal lu (--logs) : aucune règle n'est dite active.",
                "No log was read (--logs): no rule is said to be active.",
            )
        )


def _census(compiled: Compiled, logs: Sequence[Path]) -> Census | None:
    """Return the counts of logs, None without any."""
    if not logs:
        return None
    from rempart.detection.collect.read import read  # noqa: PLC0415 — readers of all formats are not needed otherwise

    census = Census()
    with progress(say("Lecture des journaux", "Reading the logs")) as tell:
        for number, _ in enumerate(read(logs, reading(compiled), census), 1):
            tell(number, None)
    return census
