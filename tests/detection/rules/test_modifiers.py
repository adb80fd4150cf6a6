"""Each modifier of Sigma 2.1, from YAML to the test it makes."""

from pathlib import Path

import pytest

from rempart.detection.events import TEXT, TIME
from rempart.detection.rules.form import (
    And,
    Compare,
    Exists,
    Leaf,
    Network,
    Not,
    Nothing,
    Number,
    Or,
    OtherField,
    Pattern,
    Regex,
    TimePart,
    Wildcard,
)
from tests.detection.rules.making import asked_by, loaded, only, rule_text

ANY, ONE = Wildcard.ANY, Wildcard.ONE
BACKSLASH = "\\"

_SINGLE = [
    ("F: abc", Pattern(("abc",))),
    ("F: ''", Pattern(())),
    ("F: 5", Pattern(("5",))),
    ("F: null", Nothing()),
    ("F: []", Nothing()),
    ("F: 'a*b?c'", Pattern(("a", ANY, "b", ONE, "c"))),
    (r"F: 'a\*b\?c'", Pattern(("a*b?c",))),
    (r"F: 'C:\Windows\*'", Pattern(("C:\\Windows*",))),
    (r"F: 'C:\Windows\\*'", Pattern(("C:\\Windows\\", ANY))),
    ("F|contains: abc", Pattern((ANY, "abc", ANY))),
    ("F|startswith: abc", Pattern(("abc", ANY))),
    ("F|endswith: abc", Pattern((ANY, "abc"))),
    ("F|contains: '*abc*'", Pattern((ANY, "abc", ANY))),
    ("F: '***'", Pattern((ANY,))),
    ("F|cased: aBc", Pattern(("aBc",), cased=True)),
    ("F|contains|cased: aBc", Pattern((ANY, "aBc", ANY), cased=True)),
    ("F|base64: abc", Pattern(("YWJj",))),
    ("F|wide|base64: ab", Pattern(("YQBiAA==",))),
    ("F|utf16|base64: ab", Pattern(("//5hAGIA",))),
    ("F|utf16be|base64: ab", Pattern(("AGEAYg==",))),
    ("F|re: 'a.c'", Regex("a.c")),
    (r"F|re: 'a\Z'", Regex(r"a\n?\z")),
    ("F|re|i: 'a.c'", Regex("a.c", "i")),
    ("F|re|i|m|s: 'a.c'", Regex("a.c", "ims")),
    ("F|cidr: 10.0.0.0/8", Network("10.0.0.0/8")),
    ("F|cidr: '2001:db8::/32'", Network("2001:db8::/32")),
    ("F|lt: 5", Number(Compare.LT, 5)),
    ("F|lte: 5", Number(Compare.LTE, 5)),
    ("F|gt: 5", Number(Compare.GT, 5)),
    ("F|gte: 5.5", Number(Compare.GTE, 5.5)),
    ("F|exists: true", Exists()),
    ("F|fieldref: G", OtherField("G", starts=True, ends=True)),
    ("F|fieldref|startswith: G", OtherField("G", starts=True)),
    ("F|fieldref|endswith: G", OtherField("G", ends=True)),
    ("F|fieldref|contains: G", OtherField("G")),
]


@pytest.mark.parametrize(("item", "test"), _SINGLE, ids=[item for item, _ in _SINGLE])
def test_a_modifier_makes_its_test(tmp_path: Path, item: str, test: object) -> None:
    compiled = loaded(tmp_path, rule_text(f"sel:\n  {item}\ncondition: sel"))

    (predicate,) = asked_by(compiled)
    assert predicate.field == "F"
    assert predicate.test == test


@pytest.mark.parametrize("part", ["minute", "hour", "day", "week", "month", "year"])
def test_parts_of_the_moment_are_compared_on_the_moment_of_the_event(tmp_path: Path, part: str) -> None:
    compiled = loaded(tmp_path, rule_text(f"sel:\n  time|{part}: 3\n  time|{part}|gte: 2\ncondition: sel"))

    assert [(one.field, one.test) for one in asked_by(compiled)] == [
        (TIME, TimePart(part, Compare.EQ, 3)),
        (TIME, TimePart(part, Compare.GTE, 2)),
    ]


