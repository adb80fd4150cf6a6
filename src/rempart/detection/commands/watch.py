"""`rempart detection watch`: the daemon, and what people do with it: answer an incident, check the roster."""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from rempart.detection.commands.watch_roster import app as roster_app
from rempart.detection.watch.cases import acknowledge
from rempart.detection.watch.daemon import watch
from rempart.detection.watch.held import Held
from rempart.detection.watch.listener import secured
from rempart.detection.watch.logs import prepare
from rempart.detection.watch.messages import paris
from rempart.detection.watch.real import real_tools
from rempart.detection.watch.roster import open_roster
from rempart.detection.watch.settings import Settings, open_settings
from rempart.detection.watch.state import FILE, connect, transaction
from rempart.detection.watch.trial import try_messages
from rempart.measurement.command_line import THRESHOLD_NOT_MET
from rempart.measurement.errors import InputError
from rempart.measurement.language import say
from rempart.measurement.render.view import visible
from rempart.measurement.text import Text

DEFAULT = Path("/etc/rempart/detection.toml")
ConfigOption = Annotated[
    Path, typer.Option("--config", help=say("Fichier de configuration (TOML).", "Configuration file (TOML)."))
]

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)
app.add_typer(roster_app, name="roster", help=say("Le tableau d'astreinte.", "The on-call roster."))


@app.callback(
    help=say(
        "Surveiller en continu : suivre les journaux, alerter, prévenir la personne d'astreinte.",
        "Watch without rest: follow logs, raise alerts, call the person on call.",
    )
)
def watch_command(
    context: typer.Context,
    config: ConfigOption = DEFAULT,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help=say("Vérifier la configuration et s'arrêter.", "Check the configuration and stop.")
        ),
    ] = False,
    json_log: Annotated[bool, typer.Option("--json-log", help=say("Journal en JSON.", "Log as JSON."))] = False,
) -> None:
    """Watch."""
    context.obj = config
    if context.invoked_subcommand is not None:
        return
    settings = open_settings(config)
    if check:
        _check(settings)
        return
    prepare(sys.stderr, json=json_log)
    watch(settings, real_tools(settings))


@app.command("ack", help=say("Dire qu'on s'occupe d'un incident.", "Say that one takes care of an incident."))
def ack_command(
    context: typer.Context,
    incident: Annotated[str, typer.Argument(help=say("Numéro de l'incident (I-…).", "Number of the incident (I-…)."))],
    by: Annotated[str, typer.Option("--by", help=say("Votre nom.", "Your name."))] = "",
) -> None:
    """Acknowledge."""
    state = connect(_existing(open_settings(context.obj)))
    with transaction(state):
        found = acknowledge(state, incident, by, datetime.now(UTC))
    state.close()
    if not found:
        raise InputError(
            Text(fr="aucun incident de ce numéro", en="no incident of that number"),
            where=incident,
            advice=Text(fr="La liste : rempart detection watch incidents", en="See: rempart detection watch incidents"),
        )
    typer.echo(say(f"{incident} : pris en charge.", f"{incident}: acknowledged."))


@app.command("incidents", help=say("Les incidents des derniers jours.", "The incidents of the last days."))
def incidents_command(
    context: typer.Context,
    days: Annotated[int, typer.Option("--days", min=1, help=say("Nombre de jours.", "How many days."))] = 7,
) -> None:
    """List incidents."""
    state = connect(_existing(open_settings(context.obj)))
    since = time.time() - days * 86400
    rows = state.execute("SELECT * FROM incidents WHERE active >= ? ORDER BY opened DESC", (since,)).fetchall()
    state.close()
    table = Table(box=None, pad_edge=False)
    for title in (say("Incident", "Incident"), say("Niveau", "Level"), say("Alertes", "Alerts")):
        table.add_column(title)
    table.add_column(say("Machine ou compte", "Machine or account"))
    table.add_column(say("Ouvert", "Opened"))
    table.add_column(say("Pris en charge", "Acknowledged"))
    for row in rows:
        answered = row["acknowledged_by"] or say("oui", "yes") if row["acknowledged"] else say("non", "no")
        opened = paris(datetime.fromtimestamp(row["opened"], UTC))
        cells = (row["id"], row["level"], str(row["alerts"]), row["entity"], opened, answered)
        table.add_row(*(visible(cell) for cell in cells))
    Console(markup=False, highlight=False).print(table if rows else say("Aucun incident.", "No incident."))


@app.command("incident", help=say("Les alertes d'un incident, en JSON.", "The alerts of an incident, as JSON."))
def incident_command(
    context: typer.Context,
    incident: Annotated[str, typer.Argument(help=say("Numéro de l'incident (I-…).", "Number of the incident (I-…)."))],
) -> None:
    """Show the alerts of an incident."""
    state = connect(_existing(open_settings(context.obj)))
    rows = state.execute("SELECT line FROM alerts WHERE incident = ? ORDER BY number", (incident,)).fetchall()
    state.close()
    for row in rows:
        typer.echo(orjson.dumps(orjson.loads(row["line"]), option=orjson.OPT_INDENT_2).decode())
    if not rows:
        raise typer.Exit(THRESHOLD_NOT_MET)


@app.command(
    "try",
    help=say(
        "Envoyer un message d'essai à qui est d'astreinte maintenant.", "Send a trial message to who is on call now."
    ),
)
def try_command(context: typer.Context) -> None:
    """Send trial messages."""
    settings = open_settings(context.obj)
    roster = open_roster(settings.roster) if settings.roster else None
    results = list(try_messages(settings, roster, datetime.now(UTC)))
    for channel, recipient, problem in results:
        typer.echo(f"{channel} {visible(recipient)} : {problem or say('envoyé', 'sent')}")
    if not results or any(problem for *_, problem in results):
        raise typer.Exit(THRESHOLD_NOT_MET)


def _existing(settings: Settings) -> Path:
    if not (settings.state / FILE).is_file():
        raise InputError(Text(fr="aucune veille n'a encore tourné ici", en="no watch ran here"), str(settings.state))
    return settings.state


def _check(settings: Settings) -> None:
    """Load all that a watch would, and say what it found."""
    tools = real_tools(settings)
    held = Held(lambda: tools.load(settings, settings.state / "rules-cache"), tools.paths(settings))
    for port in settings.listen:
        secured(port)
    secrets = (
        settings.mail.password_file if settings.mail else None,
        settings.webhook.secret_file if settings.webhook else None,
    )
    for secret in secrets:
        if secret is not None and not secret.is_file():
            raise InputError(Text(fr="fichier secret absent", en="no such secret file"), str(secret))
    rules = len(held.compiled.rules) + len(held.compiled.correlations)
    refused = len(held.compiled.refusals)
    typer.echo(say(f"{rules} règles, {refused} refusées.", f"{rules} rules, {refused} refused."))
    if settings.roster is not None:
        now = datetime.now(UTC)
        gaps = open_roster(settings.roster).gaps(now, now + timedelta(days=30))
        hours = sum((gap.end - gap.start).total_seconds() for gap in gaps) / 3600
        typer.echo(
            say(
                f"Astreinte : {hours:.0f} h sans personne sur 30 jours.",
                f"On call: {hours:.0f} h of 30 days uncovered.",
            )
        )
    typer.echo(say("Configuration correcte.", "The configuration is right."))
