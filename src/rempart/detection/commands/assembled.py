"""The commands of the detection engine, put together."""

import typer

from rempart.detection.commands import digest, explain, hunt, rules, run, store, triage, watch
from rempart.detection.commands.demo import HELP as DEMO_HELP
from rempart.detection.commands.demo import demo_command
from rempart.detection.commands.export_sql import HELP as EXPORT_HELP
from rempart.detection.commands.export_sql import export_sql_command
from rempart.detection.commands.posture import posture_command
from rempart.measurement.language import say

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("run", help=run.HELP)(run.run_command)
app.command("explain", help=explain.HELP)(explain.explain_command)
app.command("triage", help=triage.HELP)(triage.triage_command)
app.command("digest", help=digest.HELP)(digest.digest_command)
app.command("hunt", help=hunt.HELP)(hunt.hunt_command)
app.add_typer(store.app, name="store")
app.add_typer(watch.app, name="watch")
app.add_typer(rules.app, name="rules")
app.command("export-sql", help=EXPORT_HELP)(export_sql_command)
app.command("demo", help=DEMO_HELP)(demo_command)
app.command(
    "posture",
    help=say(
        "Juger comment l'hôpital verrait une attaque, en chiffres qui s'attestent.",
        "Judge how well the hospital would see an attack, in figures that can be attested.",
    ),
)(posture_command)
