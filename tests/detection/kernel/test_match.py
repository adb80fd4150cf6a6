"""What `match` gives: the table that correlation reads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa

from rempart.detection import kernel
from rempart.detection.events import NULL, EventClass
from rempart.detection.matched import matched_schema
from rempart.detection.rules.form import (
    And,
    Compare,
    Leaf,
    Not,
    Nothing,
    Number,
    Or,
    Pattern,
    Predicate,
    Rule,
    Scope,
    Wildcard,
)
from tests.detection.kernel.making import SYSMON, about, block, compiled

ANY = Wildcard.ANY
IMAGE = Predicate("Image", Pattern((ANY, "\\cmd.exe")))
LINE = Predicate("CommandLine", Pattern((ANY, "/c ", ANY, "whoami", ANY)))
SYSTEM = Predicate("User", Pattern((ANY, "SYSTEM")))
NOBODY = Predicate("User", Nothing())
AT = datetime(2026, 11, 3, 2, 14, tzinfo=UTC)


def test_the_table_tells_where_the_event_stands_and_what_correlations_read():
    rules = replace(
        compiled([IMAGE], [Leaf(0)]),
        carried=(("User", (("windows/*", "", "User"),)), ("Session", (("windows/sysmon", "1", "LogonId"),))),
    )
    events = [
        {"Image": "C:\\x.exe", "User": "a"},
        {"Image": "C:\\CMD.EXE", "User": "VALMONT\\b", "LogonId": ["0x1", "0x2"]},
        {"Image": "c:\\cmd.exe", "User": NULL},
    ]
    table = kernel.match(block(events, [AT] * 3), rules)
    assert table.schema == matched_schema(("User", "Session"))
    assert table.column("offset").to_pylist() == [1, 2]
    assert table.column("source").to_pylist() == ["windows/sysmon"] * 2
    assert table.column("time").to_pylist() == [AT, AT]
    assert table.column("=User").to_pylist() == ["VALMONT\\b", None]
    assert table.column("=Session").to_pylist() == ["0x1", None]


def test_matches_come_by_rule_then_by_row():
    rules = compiled([IMAGE, SYSTEM], [Leaf(1), Or((Leaf(0), Leaf(1))), And((Leaf(0), Not(Leaf(1))))])
    events = [{"Image": "\\cmd.exe"}, {"User": "x\\system"}, {"Image": "\\cmd.exe", "User": "System"}]
    table = kernel.match(block(events), rules)
    pairs = list(zip(table.column("rule").to_pylist(), table.column("offset").to_pylist(), strict=True))
    assert pairs == [(0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0)]


def test_a_block_without_any_field_of_a_rule_still_matches_what_is_absent():
    rules = compiled([NOBODY, SYSTEM], [Leaf(0), Not(Leaf(1)), Leaf(1)])
    table = kernel.match(block([{"Other": "x"}]), rules)
    assert table.column("rule").to_pylist() == [0, 1]


def test_the_code_of_a_windows_class_is_its_event_id_whatever_the_columns():
    event_id = Predicate("EventID", Pattern(("4624",)))
    large = Predicate("EventID", Number(Compare.GT, 4700))
    rules = compiled([event_id, large], [Leaf(0), Leaf(1)])
    rules = replace(rules, rules=tuple(replace(r, scopes=(replace(r.scopes[0], codes=None),)) for r in rules.rules))
    for code, rule in (("4624", 0), ("4720", 1)):
        made = kernel.program(rules, EventClass("windows/sysmon", code))
        assert made.rules.tolist() == [rule]
        assert made.predicates == ()


def test_a_rule_with_two_scopes_on_a_class_matches_where_one_does():
    scopes = (Scope("windows/*", None, Leaf(0)), Scope("windows/sysmon", ("1",), Leaf(1)))
    rules = replace(compiled([IMAGE, SYSTEM], []), rules=(Rule(about("two"), scopes),))
    events = [{"Image": "\\cmd.exe"}, {"User": "SYSTEM"}, {"User": "other"}]
    assert kernel.match(block(events), rules).column("offset").to_pylist() == [0, 1]


def test_an_empty_block_gives_an_empty_table_with_the_same_columns():
    taken = block([{"Image": "x"}])
    empty = replace(taken, batch=taken.batch.slice(0, 0))
    table = kernel.match(empty, compiled([IMAGE], [Leaf(0)]))
    assert table.num_rows == 0
    assert table.schema == matched_schema(())


def test_many_threads_share_the_machines_of_a_class():
    rules = compiled([IMAGE, LINE, SYSTEM], [Leaf(0), Leaf(1), And((Leaf(0), Not(Leaf(2))))])
    line = "cmd /c echo & whoami"
    blocks = [block([{"Image": "\\cmd.exe", "CommandLine": line, "User": "a"}] * size) for size in range(1, 40)]
    with ThreadPoolExecutor(4) as pool:
        tables = list(pool.map(lambda taken: kernel.match(taken, rules), blocks))
    assert [table.num_rows for table in tables] == [3 * size for size in range(1, 40)]


def test_reasons_name_the_tests_that_held_and_what_they_found():
    rules = compiled([IMAGE, LINE, SYSTEM], [And((Leaf(0), Or((Leaf(1), Leaf(2))), Not(Leaf(2))))])
    hidden = "x" * 400 + " /c start whoami /all " + "y" * 400
    taken = block([{"Image": "C:\\cmd.exe", "CommandLine": ["none", hidden]}, {"Image": "other"}])
    first, second = kernel.reasons(taken, rules, 0)
    assert second == ()
    assert [(reason.field, reason.sought) for reason in first] == [
        ("Image", "*\\cmd.exe"),
        ("CommandLine", "*/c *whoami*"),
    ]
    assert first[0].value == "C:\\cmd.exe"
    assert "whoami" in first[1].value
    assert first[1].value.startswith("…")
    assert first[1].value.endswith("…")
    assert len(first[1].value) < 210


def test_reasons_tell_the_event_id_that_the_class_settled():
    event_id = Predicate("EventID", Pattern(("1",)))
    rules = compiled([event_id, NOBODY], [And((Leaf(0), Leaf(1)))])
    assert kernel.reasons(block([{"Other": "x"}]), rules, 0) == [(("EventID", "1", "1"), ("User", "null", ""))]


def test_a_block_with_too_many_findings_is_taken_in_halves():
    rules = compiled([IMAGE, LINE], [Leaf(0), Leaf(1)])
    events = [{"Image": f"{n}\\cmd.exe", "CommandLine": f"/c {n} whoami"} for n in range(50)]
    small = kernel.Machine(kernel.program(rules, SYSMON), most=8).match(block(events).batch)
    whole = kernel.Machine(kernel.program(rules, SYSMON)).match(block(events).batch)
    assert small.rules.tolist() == whole.rules.tolist() == [0] * 50 + [1] * 50
    assert small.rows.tolist() == whole.rows.tolist()


def test_values_of_a_dictionary_that_no_row_holds_are_left_out():
    taken = block([{"Image": f"{n}\\cmd.exe"} for n in range(100)])
    rules = compiled([IMAGE], [Leaf(0)])
    assert len(kernel.match(replace(taken, batch=taken.batch.slice(40, 3)), rules)) == 3
    names = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 2]), pa.array(["\\cmd.exe", None, "\\cmd.exe"]))
    batch = taken.batch.slice(0, 4).set_column(taken.batch.schema.get_field_index("Image"), "Image", names)
    assert kernel.match(replace(taken, batch=batch), rules).column("offset").to_pylist() == [0, 3]
