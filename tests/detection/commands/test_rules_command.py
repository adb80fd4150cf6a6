"""`rempart detection rules`, as a person types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rempart.detection import pack
from rempart.detection.commands.rules import app
from rempart.detection.rules.placeholders import values
from rempart.measurement.errors import InputError
from tests.detection.rules.making import rule_text

SEEN = rule_text(
    "s:\n  EventID: 4625\n  TargetUserName: x\ncondition: s",
    title="Vue",
    level="high",
    tags="[attack.t1110, attack.credential-access]",
)
BLIND = rule_text(
    "s:\n  F: x\ncondition: s", "{product: linux, service: auditd}", title="Aveugle", tags="[attack.t1059]"
)
EVENT = {"Channel": "Security", "EventID": 4625, "TargetUserName": "c.martin", "Hostname": "SRV-01.valmont.example"}


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REMPART_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "rules"
    folder.mkdir()
    for number, text in enumerate((SEEN, BLIND)):
        (folder / f"{number}.yml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    pytest.importorskip("rempart.detection.collect.read")
    path = tmp_path / "log.jsonl"
    path.write_text((json.dumps(EVENT) + "\n") * 5, encoding="utf-8")
    return path


def _run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)
    return done.exit_code, done.stdout


@pytest.mark.usefixtures("rules")
def test_the_pack_of_the_house_is_whole_once_the_hospital_said_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "placeholders.toml"
    assert _run("init", path)[0] == 0

    code, said = _run("check", "--placeholders", path)

    assert code == 0
    assert "Refusées\u00a0: 0." in said
    assert "Ajoutez --logs" in said


@pytest.mark.usefixtures("rules")
def test_no_hospital_is_taken_for_the_fictional_one() -> None:
    code, said = _run("check", "--details", "--fail-on-refused")

    assert code == 1
    assert "%domain_controllers% n'a pas de valeur" in said
    assert "--placeholders" in said


def test_the_example_is_what_the_pack_waits_for_and_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "placeholders.toml"
    assert _run("init", path)[0] == 0
    assert set(values(path)) == set(pack.placeholders())
    path.write_text("mine = []", encoding="utf-8")
    with pytest.raises(InputError, match="exists already"):
        _run("init", path)
    assert path.read_text(encoding="utf-8") == "mine = []"


def test_a_refused_rule_is_told_with_its_reason_and_can_fail(rules: Path) -> None:
    (rules / "bad.yml").write_text(rule_text("s:\n  F|nosuch: x\ncondition: s", title="Fautive"), encoding="utf-8")

    code, said = _run("check", "--rules", rules, "--no-pack", "--fail-on-refused")

    assert code == 1
    assert "Règles chargées\u00a0: 2, dont 0" in said
    assert "Refusées\u00a0: 1." in said
    assert "modificateur inconnu" in said
    assert "Fautive" in said


def test_details_name_every_rule_and_its_file(rules: Path) -> None:
    (rules / "bad.yml").write_text(rule_text("s:\n  F|nosuch: x\ncondition: s", title="Fautive"), encoding="utf-8")

    assert "Fautive (rules/bad.yml)" in _run("check", "--rules", rules, "--no-pack", "--details")[1]


def test_the_check_is_written_as_json(rules: Path, tmp_path: Path) -> None:
    _run("check", "--rules", rules, "--no-pack", "--json", tmp_path / "check.json")

    told = json.loads((tmp_path / "check.json").read_text(encoding="utf-8"))
    assert [one["sight"] for one in told["rules"]] == ["unknown", "unknown"]


def test_rules_compared_with_logs_say_what_they_wait_for(rules: Path, logs: Path) -> None:
    code, said = _run("check", "--rules", rules, "--no-pack", "--logs", logs)

    assert code == 0
    assert "linux/auditd\u00a0: Aveugle" in said
    assert "Vue" not in said.partition("Journaux qui ne viennent pas")[2]


def test_coverage_is_a_page_a_layer_and_data(rules: Path, logs: Path, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("c.html", "c.json", "n.json")]

    code, said = _run(
        "coverage", "--rules", rules, "--no-pack", "--logs", logs, "--name", "CH de Valmont (fictif)",
        "--html", files[0], "--json", files[1], "--navigator", files[2], "--at", "2026-11-24",
    )  # fmt: skip

    assert code == 0
    assert "Règles actives : 1. Techniques d'ATT&CK vues : 1, sans journaux : 1." in said
    assert "CH de Valmont (fictif)" in files[0].read_text(encoding="utf-8")
    assert json.loads(files[1].read_text(encoding="utf-8"))["techniques"] == {
        "T1059": {"active": [], "waiting": [1]},
        "T1110": {"active": [0], "waiting": []},
    }
    assert len(json.loads(files[2].read_text(encoding="utf-8"))["techniques"]) == 2


def test_without_logs_nothing_is_said_to_be_seen(rules: Path) -> None:
    _, said = _run("coverage", "--rules", rules, "--no-pack")

    assert "Règles actives : 0." in said
    assert "aucune règle n'est dite active" in said
