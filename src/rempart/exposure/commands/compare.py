"""`rempart exposure compare`: what became of each finding between measurements of one perimeter."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from rempart.exposure.catalogue import catalogue
from rempart.exposure.history import WANTED, History, history
from rempart.exposure.life import Finding, State
from rempart.exposure.pairs import Pair
from rempart.exposure.snapshot import open_snapshot
from rempart.measurement.command_line import AcceptOption, HtmlOption, JsonOption, acceptances, progress, write
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render import html, terminal
from rempart.measurement.render.words import words_of

_SHOWN = 12


def compare_command(
    snapshots: Annotated[
        list[Path],
        typer.Argument(help=say("Deux instantanés ou plus (.rempart).", "Two snapshots or more (.rempart).")),
    ],
    html_file: HtmlOption = None,
    json_file: JsonOption = None,
    accept: AcceptOption = None,
    level: Annotated[
        int,
        typer.Option(
            min=1, max=5, help=say("Niveau visé par la paire d'audits.", "Level wanted from the pair of audits.")
        ),
    ] = WANTED,
) -> None:
    """Compare measurements."""
    accepted = acceptances(accept, catalogue())
    with progress(say("Jugement des mesures", "Judging the measurements")):
        told = history([open_snapshot(path) for path in snapshots], acceptances=accepted, wanted=level)
    terminal.print_trend(told.trend, LANGUAGE)
    _print(told)
    if json_file is not None:
        write(json_file, _json(told))
    if html_file is not None:
        write(html_file, html.render(told.report, LANGUAGE, history=told.trend))


def _json(told: History) -> bytes:
    pair = TypeAdapter(Pair).dump_python(told.pair, mode="json")
    lives = TypeAdapter(tuple[Finding, ...]).dump_python(told.findings, mode="json")
    content = {"trend": told.trend.model_dump(mode="json"), "findings": lives, "pair": pair}
    return TypeAdapter(dict[str, object]).dump_json(content, indent=1)


def _print(told: History) -> None:
    """Print the life of the findings by state, then where the pair stands."""
    words = words_of(told.report, LANGUAGE)
    typer.echo()
    for state in State:
        found = [each for each in told.findings if each.state is state]
        if found:
            typer.echo(
                f"{words.label(state)} : {len(found)}"
                if words.language == "fr"
                else f"{words.label(state)}: {len(found)}"
            )
            for each in found[:_SHOWN]:
                level = f" [{words('level_n', n=each.level)}]" if each.level else ""
                typer.echo(f"  {words.text(told.report.controls[each.control].title)}{level} – {each.name}")
            if len(found) > _SHOWN:
                typer.echo(f"  {words('others_n', n=len(found) - _SHOWN)}")
    typer.echo()
    typer.echo(words.label(told.pair.standing))
    days = (("pair_first", told.pair.first), ("pair_second", told.pair.second))
    window = (("pair_opens", told.pair.opens), ("pair_closes", told.pair.closes))
    for label, day in (*days, *window):
        if isinstance(day, date):
            typer.echo(f"  {words.pair(words.label(label), words.date(day))}")
