"""`rempart detection watch roster ...`: who answers, and when nobody does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from rempart.detection.watch.messages import paris
from rempart.detection.watch.roster import open_roster
from rempart.measurement.command_line import THRESHOLD_NOT_MET, moment
from rempart.measurement.language import say
from rempart.measurement.render.view import visible

app = typer.Typer(no_args_is_help=True)
RosterArgument = Annotated[Path, typer.Argument(help=say("Tableau d'astreinte (TOML).", "Roster (TOML)."))]
FromOption = Annotated[
    str | None, typer.Option("--at", help=say("Date, sinon maintenant.", "Date, otherwise now."), show_default=False)
]


@app.command("check", help=say("Dire quand personne n'est d'astreinte.", "Say when nobody is on call."))
def check_command(
    path: RosterArgument,
    days: Annotated[int, typer.Option("--days", min=1, max=1100, help=say("Nombre de jours.", "How many days."))] = 60,
    at: FromOption = None,
) -> None:
    """Say the gaps; exit with code 1 when there is one."""
    start = moment(at) or datetime.now(UTC)
    roster = open_roster(path)
    gaps = roster.gaps(start, start + timedelta(days=days))
    for gap in gaps:
        hours, minutes = divmod(round((gap.end - gap.start).total_seconds() / 60), 60)
        typer.echo(
            say(
                f"Personne : {paris(gap.start)} → {paris(gap.end)} ({hours} h {minutes:02})",
                f"Nobody: {gap.start:%Y-%m-%d %H:%M} → {gap.end:%Y-%m-%d %H:%M} UTC ({hours} h {minutes:02})",
            )
        )
    without = [person.name for person in roster.people if not person.mail]
    if without:
        names = visible(", ".join(without))
        typer.echo(say(f"Sans adresse : {names}", f"Without an address: {names}"))
    if gaps:
        raise typer.Exit(THRESHOLD_NOT_MET)
    typer.echo(say(f"Couvert 24 h sur 24 pendant {days} jours.", f"Covered around the clock for {days} days."))


@app.command("who", help=say("Dire qui est d'astreinte.", "Say who is on call."))
def who_command(path: RosterArgument, at: FromOption = None) -> None:
    """Say who answers, first called first; exit with code 1 when nobody does."""
    when = moment(at) or datetime.now(UTC)
    people = open_roster(path).on_call(when)
    for rank, person in enumerate(people, 1):
        typer.echo(f"{rank}. {visible(person.name)} {person.mail or ''}".rstrip())
    if not people:
        typer.echo(say(f"Personne, {paris(when)}.", f"Nobody at {when:%Y-%m-%d %H:%M} UTC."))
        raise typer.Exit(THRESHOLD_NOT_MET)
