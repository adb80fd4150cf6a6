import re
import tarfile

import pytest

from rempart.detection.alerts.advice import advice
from rempart.detection.alerts.attack import aim, attack, order, technique_name
from tests.shared_data import needs_data, shared_data


def test_every_name_of_the_matrix_leads_to_another_one():
    matrix = attack()
    assert set(matrix.tactic_ids) == set(matrix.tactics)
    assert set(matrix.former.values()) <= set(matrix.tactics)
    assert all(set(technique.tactics) <= set(matrix.tactics) for technique in matrix.techniques.values())
    assert len(set(matrix.tactic_ids.values())) == len(matrix.tactics)


def test_a_stage_is_the_first_tactic_named_whatever_its_spelling():
    assert aim(("attack.Lateral_Movement", "attack.t1021.002")).stage == "lateral-movement"
    assert aim(("attack.defense-evasion",)).stage == "stealth"
    assert aim(("car.2016-04-005", "cve.2021-1")).stage == ""


def test_a_rule_that_names_only_a_technique_has_the_tactics_of_that_one():
    assert aim(("attack.T1490",)).tactics == ("impact",)
    assert aim(("attack.t1490",)).techniques == ("T1490",)


def test_a_part_of_a_technique_is_named_after_it():
    assert technique_name("T1003.001").fr.endswith(" : Mémoire de LSASS")
    assert technique_name("T9999") is None
    assert list(order().values()) == list(range(15))


def test_the_advice_names_techniques_and_tactics_that_exist():
    matrix = attack()
    for sign in (*advice().action, *advice().declare):
        assert {name for name in sign.tactics if name != "*"} <= set(matrix.tactics)
        bases = {name.partition(".")[0] for name in sign.techniques} - {"T1530", "T1070"}
        assert bases <= set(matrix.techniques), sign.id
        assert sign.fr
        assert sign.en


@needs_data("detection/sigmahq-rules.tar.xz")
def test_every_technique_sigmahq_names_has_a_name_here():
    named = set()
    with tarfile.open(shared_data("detection/sigmahq-rules.tar.xz")) as archive:
        for member in archive:
            if member.name.endswith(".yml") and member.isfile():
                text = archive.extractfile(member).read().decode()
                named |= set(re.findall(r"^\s+- attack\.(t\d{4}(?:\.\d{3})?)\s*$", text, re.IGNORECASE | re.MULTILINE))
    assert len(named) > 300
    unnamed = sorted(name.upper() for name in named if technique_name(name.upper()) is None)
    assert unnamed == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_placeholders_of_actions_are_the_three_kinds_of_names(language):
    for action in advice().action:
        assert set(re.findall(r"\{(\w*)\}", getattr(action, language))) <= {"hosts", "users", "addresses"}
