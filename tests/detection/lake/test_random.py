"""Queries run by DuckDB against the kernel, on rules and events drawn at random."""

import duckdb
import pyarrow as pa
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.detection.kernel import Machine, program
from rempart.detection.lake import Asked, Dialect, query
from rempart.detection.rules.form import (
    Compare,
    Compiled,
    Exists,
    Network,
    Nothing,
    Number,
    OtherField,
    Pattern,
    Predicate,
    Regex,
    Wildcard,
)
from tests.detection.kernel.making import SYSMON, block, compiled, expressions

FIELDS = ("Image", "CommandLine", "User")
LISTED = "Hashes"
COLUMNS = frozenset({*FIELDS, LISTED, "EventID"})
ALPHABET = (
    "abAB\\.*?%_'é 0ÉßΣ😀"  # all but what DuckDB lower-cases otherwise: the dotted I and the last sigma of a word
)
WORDS = (
    "cmd",
    "CMD.exe",
    "\\cmd.exe",
    "10.0.0.7",
    "::ffff:10.0.0.7",
    "fe80::1",
    "0:0:0:0:0:0:0:1",
    "-12.5",
    "7",
    "nan",
)

texts = st.one_of(st.text(ALPHABET, max_size=8), st.sampled_from(WORDS))
parts = st.lists(
    st.one_of(st.sampled_from(Wildcard), st.text(ALPHABET, max_size=4), st.sampled_from(WORDS)), max_size=5
)
tests = st.one_of(
    st.builds(Pattern, parts.map(tuple), st.booleans()),
    st.builds(Regex, st.sampled_from(["a.b", "^cmd", "exe$", "(a|b)c?", "\\.e"]), st.sampled_from(["", "i", "is"])),
    st.builds(Network, st.sampled_from(["10.0.0.0/8", "10.0.0.4/30", "0.0.0.0/0", "::1/128", "fe80::/10"])),
    st.builds(Number, st.sampled_from(Compare), st.sampled_from([0.0, 7.0, -12.5])),
    st.just(Nothing()),
    st.just(Exists()),
    st.builds(OtherField, st.sampled_from(FIELDS), st.booleans(), st.booleans(), st.booleans()),
)
predicates = st.builds(Predicate, st.sampled_from([*FIELDS, LISTED, "Never"]), tests)
events = st.fixed_dictionaries({}, optional={**dict.fromkeys(FIELDS, texts), LISTED: st.lists(texts, max_size=3)})
ASKED = Asked(Dialect.DUCKDB, columns=COLUMNS, lists=frozenset({LISTED}))


@st.composite
def rule_sets(draw: st.DrawFn) -> Compiled:
    tested = draw(st.lists(predicates, min_size=1, max_size=6))
    return compiled(tested, draw(st.lists(expressions(len(tested)), min_size=1, max_size=3)))


def rows_of(log, rules, asked=ASKED):
    """The rows that DuckDB finds for each rule."""
    columns = {name: pa.array([event.get(name) for event in log], pa.string()) for name in FIELDS}
    columns[LISTED] = pa.array([event.get(LISTED) for event in log], pa.list_(pa.string()))
    columns |= {"EventID": pa.array(["1"] * len(log)), "row": pa.array(range(len(log)), pa.int32())}
    with duckdb.connect() as lake:
        lake.register("events", pa.table(columns))
        return [
            sorted(row[0] for row in lake.execute(f'SELECT "row" FROM ({query(rules, number, asked).sql})').fetchall())  # noqa: S608
            for number in range(len(rules.rules))
        ]


@settings(max_examples=50, deadline=None)
@given(rule_sets(), st.lists(events, min_size=1, max_size=10))
def test_duckdb_finds_what_the_kernel_finds(rules, log):
    matches = Machine(program(rules, SYSMON)).match(block(log).batch)
    expected = [matches.rows[matches.rules == rule].tolist() for rule in range(len(rules.rules))]
    assert rows_of(log, rules) == expected


@settings(max_examples=25, deadline=None)
@given(rule_sets())
def test_every_dialect_reads_its_own_queries(rules):
    for dialect in Dialect:
        asked = Asked(dialect, columns=COLUMNS, lists=frozenset({LISTED}))
        for number in range(len(rules.rules)):
            assert sqlglot.parse_one(query(rules, number, asked).sql, dialect=dialect.value)
