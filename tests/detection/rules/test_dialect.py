"""Regular expressions of rules, in the dialect of the engine that runs them."""

import re

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rempart.detection.rules.dialect import linear
from rempart.detection.rules.refused import Unusable

_SAME = [
    (r"\<script\>", "<SCRIPT>", "<script>"),
    (r"[[]x", "x", "[x"),
    (r"[^[]x", "[x", "ax"),
    (r"[]a]x", "bx", "]x"),
    (r"a{b", "a", "a{b"),
    (r"a{,3}", "aaa", "a{,3}"),
    (r"a{2}b", "ab", "aab"),
    (r"\/bin\/sh", "bin", "/bin/sh"),
    (r"end\Z", "end of", "the end\n"),
    (r"a\hb", "a\nb", "a\tb"),
    (r"[[:digit:]]x", "ax", "5x"),
    (r"a\++?b", "a", "a++b"),
    (r"a}+b", "ab", "a}}b"),
]


@pytest.mark.parametrize(("pattern", "without", "within"), _SAME, ids=[one[0] for one in _SAME])
def test_what_pcre_writes_otherwise_finds_the_same(pattern: str, without: str, within: str) -> None:
    found = pl.Series([without, within]).str.contains(linear(pattern))

    assert found.to_list() == [False, True]


@pytest.mark.parametrize(
    ("pattern", "bare"),
    [
        (".*a.*", "a"),
        (".*", ".*"),
        (".*?a", ".*?a"),
        (r"a\.*", r"a\.*"),
        (r"a\\.*", r"a\\"),
        (".*.*a", "a"),
        (".*a|b.*", "a|b"),
    ],
)
def test_what_any_text_satisfies_at_both_ends_is_left_out(pattern: str, bare: str) -> None:
    assert linear(pattern) == bare


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"a(?=b)", "look-around"),
        (r"(?<!a)b", "look-around"),
        (r"(a)\1", "back-reference"),
        (r"(?>a)b", "atomic"),
        (r"a++a", "possessive"),
        (r"a{2}+", "possessive"),
        (r"(", "refused"),
        (r"a" * 30_000, "longer"),
    ],
)
def test_what_no_engine_in_linear_time_takes_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(Unusable) as caught:
        linear(pattern)

    assert why in caught.value.reason.en


@pytest.mark.filterwarnings("ignore:Possible :FutureWarning")  # Python tells that it may read `[[` otherwise one day
@given(st.text(alphabet="ab.*+?[]()|\\{}^$<>-,12", max_size=12), st.text(alphabet="ab[]{}<>-12", max_size=8))
@example("[[a]", "[")
def test_a_plain_expression_finds_what_python_finds(pattern: str, text: str) -> None:
    try:
        written = linear(pattern)
        wanted = re.compile(pattern)
    except (Unusable, re.error):
        return
    if re.search(r"[\\$^]|\[[^\]]*[-&~]|\{|\[\]|\[\^\]|[*+?]\?|\}\?", pattern):
        return  # here the two dialects differ by themselves
    assert pl.Series([text]).str.contains(written).item() is (wanted.search(text) is not None)
