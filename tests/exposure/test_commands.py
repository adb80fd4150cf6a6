"""The commands on a small hospital in a namespace, as a person runs them."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from rempart.exposure.commands import app
from rempart.exposure.snapshot import open_snapshot
from rempart.measurement.errors import InputError
from tests.exposure.collect.test_run import PERIMETER

MAIN = "from rempart.cli import main; main()"


@pytest.fixture(scope="module")
def rempart(namespace, tmp_path_factory):
    """Run `rempart exposure ...` beside the hospital, in a folder that holds its perimeter."""
    folder = tmp_path_factory.mktemp("hospital")
    (folder / "log").touch()
    (folder / "perimeter.toml").write_text(PERIMETER)
    (folder / "ct.json").write_text(json.dumps([{"name_value": "*.valmont.test\nintranet.valmont.test"}]))
    daemon = namespace.start(
        [sys.executable, "-m", "tests.exposure.lab.small", str(folder / "log")], ready=("127.0.8.1", 7777)
    )

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        command = namespace.command([sys.executable, "-c", MAIN, "exposure", *args])
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    run.folder = folder
    yield run
    daemon.stop()


def test_audit_measures_judges_keeps_and_logs(rempart):
    done = rempart("audit", "perimeter.toml", "--ports", "80,7777", "--save", "a.rempart", "--json", "a.json")
    assert done.returncode == 0, done.stderr
    assert "Exposition sur internet" in done.stdout
    snapshot = open_snapshot(rempart.folder / "a.rempart")
    assert snapshot.manifest.counts["open_ports"] == 6
    assert snapshot.manifest.counts["connections"] >= 14
    assert snapshot.manifest.mandate == "Direction (01/01/2000 - 31/12/2999)"
    report = json.loads((rempart.folder / "a.json").read_text())
    assert report["source"]["digest"] == snapshot.digest
    assert snapshot.feeds["dataset"].to_list() == ["support"]  # what Rempart ships, for want of loaded sets
    assert report["level"]["at_most"]  # two ports of a thousand prove no level
    logged = rempart("log", "perimeter.toml")
    assert logged.returncode == 0
    assert "audit" in logged.stdout
    assert "chaîne intacte" in logged.stdout


def test_discover_lists_what_to_declare(rempart):
    done = rempart("discover", "perimeter.toml", "--ct", "ct.json", "--csv", "found.csv")
    assert done.returncode == 0, done.stderr
    assert "extranet.valmont.test – redirection, " in done.stdout
    assert "intranet.valmont.test – journal de certificats" in done.stdout
    assert "Aucun de ces noms n'a été sollicité." in done.stdout
    assert "mx.autre.example;2;mx;www.valmont.test" in (rempart.folder / "found.csv").read_text()


def test_a_file_named_stop_ends_the_run_with_its_work_kept(rempart):
    work = rempart.folder / "work"
    work.mkdir()
    (work / "STOP").touch()
    done = rempart("audit", "perimeter.toml", "--ports", "80", "--work", "work")
    assert done.returncode == 130
    assert "relancez avec --work work" in done.stderr
    (work / "STOP").unlink()
    assert rempart("audit", "perimeter.toml", "--ports", "80", "--work", "work").returncode == 0
    assert not work.exists()


def test_the_perimeter_is_begun_from_an_example_and_told_back(tmp_path):
    path = str(tmp_path / "perimeter.toml")
    runner = CliRunner()
    assert runner.invoke(app, ["perimeter", "init", path]).exit_code == 0
    told = runner.invoke(app, ["perimeter", "check", path])
    assert told.exit_code == 0
    assert "Plage 192.0.2.0/28 : 16 adresses." in told.output
    assert "Silence de 07:30 à 09:00, heure de Paris." in told.output
    again = runner.invoke(app, ["perimeter", "init", path])
    assert isinstance(again.exception, InputError)
