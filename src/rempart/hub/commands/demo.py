"""`rempart hub demo`: a fictional territory, the replay of the first call, and the site to look at them."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rempart.hub.commands import site
from rempart.hub.commands.serve import Host, Port, Workers, migrate_database, serve
from rempart.hub.place import VARIABLE, data_folder
from rempart.measurement.language import say
from rempart.measurement.report import Report

HELP = say(
    "Montrer le hub sur un territoire fictif : le premier appel rejoué, un compte par rôle.",
    "Show the hub on a fictional territory: the first call replayed, one account for each role.",
)


def command(measures: Sequence[Callable[[], tuple[Report, ...]]]) -> Callable[..., None]:
    """Return the command; `measures` give the reports of the demonstration hospital, an engine each."""

    def demo(
        host: Host = "127.0.0.1",
        port: Port = 8000,
        workers: Workers = 2,
        *,
        load_only: Annotated[
            bool, typer.Option("--load-only", help=say("Charger sans servir.", "Load, do not serve."))
        ] = False,
    ) -> None:
        os.environ["REMPART_HUB_DEMO"] = "1"
        os.environ.setdefault(VARIABLE, str(Path.home() / ".local/share/rempart-demo"))
        os.environ.setdefault("REMPART_HUB_URL", f"http://localhost:{port}")
        os.environ.setdefault("REMPART_HUB_LOG_LEVEL", "WARNING")
        os.environ.setdefault("REMPART_HUB_EMAIL_URL", f"filemail://{data_folder() / 'mails'}")
        site.ready()
        _load(measures)
        if not load_only:
            serve(host, port, workers)

    return demo


def _load(measures: Sequence[Callable[[], tuple[Report, ...]]]) -> None:
    """Migrate, then load the territory and the replay, unless they are there."""
    from rempart.hub import database  # noqa: PLC0415 — needs the hub's libraries

    with database.hurried(os.environ[database.VARIABLE]):
        migrate_database()
        from rempart.hub.demo import loading, valmont  # noqa: PLC0415 — needs Django ready

        if not loading.is_loaded():
            typer.echo(say("Chargement du territoire fictif…", "Loading the fictional territory…"))
            reports = valmont.Measurements(*(report for measure in measures for report in measure()))
            loading.load(reports, data_folder() / "demo", at=datetime.now(UTC))
        for line in loading.summary():
            typer.echo(line)
