"""`rempart hub check-deploy`: refuse to open a site whose settings are unsafe."""

import typer

from rempart.hub.commands import site
from rempart.measurement.language import LANGUAGE, say

app = typer.Typer(rich_markup_mode=None)


@app.command(
    "check-deploy",
    help=say(
        "Refuser un réglage dangereux avant d'ouvrir le site ; code 1 s'il y en a un.",
        "Refuse an unsafe setting before opening the site; exit code 1 when there is one.",
    ),
)
def check_deploy() -> None:
    """Print each problem with what to do."""
    site.ready()
    from rempart.hub.operations.deployment import problems  # noqa: PLC0415 — needs Django ready

    found = problems()
    for problem in found:
        kind = say("REFUS", "REFUSED") if problem.fatal else say("à savoir", "to know")
        typer.echo(f"{kind} [{problem.code}] {problem.what.say(LANGUAGE)}\n    → {problem.advice.say(LANGUAGE)}")
    if any(problem.fatal for problem in found):
        raise typer.Exit(1)
    typer.echo(say("Aucun réglage dangereux.", "No unsafe setting."))
