"""The engine against the definition, on random matches and random correlations."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.detection.correlation import correlate, in_order
from tests.detection.correlation.drawn import as_matches, events, rule_sets
from tests.detection.correlation.made import matched
from tests.detection.correlation.oracle import correlate as brute_force


def as_set(correlated):
    return sorted(
        (
            one["rule"],
            tuple(word.lower() for word in one["keys"]),
            round(one["last"].timestamp() * 1_000_000),
            tuple(one["rows"]),
            round(one["measured"], 6),
        )
        for one in correlated.to_pylist()
    )


def oracle_set(table, rules):
    found = brute_force(as_matches(table), rules)
    return sorted(
        (one.number, one.keys, one.times[-1], tuple(sorted(one.rows)), round(one.measured, 6)) for one in found
    )


@settings(max_examples=400)
@given(events(), rule_sets())
def test_the_engine_finds_what_the_definition_says(rows, rules):
    table = in_order(matched(rows))
    assert as_set(correlate(table, rules)) == oracle_set(table, rules)


@given(events(), rule_sets(), st.randoms(use_true_random=False))
def test_the_order_of_the_table_changes_nothing_but_the_numbers_of_rows(rows, rules, random):
    table = in_order(matched(rows))
    places = list(range(len(rows)))
    random.shuffle(places)
    shuffled = correlate(table.take(pa.array(places, pa.int64())), rules)
    for one, other in zip(correlate(table, rules).to_pylist(), shuffled.to_pylist(), strict=True):
        assert one.pop("rows") == [places[row] for row in other.pop("rows")]
        assert one == other