def test_a_part_of_another_moment_than_the_events_is_refused(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  PasswordLastSet|hour: 3\ncondition: sel"))

    assert "moment of the event" in compiled.refusals[0].reason.en


def test_windash_and_base64offset_are_one_of_several_even_among_all(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  F|contains|all|windash: [' -a', ' /b']\ncondition: sel"))

    condition, predicates = only(compiled)
    assert isinstance(condition, And)
    for either, letter in zip(condition.of, "ab", strict=True):
        assert isinstance(either, Or)
        texts = {predicates[leaf.predicate].test for leaf in either.of if isinstance(leaf, Leaf)}
        assert texts == {Pattern((ANY, f" {dash}{letter}", ANY)) for dash in "-/–—―"}


def test_base64offset_gives_the_three_places(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  F|base64offset|contains: foobar\ncondition: sel"))

    texts = [one.test for one in asked_by(compiled)]
    assert texts == [Pattern((ANY, text, ANY)) for text in ("Zm9vYmFy", "Zvb2Jhc", "mb29iYX")]


def test_exists_false_and_neq_are_contraries(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  F|exists: false\n  G|neq: a\ncondition: sel"))

    condition, predicates = only(compiled)
    assert isinstance(condition, And)
    assert all(isinstance(one, Not) for one in condition.of)
    assert [one.test for one in predicates] == [Exists(), Pattern(("a",))]


def test_a_boolean_is_a_word_or_a_digit(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  F: true\ncondition: sel"))

    condition, _ = only(compiled)
    assert isinstance(condition, Or)
    assert [one.test for one in asked_by(compiled)] == [Pattern(("true",)), Pattern(("1",))]


def test_a_list_is_one_of_them_and_all_is_all(tmp_path: Path) -> None:
    one_of, _ = only(loaded(tmp_path, rule_text("sel:\n  F: [a, b]\ncondition: sel")))
    all_of, _ = only(loaded(tmp_path, rule_text("sel:\n  F|all: [a, b]\ncondition: sel")))

    assert one_of == Or((Leaf(0), Leaf(1)))
    assert all_of == And((Leaf(0), Leaf(1)))


def test_keywords_stand_anywhere_in_the_text(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("kw:\n  - 'a*b'\n  - 42\ncondition: kw"))

    assert [(one.field, one.test) for one in asked_by(compiled)] == [
        (TEXT, Pattern((ANY, "a", ANY, "b", ANY))),
        (TEXT, Pattern((ANY, "42", ANY))),
    ]


def test_all_keywords_and_keywords_by_regex(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("kw:\n  '|all': [a, b]\nrx:\n  '|re': 'x+'\ncondition: kw and rx"))

    condition, predicates = only(compiled)
    assert isinstance(condition, And)
    assert [one.test for one in predicates] == [Pattern((ANY, "a", ANY)), Pattern((ANY, "b", ANY)), Regex("x+")]
    assert {one.field for one in predicates} == {TEXT}


def test_a_keyword_that_is_nothing_is_refused(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("kw: [null]\ncondition: kw"))

    assert len(compiled.refusals) == 1


def test_expand_takes_the_values_of_the_hospital(tmp_path: Path) -> None:
    text = rule_text("sel:\n  F|contains|expand: 'x%servers%y'\ncondition: sel")

    compiled = loaded(tmp_path, text, placeholders={"servers": ["SRV-*", "DC"]})

    assert [one.test for one in asked_by(compiled)] == [
        Pattern((ANY, "xSRV-", ANY, "y", ANY)),
        Pattern((ANY, "xDCy", ANY)),
    ]


def test_expand_takes_long_lists(tmp_path: Path) -> None:
    text = rule_text("sel:\n  F|expand: '%servers%'\ncondition: sel")

    compiled = loaded(tmp_path, text, placeholders={"servers": [f"SRV-{number}" for number in range(3000)]})

    assert len(asked_by(compiled)) == 3000


def test_a_name_without_value_is_refused_with_what_to_do(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  F|expand: '%servers%'\ncondition: sel"))

    assert compiled.refusals[0].reason.fr == "%servers% n'a pas de valeur : donnez-la dans un fichier (--placeholders)"


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("F|nosuch: a", "unknown modifier"),
        ("F|cidr: 10.0.0.0/99", "does not go with this value"),
        ("F|contains: 5", "does not go with this value"),
        ("F|base64: 'a*'", "value not understood"),
        ("F|lt: abc", "does not go with this value"),
        ("F|re: 'a(?=b)'", "look-around"),
        ("F|re: '('", "regular expression"),
        (r"F|re: '(a)\1'", "back-reference"),
        ("F|re: 'a++'", "possessive"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(tmp_path: Path, item: str, said: str) -> None:
    compiled = loaded(tmp_path, rule_text(f"sel:\n  {item}\ncondition: sel"))

    assert not compiled.rules
    assert said in compiled.refusals[0].reason.en
    assert compiled.refusals[0].reason.fr
