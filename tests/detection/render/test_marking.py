import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.detection.render.marking import literals, marked


@pytest.mark.parametrize(
    ("sought", "parts"),
    [
        ("*\\cmd.exe", ["\\cmd.exe"]),
        ("*delete*shadows*", ["delete", "shadows"]),
        ("a\\*b?c", ["a*b", "c"]),
        ("/evil.*/i", []),
        ("", []),
        ("10.0.0.0/8", ["10.0.0.0/8"]),
    ],
)
def test_the_literals_of_a_pattern_are_what_stands_between_its_wildcards(sought, parts):
    assert literals(sought) == parts


def test_what_was_sought_is_marked_whatever_its_case():
    assert marked("*delete*shadows*", "x DELETE y Shadows") == [
        ("x ", False),
        ("DELETE", True),
        (" y ", False),
        ("Shadows", True),
    ]


def test_what_a_regular_expression_found_is_marked_and_one_nobody_can_read_marks_nothing():
    assert marked("/(delete|resize)\\s+shadow/i", "vssadmin Delete  Shadows") == [
        ("vssadmin ", False),
        ("Delete  Shadow", True),
        ("s", False),
    ]
    assert marked("/(?<=a)b/", "ab") == [("ab", False)]
    assert marked("/(unclosed/", "x") == [("x", False)]


@given(st.text(), st.text())
def test_the_pieces_joined_are_the_value_whatever_the_rule_and_the_log(sought, value):
    assert "".join(text for text, _ in marked(sought, value)) == value
