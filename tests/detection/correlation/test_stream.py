"""A stream finds what the whole table does, however it is cut."""

from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.detection.correlation import correlate, in_order
from rempart.detection.correlation.stream import Window
from rempart.detection.rules.form import Compare, Gather
from rempart.measurement.errors import InputError
from tests.detection.correlation.drawn import events, rule_sets
from tests.detection.correlation.made import compiled, correlation, matched, seconds_of

ANNE = {"User": "anne"}


def as_set(correlated, table):
    """Results told by the events themselves, whatever table they point into."""
    where = list(zip(table["rule"].to_pylist(), table["file"].to_pylist(), table["offset"].to_pylist(), strict=True))
    return sorted(
        (
            one["rule"],
            tuple(one["keys"]),
            one["first"],
            one["last"],
            one["measured"],
            tuple(where[row] for row in one["rows"]),
        )
        for one in correlated.to_pylist()
    )


def all_closed(window, batches):
    raised = [window.feed(batch) for batch in batches]
    raised.append(window.finish())
    return sorted(result for one in raised for result in as_set(one.closed, one.matched))


@st.composite
def cut(draw):
    """Matches in order of time, and where to cut them."""
    table = in_order(matched(draw(events())))
    places = sorted(draw(st.sets(st.integers(0, table.num_rows), max_size=6)))
    ends = [*places, table.num_rows]
    return table, [table.slice(start, end - start) for start, end in zip([0, *ends], ends, strict=False)]


@settings(max_examples=300)
@given(cut(), rule_sets(), st.booleans())
def test_any_cut_in_batches_gives_what_the_whole_table_gives(parts, rules, again):
    table, batches = parts
    window = Window(rules, tolerance=timedelta(seconds=1))
    # A second of tolerance, because a cut in the middle of one moment would make its second half late.
    raised = []
    for batch in batches:
        raised.append(window.feed(batch))
        if again:
            window = Window.load(window.save(), rules)
    raised.append(window.finish())
    closed = sorted(result for one in raised for result in as_set(one.closed, one.matched))
    assert window.late == 0
    assert closed == as_set(correlate(table, rules), table)
    assert window.held == 0


@given(events(), rule_sets(), st.integers(1, 5))
def test_any_order_within_the_tolerance_gives_the_same(rows, rules, size):
    table = matched(rows)
    window = Window(rules, tolerance=timedelta(seconds=20))
    batches = [table.slice(start, size) for start in range(0, table.num_rows, size)]
    assert all_closed(window, batches) == as_set(correlate(table, rules), table)


def test_what_opens_is_told_at_once_and_closed_with_the_same_first_moment():
    window = Window(compiled(1, correlation(Gather.EVENT_COUNT, (0,), seconds=10, condition=((Compare.GTE, 3.0),))))
    first = window.feed(matched([(0, second, ANNE) for second in range(3)]))
    assert (first.opened.num_rows, first.closed.num_rows) == (1, 0)
    more = window.feed(matched([(0, second, ANNE) for second in range(3, 9)]))
    assert (more.opened.num_rows, more.closed.num_rows) == (0, 0)
    last = window.feed(matched([(0, 100, ANNE)]))
    assert (last.opened.num_rows, last.closed.num_rows) == (0, 1)
    assert last.closed["first"] == first.opened["first"]
    assert seconds_of(last.closed["last"][0].as_py()) == 8.0


def test_a_match_older_than_the_tolerance_is_late_and_counted():
    window = Window(compiled(1, correlation(Gather.EVENT_COUNT, (0,), condition=((Compare.GTE, 2.0),))))
    window.feed(matched([(0, 50, ANNE)]))
    window.feed(matched([(0, 49, ANNE), (0, None, ANNE)]))
    assert (window.late, window.undated, window.finish().closed.num_rows) == (1, 1, 0)


def test_memory_is_bounded_and_what_is_evicted_is_counted():
    day = correlation(Gather.EVENT_COUNT, (0,), seconds=86_400, condition=((Compare.GTE, 3.0),))
    window = Window(compiled(1, day), capacity=100)
    closed = []
    for start in range(0, 1000, 50):
        raised = window.feed(matched([(0, start + second, {**ANNE, "offset": start + second}) for second in range(50)]))
        closed += as_set(raised.closed, raised.matched)
        assert window.held <= 100
    assert window.evicted == 900
    assert closed  # a burst that loses its beginning is told as it stood


def test_words_no_longer_used_are_forgotten(monkeypatch):
    monkeypatch.setattr("rempart.detection.correlation.stream.SPARE_WORDS", 10)
    two = correlation(Gather.EVENT_COUNT, (0,), seconds=5, condition=((Compare.GTE, 2.0),))
    window = Window(compiled(1, two))
    found = []
    rows = [(0, second, {"User": f"user {second // 2}", "offset": second}) for second in range(200)]
    for start in range(0, 200, 5):
        raised = window.feed(matched(rows[start : start + 5]))
        found += as_set(raised.closed, raised.matched)
        assert len(window.numbers) < 40
    last = window.finish()
    assert len(found + as_set(last.closed, last.matched)) == 100


def test_a_batch_may_be_empty():
    window = Window(compiled(1, correlation(Gather.TEMPORAL, (0,))))
    raised = window.feed(matched([]))
    assert raised.closed.num_rows == raised.opened.num_rows == raised.matched.num_rows == 0
    assert isinstance(raised.matched, pa.Table)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_state_or_an_input_error(data):
    rules = compiled(1, correlation(Gather.TEMPORAL, (0,)))
    with pytest.raises(InputError, match="correlations"):
        Window.load(data, rules)


def test_the_state_of_other_rules_is_refused():
    rules = compiled(1, correlation(Gather.TEMPORAL, (0,)))
    with pytest.raises(InputError, match="other rules"):
        Window.load(Window(rules).save(), replace(rules, digest="other"))
