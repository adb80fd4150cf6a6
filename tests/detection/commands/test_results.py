import pytest
import typer
from typer.testing import CliRunner

from rempart.detection.alerts.result import to_json
from rempart.detection.alerts.triage import beside, read
from rempart.detection.commands.digest import digest_command
from rempart.detection.commands.explain import explain_command
from rempart.detection.commands.triage import triage_command
from rempart.detection.render.outputs import Outputs, Shape
from rempart.measurement.errors import InputError
from tests.detection.alerts import night

app = typer.Typer()
app.command("explain")(explain_command)
app.command("triage")(triage_command)
app.command("digest")(digest_command)


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=True)


@pytest.fixture(scope="module")
def result():
    return night.result()


@pytest.fixture
def file(tmp_path, result):
    path = tmp_path / "nuit.json"
    path.write_text(to_json(result), encoding="utf-8")
    return path


def test_explain_tells_why_the_event_and_the_rule(file, result):
    alert = next(each for each in result.alerts if "secours" in each.about.title)
    told = run("explain", file, alert.id)
    assert told.exit_code == 0
    for words in (
        "CommandLine",
        "*delete*shadows*",
        "vssadmin.exe Delete Shadows",
        "Camille Renard",
        "EUPL-1.2",
        "octet",
    ):
        assert words in told.output
    assert run("explain", file, alert.id[:8]).output == told.output


@pytest.mark.parametrize("shape", list(Shape))
def test_explain_reads_alerts_of_any_standard(tmp_path, result, shape):
    path = tmp_path / "a.jsonl"
    Outputs(jsonl=path, shape=shape).write(result)
    assert "vssadmin.exe" in run("explain", path, result.alerts[-4].id).output


def test_explain_of_an_alert_nobody_knows_says_so(file):
    told = run("explain", file, "zzzz")
    assert isinstance(told.exception, InputError)
    assert "zzzz" in told.exception.what.fr


def test_triage_lists_says_and_takes_back(file, result):
    first = result.incidents[0].id
    assert "Personne ne s'en est encore occupé" in run("triage", file).output
    run("triage", file, first, "--state", "handled", "--by", "A. Nguyen", "--note", "j'isole SRV-SAUVEGARDE")
    listed = run("triage", file).output
    assert "En cours de traitement, par A. Nguyen" in listed
    assert "j'isole SRV-SAUVEGARDE" in " ".join(listed.split())
    run("triage", file, first, "--state", "new", "--by", "A. Nguyen")
    assert len(read(beside(file)).entries) == 2
    history = run("triage", file, first).output
    assert history.index("En cours de traitement") < history.index("Personne ne s'en est encore occupé")


def test_triage_of_what_is_not_there_writes_nothing(file):
    told = run("triage", file, "I-nowhere", "--state", "seen")
    assert isinstance(told.exception, InputError)
    assert not beside(file).exists()
    assert isinstance(run("triage", file, "--state", "seen").exception, InputError)


def test_the_digest_leaves_out_what_was_closed(file, result, tmp_path):
    assert "QUE FAIRE D'ABORD" in run("digest", file).output
    for each in result.incidents:
        run("triage", file, each.id, "--state", "true-positive", "--by", "A. Nguyen")
    assert "TOUS LES INCIDENTS ONT ÉTÉ TRAITÉS" in run("digest", file).output
    run("digest", file, "--html", tmp_path / "d.html", "--text", tmp_path / "d.txt")
    assert (tmp_path / "d.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "TOUS LES INCIDENTS" in (tmp_path / "d.txt").read_text(encoding="utf-8")


def test_every_output_is_written_by_one_door(tmp_path, result):
    paths = {
        name: tmp_path / f"nuit.{name}" for name in ("html", "pdf", "json", "csv", "jsonl", "timesketch", "digest")
    }
    Outputs(**paths).write(result)
    assert all(path.stat().st_size > 500 for path in paths.values())
    assert not list(tmp_path.glob("*.partial"))
