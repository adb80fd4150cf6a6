"""Rules and blocks for tests: small, by hand or at random."""

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
from hypothesis import strategies as st

from rempart.detection.events import ADDRESS, FILE, HOST, LENGTH, MOMENT, NULL, OFFSET, TIME, USER, Block, EventClass
from rempart.detection.rules.form import (
    About,
    And,
    Compare,
    Compiled,
    Exists,
    Expression,
    Leaf,
    Network,
    Not,
    Nothing,
    Number,
    Or,
    OtherField,
    Pattern,
    Predicate,
    Regex,
    Rule,
    Scope,
    TimePart,
    Wildcard,
)
from tests.detection.kernel.oracle import Event

SYSMON = EventClass("windows/sysmon", "1")
FIELDS = ("Image", "CommandLine", "User", "@text")
ALPHABET = "abAB\\.*? 0é€İıſKΣσςß😀"
WORDS = (
    "cmd",
    "CMD.exe",
    "\\cmd.exe",
    "İ",
    "ΑΣ",
    "straße",
    "10.0.0.7",
    "::ffff:10.0.0.7",
    "0x1F",
    "-12.5",
    "nan",
    "a" * 70,
)

texts = st.one_of(st.text(ALPHABET, max_size=8), st.sampled_from(WORDS), st.just(""), st.just(NULL))


def about(title: str) -> About:
    return About(title, title, "high", "test", "", "", "", (), (), (), "tests", f"{title}.yml")


def compiled(
    predicates: Sequence[Predicate], conditions: Sequence[Expression], event_class: EventClass = SYSMON
) -> Compiled:
    """Rules on one class, numbered as their conditions."""
    rules = tuple(
        Rule(about(f"rule {number}"), (Scope(event_class.source, (event_class.code,), condition),))
        for number, condition in enumerate(conditions)
    )
    return Compiled(tuple(predicates), rules, (), (), (), digest=str(hash((tuple(predicates), rules))))


def array(values: Sequence[str | list[str] | None], kind: pa.DataType) -> pa.Array:
    """A column of a block; a list as soon as one event holds several values."""
    if any(isinstance(value, list) for value in values):
        return pa.array([[v] if isinstance(v, str) else v for v in values], pa.list_(pa.string()))
    return pa.array(values, kind)


def block(
    events: Sequence[Event],
    times: Sequence[datetime | None] | None = None,
    *,
    event_class: EventClass = SYSMON,
    kind: pa.DataType | None = None,
) -> Block:
    """A block of these events, its fields as dictionaries unless said otherwise."""
    count = len(events)
    columns = {
        FILE: pa.array(["log"] * count, pa.string()).dictionary_encode(),
        OFFSET: pa.array(range(count), pa.int64()),
        LENGTH: pa.array([1] * count, pa.int32()),
        TIME: pa.array(times or [None] * count, MOMENT),
    }
    for name in (HOST, USER, ADDRESS):
        columns[name] = pa.array([None] * count, pa.string()).dictionary_encode()
    for name in sorted({field for event in events for field in event}):
        columns[name] = array([event.get(name) for event in events], kind or pa.dictionary(pa.int32(), pa.string()))
    return Block(event_class, pa.RecordBatch.from_pydict(columns))


_parts = st.lists(
    st.one_of(st.sampled_from(Wildcard), st.text(ALPHABET, max_size=4), st.sampled_from(WORDS)), max_size=5
)
patterns = st.builds(Pattern, _parts.map(tuple), st.booleans())
tests = st.one_of(
    patterns,
    patterns,
    st.builds(
        Regex,
        st.sampled_from(["a.b", "^cmd", "exe$", "[ab]+\\\\", "(a|b)c?", "\\.e"]),
        st.sampled_from(["", "i", "is", "m"]),
    ),
    st.builds(Network, st.sampled_from(["10.0.0.0/8", "::ffff:0:0/96", "2001:db8::/32", "0.0.0.0/0"])),
    st.builds(Number, st.sampled_from(Compare), st.sampled_from([0.0, 31.0, -12.5])),
    st.just(Nothing()),
    st.just(Exists()),
    st.builds(OtherField, st.sampled_from(FIELDS), st.booleans(), st.booleans(), st.booleans()),
    st.builds(
        TimePart,
        st.sampled_from(["minute", "hour", "day", "week", "month", "year"]),
        st.sampled_from(Compare),
        st.integers(0, 60),
    ),
)
predicates = st.builds(Predicate, st.sampled_from([*FIELDS, "Never"]), tests)
events = st.dictionaries(st.sampled_from(FIELDS), st.one_of(texts, st.lists(texts, max_size=3)), max_size=4)
moments = st.one_of(st.none(), st.datetimes(datetime(1999, 1, 1), datetime(2030, 1, 1), timezones=st.timezones()))  # noqa: DTZ001


def expressions(count: int) -> st.SearchStrategy[Expression]:
    """Conditions over that many predicates."""
    return st.recursive(
        st.builds(Leaf, st.integers(0, count - 1)),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(And, st.lists(inner, max_size=3).map(tuple)),
            st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=8,
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> Compiled:
    """A handful of rules over a handful of predicates."""
    tested = draw(st.lists(predicates, min_size=1, max_size=8))
    return compiled(tested, draw(st.lists(expressions(len(tested)), min_size=1, max_size=4)))
