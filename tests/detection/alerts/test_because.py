from rempart.detection.alerts.because import because
from rempart.detection.events import EventClass
from rempart.detection.rules.form import (
    And,
    Compiled,
    Leaf,
    Not,
    Nothing,
    Or,
    Pattern,
    Predicate,
    Rule,
    Scope,
    Wildcard,
)
from tests.detection.alerts import night

ANY = Wildcard.ANY
PREDICATES = (
    Predicate("CommandLine", Pattern((ANY, "delete", ANY, "shadows", ANY))),
    Predicate("Image", Pattern((ANY, "\\vssadmin.exe"))),
    Predicate("User", Pattern(("backup",))),
    Predicate("Absent", Nothing()),
    Predicate("Groups", Pattern(("admins",))),
)


def compiled(condition):
    about = night.about("shadow", "t", "high", ())
    rule = Rule(about, (Scope("windows/sysmon", ("1",), condition),))
    return Compiled(PREDICATES, (rule,), (), (), (), "because")


def why(condition, event):
    found = because(compiled(condition), 0, EventClass("windows/sysmon", "1"), event, None)
    return [(reason.field, reason.sought, reason.value) for reason in found]


EVENT = {
    "CommandLine": "vssadmin.exe Delete Shadows /All",
    "Image": "C:\\Windows\\VSSADMIN.exe",
    "Groups": ("users", "Admins"),
}


def test_the_reasons_are_the_tests_that_held_and_what_they_found():
    told = why(And((Leaf(0), Leaf(1), Not(Leaf(2)))), EVENT)
    assert told == [
        ("CommandLine", "*delete*shadows*", "vssadmin.exe Delete Shadows /All"),
        ("Image", "*\\vssadmin.exe", "C:\\Windows\\VSSADMIN.exe"),
    ]


def test_only_the_branch_that_held_is_told():
    assert [field for field, *_ in why(Or((Leaf(2), Leaf(1))), EVENT)] == ["Image"]


def test_of_several_values_the_one_that_passed_is_told():
    assert why(Leaf(4), EVENT) == [("Groups", "admins", "Admins")]


def test_an_event_that_no_longer_matches_gives_no_reason():
    assert why(Leaf(0), {"CommandLine": "dir"}) == []
