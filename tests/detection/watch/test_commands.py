"""What people do with a watch from the command line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rempart.detection.commands.watch import app
from rempart.detection.watch.cases import Tellers, join
from rempart.detection.watch.settings import open_settings
from rempart.detection.watch.state import connect
from rempart.measurement.errors import InputError
from tests.detection.watch.test_cases import NOW, alert
from tests.detection.watch.test_killed import configuration

ROSTER = Path(__file__).parents[3] / "deploy" / "roster.toml"


def run(*arguments):
    result = CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=True)
    if isinstance(result.exception, InputError):
        raise result.exception
    return result


@pytest.fixture
def config(tmp_path):
    path = configuration(tmp_path)
    settings = open_settings(path)
    state = connect(settings.state)
    incident = join(state, alert(7), Tellers(settings, None), datetime.now(UTC))
    state.execute("INSERT INTO alerts (id, incident, raised, line) VALUES ('a', ?, 0, ?)", (incident, b'{"rule":"x"}'))
    state.close()
    return path


def test_an_incident_is_listed_shown_and_acknowledged(config):
    assert "I-00000007" in run("--config", config, "incidents").output
    assert '"rule": "x"' in run("--config", config, "incident", "I-00000007").output
    assert "pris en charge" in run("--config", config, "ack", "I-00000007", "--by", "Anne").output
    assert "Anne" in run("--config", config, "incidents").output


def test_an_unknown_incident_is_told(config):
    with pytest.raises(InputError, match="no incident"):
        run("--config", config, "ack", "I-none")
    assert run("--config", config, "incident", "I-none").exit_code == 1


def test_a_state_where_no_watch_ran_is_told(tmp_path):
    with pytest.raises(InputError, match="no watch ran here"):
        run("--config", configuration(tmp_path), "incidents")


def test_the_roster_is_checked_and_says_who_answers(tmp_path):
    at = NOW.isoformat()
    whole = run("roster", "check", ROSTER, "--at", at, "--days", 30)
    assert (whole.exit_code, whole.output.strip()) == (0, "Couvert 24 h sur 24 pendant 30 jours.")
    assert run("roster", "who", ROSTER, "--at", at).output.startswith("1. ")
    holed = tmp_path / "roster.toml"
    text = ROSTER.read_text(encoding="utf-8")
    holed.write_text(text.replace('days = ["sat", "sun", "holiday"]', 'days = ["sat", "holiday"]'), encoding="utf-8")
    found = run("roster", "check", holed, "--at", at, "--days", 7)
    assert found.exit_code == 1
    assert "Personne : dimanche 29/11/2026 à 08 h 00" in found.output
    assert run("roster", "who", holed, "--at", "2026-11-29T12:00:00+01:00").exit_code == 1


def test_a_trial_without_anybody_to_tell_fails(config):
    assert run("--config", config, "try").exit_code == 1
