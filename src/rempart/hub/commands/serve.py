"""`rempart hub serve`, `worker` and `migrate`: the site and its worker, as one thing to start and to stop."""

import hashlib
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rempart.hub.commands import site
from rempart.hub.place import data_folder
from rempart.measurement.errors import InputError
from rempart.measurement.language import say
from rempart.measurement.text import Text

URL = "REMPART_HUB_URL"
STAMP = ".collected"
PATIENCE = 60.0
"""Seconds the site has to answer once started."""
_RUN_ITSELF = "import sys; from rempart.cli import main; sys.argv[0] = 'rempart'; main()"

Host = Annotated[str, typer.Option(help=say("Adresse d'écoute.", "Address to listen on."))]
Port = Annotated[int, typer.Option(min=1, max=65535, help=say("Port d'écoute.", "Port to listen on."))]
Workers = Annotated[int, typer.Option(min=1, max=64, help=say("Processus du site.", "Processes of the site."))]


app = typer.Typer(rich_markup_mode=None)


@app.command(
    help=say(
        "Servir le hub : base, site et tâches de fond, jusqu'à l'arrêt.",
        "Serve the hub: database, site and background work, until stopped.",
    ),
)
def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 2) -> None:
    """Start everything, print the address, watch, and stop everything."""
    signal.signal(signal.SIGTERM, _end)  # until the supervisor listens: the embedded database must be let go
    os.environ.setdefault(URL, f"http://localhost:{port}")
    _check_free(host, port)
    site.ready()
    migrate_database()
    _collect_static()
    from rempart.hub.operations.supervisor import Child, Supervisor  # noqa: PLC0415 — needs the hub's libraries

    web = [
        *(sys.executable, "-m", "gunicorn", "--config", "python:rempart.hub.operations.gunicorn"),
        *("--bind", f"{host}:{port}", "--workers", str(workers)),
    ]
    background = [sys.executable, "-c", _RUN_ITSELF, "hub", "worker"]
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(_fresh(data_folder() / "figures"))}
    supervisor = Supervisor([Child("web", web), Child("worker", background)], environment)
    supervisor.run(when_started=lambda: _announce(host, port, supervisor.is_stopping))


@app.command(help=say("Faire les tâches de fond seules.", "Do the background work alone."))
def worker() -> None:
    """Do the background work until asked to stop."""
    site.ready()
    from rempart.hub.operations.worker import run  # noqa: PLC0415 — needs Django ready

    run()


@app.command(help=say("Mettre la base à jour.", "Bring the database up to date."))
def migrate() -> None:
    """Bring the database up to date."""
    site.ready()
    migrate_database()
    typer.echo(say("La base est à jour.", "The database is up to date."))


def _end(number: int, frame: object) -> None:
    del frame
    raise SystemExit(128 + number)


def migrate_database() -> None:
    """Apply the migrations that the database lacks, and recognise the catalogues this version is published with."""
    from django.core.management import call_command  # noqa: PLC0415 — needs Django ready

    from rempart.hub.funding.proofs.services import load_catalogues  # noqa: PLC0415 — same

    call_command("migrate", interactive=False, verbosity=0)
    load_catalogues(at=datetime.now(UTC))


def _collect_static() -> None:
    """Gather the pages' files, unless they are those gathered last time."""
    from django.conf import settings  # noqa: PLC0415 — needs Django ready
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415 — same
    from django.core.management import call_command  # noqa: PLC0415 — same

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            about = Path(storage.path(name)).stat()
            digest.update(f"{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / STAMP
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest.hexdigest(), encoding="ascii")


def _check_free(host: str, port: int) -> None:
    try:
        family, *_rest, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise InputError(
            Text(fr=f"impossible d'écouter ici ({error.strerror})", en=f"cannot listen here ({error.strerror})"),
            where=f"{host}:{port}",
            advice=Text(fr="choisissez un autre port avec --port", en="choose another port with --port"),
        ) from error


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _announce(host: str, port: int, gives_up: Callable[[], bool]) -> None:
    """Wait until the site answers, then print its address."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 — an address to translate
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not gives_up():
        try:
            socket.create_connection((target, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
            continue
        address = os.environ[URL]
        typer.echo(say(f"Le hub est ouvert : {address}", f"The hub is open: {address}"))
        typer.echo(say("Ctrl-C pour l'arrêter.", "Ctrl-C to stop it."))
        sys.stdout.flush()
        return
