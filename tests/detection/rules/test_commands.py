"""What a hospital says of itself: an example to start from, and what is refused without it."""

from typer.testing import CliRunner

from rempart.detection import pack
from rempart.detection.commands.rules import app, compiled_rules
from rempart.detection.rules.placeholders import values


def test_the_example_is_what_the_pack_waits_for_and_is_never_written_over(tmp_path):
    path = tmp_path / "placeholders.toml"
    assert CliRunner().invoke(app, ["init", str(path)]).exit_code == 0
    assert set(values(path)) == set(pack.placeholders())
    path.write_text("mine = []", encoding="utf-8")
    assert CliRunner().invoke(app, ["init", str(path)]).exit_code != 0
    assert path.read_text(encoding="utf-8") == "mine = []"


def test_no_hospital_is_taken_for_the_fictional_one(tmp_path, monkeypatch):
    monkeypatch.setenv("REMPART_CACHE", str(tmp_path))
    alone = compiled_rules((), own=True, filters=(), placeholders=None)
    whole = compiled_rules((), own=True, filters=(), placeholders=pack.placeholders())
    assert not whole.refusals
    reasons = [refusal.reason.fr for refusal in alone.refusals]
    assert any("domain_controllers" in reason for reason in reasons)
    assert len(alone.rules) < len(whole.rules)
