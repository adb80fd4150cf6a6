"""Correlations as SQL, run by DuckDB, against their definition written out event by event."""

from dataclasses import replace
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.detection.lake import Asked, Dialect, query
from rempart.detection.rules.form import And, Compare, Correlation, Gather, Leaf, Not, Pattern, Predicate, Wildcard
from rempart.measurement.errors import InputError
from tests.detection.kernel.making import about, compiled

START = datetime(2026, 11, 3, 2, 0)  # noqa: DTZ001 - DuckDB's timestamp, UTC by convention
SPAN = timedelta(minutes=5)
FAILED = Predicate("Image", Pattern(("failed", Wildcard.ANY)))
ENTERED = Predicate("Image", Pattern((Wildcard.ANY, "entered")))
COLUMNS = frozenset({"Image", "User", "Address", "Bytes"})
ASKED = Asked(Dialect.DUCKDB, columns=COLUMNS, source="windows/sysmon", time="at")

events = st.fixed_dictionaries(
    {
        "Image": st.sampled_from(["failed", "Entered", "failed then entered", "other"]),
        "User": st.sampled_from(["a", "A", "b", None]),
        "Address": st.sampled_from(["10.0.0.1", "10.0.0.2", "x", "X", None]),
        "Bytes": st.sampled_from(["1", "2.5", "many", None]),
        "at": st.one_of(st.none(), st.integers(0, 900)),
    }
)


def related(gather, condition, **more):
    rules = compiled([FAILED, ENTERED], [Leaf(0), Leaf(1)])
    rules = replace(
        rules, rules=tuple(replace(one, scopes=(replace(one.scopes[0], codes=None),)) for one in rules.rules)
    )
    correlation = Correlation(
        about("together"), gather, more.pop("rules", (0, 1)), ("User",), (), SPAN, condition, **more
    )
    carried = tuple((name, (("windows/*", "", name),)) for name in ("User", "Address", "Bytes"))
    return replace(rules, correlations=(correlation,), carried=carried)


def found(rules, log):
    columns = {name: pa.array([event[name] for event in log], pa.string()) for name in sorted(COLUMNS)}
    at = [None if event["at"] is None else START + timedelta(seconds=event["at"]) for event in log]
    with duckdb.connect() as lake:
        lake.register("events", pa.table({**columns, "at": pa.array(at, pa.timestamp("us")), "row": range(len(log))}))
        sql = query(rules, len(rules.rules), ASKED).sql
        return sorted(row for (row,) in lake.execute(f'SELECT "row" FROM ({sql})').fetchall())  # noqa: S608


def seen_by(event):
    image = event["Image"].lower()
    return {rule for rule, holds in ((0, image.startswith("failed")), (1, image.endswith("entered"))) if holds}


def expected(log, holds, rules=(0, 1)):
    """The events at whose moment the window of their group holds."""
    kept = [
        (row, event)
        for row, event in enumerate(log)
        if event["at"] is not None and event["User"] and seen_by(event) & {*rules}
    ]
    out = []
    for row, event in kept:
        window = [
            other
            for _, other in kept
            if other["User"].lower() == event["User"].lower() and 0 <= event["at"] - other["at"] <= SPAN.total_seconds()
        ]
        if holds(window):
            out.append(row)
    return out


def numbers(window):
    return [float(event["Bytes"]) for event in window if event["Bytes"] not in {None, "many"}]


logs = st.lists(events, min_size=1, max_size=25)
MANY = ((Compare.GTE, 3.0),)


@settings(max_examples=20, deadline=None)
@given(logs)
def test_windows_hold_where_their_definition_says(log):
    assert found(related(Gather.EVENT_COUNT, MANY), log) == expected(log, lambda window: len(window) >= 3)
    assert found(related(Gather.EVENT_COUNT, MANY, rules=(0,)), log) == expected(log, lambda w: len(w) >= 3, (0,))
    assert found(related(Gather.VALUE_COUNT, ((Compare.GT, 1.0),), field="Address"), log) == expected(
        log, lambda window: len({event["Address"].lower() for event in window if event["Address"]}) > 1
    )
    assert found(related(Gather.VALUE_SUM, MANY, field="Bytes"), log) == expected(
        log, lambda window: bool(numbers(window)) and sum(numbers(window)) >= 3
    )
    assert found(related(Gather.VALUE_AVG, ((Compare.LT, 2.0),), field="Bytes"), log) == expected(
        log, lambda window: bool(numbers(window)) and sum(numbers(window)) / len(numbers(window)) < 2
    )


@settings(max_examples=20, deadline=None)
@given(logs)
def test_temporal_windows_hold_where_their_rules_occur(log):
    def occurring(window):
        return set().union(*(seen_by(event) for event in window))

    assert found(related(Gather.TEMPORAL, ()), log) == expected(log, lambda window: occurring(window) == {0, 1})
    assert found(related(Gather.TEMPORAL, ((Compare.EQ, 1.0),)), log) == expected(log, lambda w: len(occurring(w)) == 1)
    formula = And((Leaf(0), Not(Leaf(1))))
    assert found(related(Gather.TEMPORAL, (), formula=formula), log) == expected(log, lambda w: occurring(w) == {0})


@pytest.mark.parametrize("dialect", list(Dialect))
def test_every_dialect_reads_its_windows(dialect):
    for gather, more in ((Gather.EVENT_COUNT, {}), (Gather.VALUE_COUNT, {"field": "Address"}), (Gather.TEMPORAL, {})):
        sql = query(related(gather, MANY, **more), 2, replace(ASKED, dialect=dialect)).sql
        assert sqlglot.parse_one(sql, dialect=dialect.value)
        assert "RANGE BETWEEN 300000000 PRECEDING AND CURRENT ROW" in sql


def test_what_a_window_cannot_say_is_refused():
    for gather in (Gather.TEMPORAL_ORDERED, Gather.VALUE_PERCENTILE, Gather.VALUE_MEDIAN):
        with pytest.raises(InputError, match=gather.value):
            query(related(gather, MANY, field="Bytes"), 2, ASKED)
    with pytest.raises(InputError, match="of correlations"):
        query(related(Gather.TEMPORAL, (), rules=(0, 2)), 2, ASKED)
    with pytest.raises(InputError, match="--time"):
        query(related(Gather.EVENT_COUNT, MANY), 2, replace(ASKED, time=None))
