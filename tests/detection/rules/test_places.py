"""Where a rule looks, and how its condition reads there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.detection.logsources import targets
from rempart.detection.rules.form import And, Leaf, Or, Pattern, Predicate, Wildcard
from rempart.detection.rules.native import on
from rempart.detection.rules.tree import Asked, Table
from rempart.detection.rules.values import pattern
from tests.detection.rules.making import asked_by, glob, holds, loaded, only, rule_text

ANY, ONE = Wildcard.ANY, Wildcard.ONE
PROCESS = "{product: windows, category: process_creation}"
REGISTRY = "{product: windows, category: registry_set}"
NETWORK = "{product: windows, category: network_connection}"


def test_one_rule_looks_into_sysmon_and_into_4688_under_their_names(tmp_path: Path) -> None:
    compiled = loaded(
        tmp_path, rule_text("sel:\n  Image|endswith: '\\cmd.exe'\n  CommandLine: x\ncondition: sel", PROCESS)
    )

    assert [(one.source, one.codes) for one in compiled.rules[0].scopes] == [
        ("windows/sysmon", ("1",)),
        ("windows/security", ("4688",)),
    ]
    assert [one.field for one in asked_by(compiled, 0)] == ["Image", "CommandLine"]
    assert [one.field for one in asked_by(compiled, 1)] == ["NewProcessName", "CommandLine"]


def test_a_field_that_4688_never_has_keeps_a_rule_out_of_it_and_this_is_told(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  OriginalFileName: x\ncondition: sel", PROCESS))

    assert [one.source for one in compiled.rules[0].scopes] == ["windows/sysmon"]
    assert "4688" in compiled.notes[0].reason.fr
    assert "OriginalFileName" in compiled.notes[0].reason.fr


def test_an_absent_field_under_or_or_not_leaves_the_rule_in(tmp_path: Path) -> None:
    text = "sel:\n  - OriginalFileName: x\n  - Image: y\nout:\n  ParentCommandLine: z\ncondition: sel and not out"

    compiled = loaded(tmp_path, rule_text(text, PROCESS))

    assert [one.source for one in compiled.rules[0].scopes] == ["windows/sysmon", "windows/security"]


def test_the_integrity_of_a_process_is_a_label_in_4688(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  IntegrityLevel: System\ncondition: sel", PROCESS))

    assert asked_by(compiled, 1) == [Predicate("MandatoryLabel", Pattern(("S-1-16-16384",)))]


def test_a_rule_looks_only_at_the_events_it_names(tmp_path: Path) -> None:
    compiled = loaded(
        tmp_path, rule_text("a:\n  EventID: [4625, 4624]\nb:\n  EventID: 4776\nc:\n  F: x\ncondition: (a or b) and c")
    )

    assert compiled.rules[0].scopes[0].codes == ("4624", "4625", "4776")


def test_a_rule_that_names_no_event_looks_at_all(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("a:\n  EventID: 4625\nc:\n  F: x\ncondition: c and not a or c"))

    assert compiled.rules[0].scopes[0].codes is None


def test_types_of_audit_records_are_codes_too(tmp_path: Path) -> None:
    compiled = loaded(
        tmp_path, rule_text("a:\n  type: execve\n  a0: x\ncondition: a", "{product: linux, service: auditd}")
    )

    assert compiled.rules[0].scopes[0].codes == ("EXECVE",)


def test_a_category_demands_what_makes_its_events(tmp_path: Path) -> None:
    compiled = loaded(
        tmp_path, rule_text("a:\n  TargetObject: x\ncondition: a", "{product: windows, category: registry_add}")
    )

    assert asked_by(compiled)[0] == Predicate("EventType", Pattern(("CreateKey",)))


_REGISTRY = [
    (r"TargetObject: 'HKLM\SOFTWARE\A\Run\Evil'", r"\REGISTRY\MACHINE\SOFTWARE\A\Run", "Evil", True),
    (r"TargetObject: 'HKLM\SOFTWARE\A\Run\Evil'", r"\REGISTRY\MACHINE\SOFTWARE\A\Run", "Good", False),
    (r"TargetObject|endswith: '\Run\Evil'", r"\REGISTRY\MACHINE\SOFTWARE\A\Run", "Evil", True),
    (r"TargetObject|contains: '\Run\'", r"\REGISTRY\MACHINE\SOFTWARE\A\Run", "Evil", True),
    (r"TargetObject|contains: '\Run\'", r"\REGISTRY\MACHINE\SOFTWARE\A\Run\Sub", "Evil", True),
    (r"TargetObject|contains: '\Run\'", r"\REGISTRY\MACHINE\SOFTWARE\A\RunOnce", "Evil", False),
    (r"TargetObject|startswith: 'HKU\'", r"\REGISTRY\USER\S-1-5-21\Software", "x", True),
    (
        r"TargetObject|contains: '\CurrentControlSet\Services\'",
        r"\REGISTRY\MACHINE\SYSTEM\ControlSet001\Services\X",
        "Start",
        True,
    ),
    (r"TargetObject|endswith: 'Start'", r"\REGISTRY\MACHINE\SYSTEM\X", "AutoStart", True),
    (r"TargetObject|endswith: 'Start'", r"\REGISTRY\MACHINE\SYSTEM\Start", "X", False),
]


@pytest.mark.parametrize(("item", "key", "value", "found"), _REGISTRY, ids=[f"{a} {c}" for a, _, c, _ in _REGISTRY])
def test_a_registry_value_is_found_in_4657_where_key_and_value_stand_apart(
    tmp_path: Path, item: str, key: str, value: str, *, found: bool
) -> None:
    condition, predicates = only(loaded(tmp_path, rule_text(f"sel:\n  {item}\ncondition: sel", REGISTRY)), 1)
    event = {"ObjectName": key, "ObjectValueName": value, "OperationType": "%%1905"}

    assert holds(condition, predicates, event) is found


@given(
    st.lists(st.sampled_from(["a", "b\\", "\\", ANY, ONE]), max_size=5),
    st.text(alphabet="ab\\", max_size=5),
    st.text(alphabet="ab", max_size=3),
)
def test_two_fields_that_a_backslash_joins_match_as_the_one_they_make(
    parts: list[str | Wildcard], key: str, value: str
) -> None:
    target = targets("registry_set", "windows", None)[1]
    table, asking = Table(), Table()
    whole = pattern(parts)
    leaf = asking.leaf("TargetObject", whole)

    condition = on(target, Asked(tuple(asking.predicates), leaf), table)

    event = {"ObjectName": key, "ObjectValueName": value, "OperationType": "%%1904"}
    assert holds(condition, tuple(table.predicates), event) is glob(whole.parts, f"{key}\\{value}")


@pytest.mark.parametrize(
    ("details", "native"), [("DWORD (0x00000001)", "1"), ("QWORD (0x00000000-0x000000ff)", "255"), ("text", "text")]
)
def test_a_registry_number_is_decimal_in_4657(tmp_path: Path, details: str, native: str) -> None:
    compiled = loaded(tmp_path, rule_text(f"sel:\n  Details: {details}\ncondition: sel", REGISTRY))

    assert asked_by(compiled, 1)[-1] == Predicate("NewValue", Pattern((native,)))


def test_a_program_is_named_by_its_device_in_5156(tmp_path: Path) -> None:
    text = "sel:\n  Image|startswith: 'C:\\Temp\\'\n  Initiated: 'true'\ncondition: sel"

    compiled = loaded(tmp_path, rule_text(text, NETWORK))

    application, direction = asked_by(compiled, 1)
    assert application.field == "Application"
    assert application.test == Pattern(("\\device\\harddiskvolume", ONE, "\\Temp\\", ANY))
    assert direction == Predicate("Direction", Pattern(("%%14593",)))


def test_an_expression_on_what_is_written_otherwise_there_leaves_that_place_out(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  TargetObject|re: 'Run.*x'\ncondition: sel", REGISTRY))

    assert [one.source for one in compiled.rules[0].scopes] == ["windows/sysmon"]
    assert "TargetObject" in compiled.notes[0].reason.fr


def test_a_field_with_two_native_names_is_looked_for_under_both(tmp_path: Path) -> None:
    text = rule_text(
        "sel:\n  ThreatName: x\nnone:\n  NewValue: null\ncondition: sel and none",
        "{product: windows, service: windefend}",
    )

    condition, predicates = only(loaded(tmp_path, text))

    assert condition == And((Or((Leaf(0), Leaf(1))), Leaf(2), Leaf(3)))  # found under either; nothing under both
    assert [one.field for one in predicates] == ["Threat Name", "ThreatName", "New Value", "NewValue"]


def test_keyword_rules_look_at_events_of_no_known_class_too(tmp_path: Path) -> None:
    words = loaded(tmp_path, rule_text("kw: [evil]\ncondition: kw", "{product: linux, service: sshd}"))
    mixed = loaded(
        tmp_path, rule_text("kw: [evil]\nsel:\n  F: x\ncondition: kw and sel", "{product: linux, service: sshd}")
    )

    assert [one.source for one in words.rules[0].scopes] == ["linux/syslog", "unknown"]
    assert [one.source for one in mixed.rules[0].scopes] == ["linux/syslog"]


def test_a_channel_that_is_not_of_the_logsource_is_believed(tmp_path: Path) -> None:
    text = "sel:\n  Channel: Security\n  EventID: 4657\n  ObjectName: x\ncondition: sel"

    compiled = loaded(tmp_path, rule_text(text, "{product: windows, category: registry_event}"))

    assert [(one.source, one.codes) for one in compiled.rules[0].scopes] == [("windows/security", ("4657",))]


@pytest.mark.parametrize(
    "logsource",
    ["{product: windows, service: nosuch}", "{category: nosuch}", "{product: nosuch}", "{service: nosuch}"],
)
def test_a_logsource_that_is_nowhere_is_refused(tmp_path: Path, logsource: str) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  F: x\ncondition: sel", logsource))

    assert "unknown log source" in compiled.refusals[0].reason.en


def test_another_field_is_named_natively_too(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  ProcessId|fieldref: ParentProcessId\ncondition: sel", PROCESS))

    (test,) = asked_by(compiled, 1)
    assert (test.field, test.test.field) == ("NewProcessId", "ProcessId")  # type: ignore[union-attr]
