"""Regular expressions: the same findings by Polars alone, with the literals they require, and by Hyperscan."""

import re
import string

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.detection.kernel import Machine, program, together, trials
from rempart.detection.kernel.late import found
from rempart.detection.kernel.tame import required, tame
from rempart.detection.kernel.text import text_of
from rempart.detection.rules.form import Leaf, Predicate, Regex
from tests.detection.kernel.making import SYSMON, block, compiled

EXPRESSIONS = [
    Regex(r"cmd.{0,5}(?:/c|/r).+clip(?:\.exe)?"),
    Regex(r"(?i)(set).*&&\s?set.*(environment|invoke|input)"),
    Regex(r"\\Windows\\System32\\[a-z0-9]{8}\.tmp$", "i"),
    Regex(r"^[a-z]{4}$"),
    Regex(r"^abc$", "m"),
    Regex(r"a.b", "s"),
    Regex(r"a.b"),
    Regex(r"\bset\b"),
    Regex(r"[^\s]set\W"),
    Regex(r"kiss", "i"),
    Regex(r"é|ß", "i"),
    Regex(r"\<set"),
    Regex(r"[a-z&&[^s]]et"),
    Regex(r"(?:a+)+$"),
    Regex(r".{1000,}"),
    Regex(r"^$"),
]
PIECES = [
    "cmd",
    " /c ",
    "clip",
    ".exe",
    "set",
    "&&",
    "input",
    "\n",
    "\r",
    "\x0b",
    "abc",
    "\\Windows\\System32\\",
    "abcdefgh.tmp",
]
texts = st.lists(
    st.one_of(st.sampled_from([*PIECES, "KISS", "kiſs", "Kiss", "É", "ẞ", "\x85", "\u2028"]), st.text(max_size=3)),
    max_size=6,
).map(lambda parts: "".join(parts).replace("\x00", ""))


def by_polars(values: list[str]) -> list[tuple[int, int]]:
    array = pa.array(values, pa.string())
    return [(rule, int(row)) for rule, test in enumerate(EXPRESSIONS) for row in np.flatnonzero(found(test, array))]


def by_the_kernel(values: list[str]) -> list[tuple[int, int]]:
    predicates = [Predicate("CommandLine", test) for test in EXPRESSIONS]
    machine = Machine(program(compiled(predicates, [Leaf(n) for n in range(len(predicates))]), SYSMON))
    matches = machine.match(block([{"CommandLine": value} for value in values]).batch)
    return list(zip(matches.rules.tolist(), matches.rows.tolist(), strict=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, min_size=1, max_size=10, unique=True))
def test_hyperscan_and_required_literals_change_nothing(values):
    values = [*values, "", "a\nb", "abcd\n", "x" * 1000]
    expected = by_polars(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trials, "WORTH", 0)
        assert by_the_kernel(values) == expected
        patch.setattr(together, "hyperscan", lambda: None)
        assert by_the_kernel(values) == expected


def test_the_two_engines_read_every_ascii_character_alike():
    pieces = [r"\s", r"\S", r"\w", r"\W", r"\d", r"\D", ".", r"[^a]", r"[\s-]", r"\ba", r"[^\w]", r"\x41", r"\.", "a$"]
    values = [f"{before}a{after}" for before in map(chr, range(1, 128)) for after in ("", "\n")]
    tests = [Regex(piece, flags) for piece in pieces for flags in ("", "i", "s")]
    assert all(tame(test) for test in tests)
    array = pa.array(values)
    if together.hyperscan() is None:
        pytest.skip("hyperscan is an extra, not installed here")
    answers = together.Together(list(enumerate(tests))).found(text_of(array), array)
    assert len(answers) == len(tests)
    for number, (passes, known) in answers.items():
        assert known.all()
        assert passes.tolist() == found(tests[number], array).tolist(), tests[number]


@pytest.mark.parametrize(
    "pattern", [r"(?m)^a", r"a\<b", r"[[a]b]", r"[a&&b]", r"a{,3}b", r"a++b", r"\p{L}", "é", r"(?=a)b", r"\Ab"]
)
def test_what_engines_read_differently_is_left_to_one_of_them(pattern):
    assert not tame(Regex(pattern))
    assert required(Regex(pattern)) == ()


def test_what_an_expression_requires_is_read_from_it():
    assert required(Regex(r"cmd.*(?:/c|/r).+clipboard\s")) == (b"clipboard",)
    assert required(Regex(r"[Pp]rogram|%(?:[Ll]ocal)?Data%")) == (b"data%", b"program")
    assert required(Regex(r"(?:abc)?x|def")) == ()
    assert required(Regex(r"[0-9]{4}")) == ()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_every_ascii_text_that_matches_holds_what_is_required(data):
    test = data.draw(st.sampled_from([one for one in EXPRESSIONS if required(one)]))
    text = data.draw(
        st.from_regex(re.compile(test.pattern, re.IGNORECASE if "i" in test.flags else 0), alphabet=string.printable)
    )
    assert any(literal.decode() in text.lower() for literal in required(test))
