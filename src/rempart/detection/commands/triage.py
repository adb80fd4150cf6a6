"""`rempart detection triage`: what became of each incident and alert; say it, list it, take it back."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from rempart.detection.alerts.triage import Entry, State, add, beside, read
from rempart.detection.commands.results import ResultArgument, TriageOption, open_result
from rempart.detection.render.triage import print_history, print_triage
from rempart.detection.render.view import View
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.text import Text

HELP = say(
    "Dire ce que devient un incident ou une alerte, et voir ce qui a été dit.",
    "Say what becomes of an incident or an alert, and see what was said.",
)


def triage_command(
    result: ResultArgument,
    subjects: Annotated[
        list[str] | None,
        typer.Argument(
            metavar=say("[IDENTIFIANT]...", "[IDENTIFIER]..."),
            help=say(
                "Incidents (I-...) ou alertes. Sans identifiant : la liste.",
                "Incidents (I-...) or alerts. Without any: the list.",
            ),
            show_default=False,
        ),
    ] = None,
    state: Annotated[
        State | None,
        typer.Option(
            help=say(
                "Nouvel état. « new » défait : tout ce qui a été dit reste écrit.",
                'New state. "new" undoes: everything that was said stays written.',
            )
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(help=say("Qui le dit. Sinon : le compte ouvert.", "Who says so. Otherwise: the account.")),
    ] = None,
    note: Annotated[str, typer.Option(help=say("Une phrase.", "A sentence."))] = "",
    triage: TriageOption = None,
) -> None:
    """List or change triage."""
    told, path = open_result(result), triage or beside(result)
    names = list(subjects or ())
    if state is not None:
        known = {each.id for each in told.incidents} | {each.id for each in told.alerts}
        _all_known(names, known, str(result))
        now = datetime.now(UTC)
        who = by or getpass.getuser()
        add(path, (Entry(subject=name, state=state, by=who, at=now, note=note) for name in names))
    view = View(told, LANGUAGE, read(path))
    console = Console(highlight=False)
    if names:
        print_history(names, view, console)
    else:
        print_triage(view, console)


def _all_known(names: list[str], known: set[str], where: str) -> None:
    """Refuse a name nobody has, before anything is written.

    Raises:
        InputError: no name, or one that is in the result neither as an incident nor as an alert.

    """
    strange = [name for name in names if name not in known]
    if names and not strange:
        return
    asked = strange[0] if strange else ""
    raise InputError(
        Text(fr=f"aucun incident ni alerte « {asked} » ici", en=f"no incident or alert {asked} here")
        if strange
        else Text(fr="de quel incident ou alerte ?", en="of which incident or alert?"),
        where=where,
        advice=Text(
            fr="Listez-les : rempart detection triage RESULTAT.", en="List them: rempart detection triage RESULT."
        ),
    )
