"""Filters of Sigma 2.1: exceptions of this hospital, kept apart from the rules they correct."""

from pathlib import Path

from rempart.detection.rules.form import And, Leaf, Not
from tests.detection.rules.making import asked_by, loaded, only, rule_text

_ID = "0a1b2c3d-0000-4000-8000-000000000001"
RULE = rule_text("sel:\n  F: x\ncondition: sel", id=_ID, name="essai")


def _filter(rules: str, logsource: str = "{product: windows, service: security}", condition: str = "not mine") -> str:
    return f"""
title: Nos administrateurs
logsource: {logsource}
filter:
  rules: {rules}
  mine:
    User|startswith: adm_
  condition: {condition}
"""


def test_a_filter_adds_its_condition_to_the_rules_it_names(tmp_path: Path) -> None:
    for rules in (f"[{_ID}]", "[essai]", "any", "essai"):
        compiled = loaded(tmp_path, RULE, _filter(rules))

        condition, _ = only(compiled)
        assert condition == And((Leaf(0), Not(Leaf(1))))
        assert [one.field for one in asked_by(compiled)] == ["F", "User"]


def test_a_filter_leaves_other_rules_alone(tmp_path: Path) -> None:
    other = rule_text("sel:\n  G: x\ncondition: sel")

    compiled = loaded(tmp_path, RULE, other, _filter(f"[{_ID}]"))

    assert compiled.rules[1].scopes[0].condition == Leaf(2)


def test_a_filter_that_concerns_no_rule_is_told(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, RULE, _filter(f"[{_ID}]", "{product: linux}"))

    assert "aucune règle" in compiled.refusals[0].reason.fr
    assert len(compiled.rules) == 1


def test_a_filter_without_rules_is_refused(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, RULE, _filter("[]").replace("  rules: []\n", ""))

    assert "'rules' field" in compiled.refusals[0].reason.en


def test_filters_come_from_their_own_folder(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "f.yml").write_text(_filter("any"), encoding="utf-8")

    compiled = loaded(tmp_path, RULE, filters=[tmp_path / "local"])

    assert isinstance(only(compiled)[0], And)
