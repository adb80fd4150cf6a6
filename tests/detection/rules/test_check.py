"""What the rules can see of a hospital."""

import json
from collections import Counter
from pathlib import Path

from rempart.detection.census import Census
from rempart.detection.events import EventClass
from rempart.detection.rules.check import Sight, check
from rempart.detection.rules.coverage import coverage, navigator, tactics, technique_ids
from rempart.detection.rules.reading import reading
from rempart.measurement.text import Language
from tests.detection.rules.making import loaded, rule_text
from tests.detection.rules.test_gathering import BASE, COUNT, OTHER, correlation

PROCESS = "{product: windows, category: process_creation}"


def _census(*classes: tuple[str, str], **seen: set[str]) -> Census:
    names = {name.replace("__", "/"): fields for name, fields in seen.items()}
    return Census(events=Counter({EventClass(*one): 5 for one in classes}), seen=names)


def _sights(tmp_path: Path, census: Census | None, *texts: str) -> list[Sight]:
    return [one.sight for one in check(loaded(tmp_path, *texts), census).rules]


def test_without_logs_nothing_is_said_to_be_active(tmp_path: Path) -> None:
    checked = check(loaded(tmp_path, BASE))

    assert checked.of(Sight.UNKNOWN) == checked.rules
    assert not checked.compared
    assert not coverage(checked).active


def test_a_rule_whose_events_do_not_come_waits_and_says_for_what(tmp_path: Path) -> None:
    checked = check(
        loaded(tmp_path, rule_text("s:\n  Image: x\ncondition: s", PROCESS)), _census(("windows/sysmon", "3"))
    )

    (one,) = checked.rules
    assert (one.sight, one.lacking) == (Sight.WAITING, ("windows/sysmon 1", "windows/security 4688"))


def test_one_of_two_places_is_enough(tmp_path: Path) -> None:
    text = rule_text("s:\n  Image: x\ncondition: s", PROCESS)

    assert _sights(tmp_path, _census(("windows/security", "4688")), text) == [Sight.ACTIVE]


def test_a_rule_whose_fields_never_come_is_dead_and_says_which(tmp_path: Path) -> None:
    text = rule_text("s:\n  EventID: 4624\n  NoSuch: x\n  Other: y\ncondition: s")
    census = _census(("windows/security", "4624"), windows__security={"Other"})

    (one,) = check(loaded(tmp_path, text), census).rules

    assert (one.sight, one.lacking) == (Sight.DEAD, ("NoSuch",))


def test_a_field_that_may_be_absent_kills_no_rule(tmp_path: Path) -> None:
    texts = [
        rule_text("s:\n  Other: y\nn:\n  NoSuch: x\ncondition: s and not n"),
        rule_text("s:\n  Other: y\n  NoSuch: null\ncondition: s"),
        rule_text("s:\n  - NoSuch: x\n  - Other: y\ncondition: s"),
        rule_text("kw: [x]\ncondition: kw"),
    ]
    census = _census(("windows/security", "4624"), windows__security={"Other"})

    assert _sights(tmp_path, census, *texts) == [Sight.ACTIVE] * 4


def test_fields_that_nobody_noted_prove_nothing(tmp_path: Path) -> None:
    assert _sights(tmp_path, _census(("windows/security", "4625")), BASE) == [Sight.ACTIVE]


def test_a_correlation_sees_what_its_rules_see(tmp_path: Path) -> None:
    temporal = correlation("type: temporal\nrules: [failed, success]\ntimespan: 1h\n", "both")
    census = _census(("windows/security", "4625"))

    checked = check(loaded(tmp_path, BASE, OTHER, correlation(COUNT), temporal), census)

    assert [one.sight for one in checked.rules] == [Sight.ACTIVE, Sight.WAITING, Sight.ACTIVE, Sight.WAITING]
    assert checked.silent == ("Essai", "Essai")


def test_counts_for_people(tmp_path: Path) -> None:
    texts = [
        rule_text("s:\n  F: x\ncondition: s", level="low"),
        rule_text("s:\n  F: x\ncondition: s", level="critical"),
        rule_text("s:\n  F: x\ncondition: s", "{product: valmont, service: badges}", level="low"),
        "title: a",
        "title: b",
    ]

    checked = check(loaded(tmp_path, *texts))

    assert dict(checked.by_level()) == {"critical": 1, "low": 2}
    assert {name: sum(many.values()) for name, many in checked.by_logsource().items()} == {
        "windows//security": 2,
        "valmont//badges": 1,
    }
    assert checked.undeclared == ("valmont//badges",)
    assert [len(many) for many in checked.reasons().values()] == [2]


def test_techniques_are_covered_by_rules_that_see(tmp_path: Path) -> None:
    seen = rule_text("s:\n  EventID: 1\ncondition: s", tags="[attack.t1059.001, attack.execution, attack.t1003]")
    blind = rule_text("s:\n  EventID: 2\ncondition: s", tags="[attack.T1003, attack.credential_access, cve.2024-1]")

    found = coverage(check(loaded(tmp_path, seen, blind), _census(("windows/security", "1"))))

    assert {name: (len(one.active), len(one.waiting)) for name, one in found.techniques.items()} == {
        "T1003": (1, 1),
        "T1059.001": (1, 0),
    }
    assert [technique_ids(one) for one in found.waiting] == [("T1003",)]
    assert [tactics(one) for one in (*found.active, *found.waiting)] == [("execution",), ("credential-access",)]


def test_the_navigator_gets_a_layer_of_its_format(tmp_path: Path) -> None:
    text = rule_text("s:\n  EventID: 1\ncondition: s", tags="[attack.t1059.001]")
    found = coverage(check(loaded(tmp_path, text), _census(("windows/security", "1"))))

    layer = json.loads(navigator(found, "Centre hospitalier de Valmont (fictif)", Language.FR))

    assert layer["versions"]["layer"] == "4.5"
    assert layer["domain"] == "enterprise-attack"
    (one,) = layer["techniques"]
    assert (one["techniqueID"], one["score"], one["enabled"]) == ("T1059.001", 100, True)


def test_what_is_read_is_what_rules_carry_and_who_and_where(tmp_path: Path) -> None:
    compiled = loaded(
        tmp_path,
        rule_text("s:\n  ProcessId|fieldref: ParentProcessId\n  time|hour: 3\nkw: [x]\ncondition: s and kw", PROCESS),
        BASE,
        correlation(COUNT.replace("TargetUserName", "WorkstationName")),
    )

    wanted = reading(compiled)

    assert wanted.of("windows/sysmon") >= {"ProcessId", "ParentProcessId", "Computer", "User", "SourceIp"}
    assert wanted.of("windows/security") >= {"NewProcessId", "ProcessId", "EventID", "WorkstationName", "IpAddress"}
    assert wanted.wants_text("windows/sysmon")
    assert not wanted.wants_text("linux/syslog")
    assert not any(name.startswith("@") for names in wanted.fields.values() for name in names if name != "@timestamp")
