"""The examples of the room's page and those of the specification."""

from datetime import timedelta

import pytest

from rempart.detection.correlation import correlate, correlate_and_count
from rempart.detection.findings import LeftOut
from rempart.detection.rules.form import And, Compare, Gather, Leaf, Not, Or
from rempart.measurement.errors import InputError
from tests.detection.correlation.made import compiled, correlation, matched, told

ANNE = {"User": "anne"}


def found(rows, *correlations, rules=3):
    return told(correlate(matched(rows), compiled(rules, *correlations)))


def at_least(count):
    return ((Compare.GTE, float(count)),)


def test_a_brute_force_of_500_failures_is_one_result_from_its_first_event():
    rows = [(0, second * 0.5, ANNE) for second in range(500)]
    ten = correlation(Gather.EVENT_COUNT, (0,), seconds=300, condition=at_least(10))
    assert found(rows, ten) == [(3, ("anne",), 0.0, 249.5, 500.0, tuple(range(500)))]


def test_two_bursts_a_timespan_apart_are_two_results():
    rows = [(0, second, ANNE) for second in (0, 1, 2, 20, 21, 22)]
    three = correlation(Gather.EVENT_COUNT, (0,), seconds=10, condition=at_least(3))
    assert [one[2:5] for one in found(rows, three)] == [(0.0, 2.0, 3.0), (20.0, 22.0, 3.0)]


@pytest.mark.parametrize(("second", "results"), [(10.0, 1), (10.000001, 0)])
def test_both_ends_of_the_window_are_included(second, results):
    two = correlation(Gather.EVENT_COUNT, (0,), seconds=10, condition=at_least(2))
    assert len(found([(0, 0, ANNE), (0, second, ANNE)], two)) == results


def test_groups_are_equal_as_sigma_compares_and_shown_as_the_first_event_writes_them():
    rows = [(0, 0, {"User": "ÉLODIE"}), (0, 1, {"User": "élodie"}), (0, 2, {"User": "bruno"})]
    two = correlation(Gather.EVENT_COUNT, (0,), condition=at_least(2))
    assert [one[1] for one in found(rows, two)] == [("ÉLODIE",)]


def test_what_cannot_be_gathered_is_counted():
    rows = [(0, None, ANNE), (0, 1, {}), (0, 2, {"User": "\x00"}), (0, 3, {**ANNE, "Bytes": "much"}), (0, 4, ANNE)]
    total = correlation(Gather.VALUE_SUM, (0,), condition=((Compare.GT, 0.0),), field="Bytes")
    table, left = correlate_and_count(matched(rows), compiled(1, total))
    assert table.num_rows == 0
    assert left == (LeftOut(rule=1, undated=1, keyless=2, valueless=2),)


def test_an_event_that_matches_two_of_the_rules_counts_once():
    rows = [(0, 0, {**ANNE, "offset": 5}), (1, 0, {**ANNE, "offset": 5}), (0, 1, {**ANNE, "offset": 6})]
    assert found(rows, correlation(Gather.EVENT_COUNT, (0, 1), condition=at_least(3))) == []
    assert len(found(rows, correlation(Gather.TEMPORAL, (0, 1)))) == 1


def test_value_count_counts_each_value_once():
    rows = [(0, second, {**ANNE, "Host": host}) for second, host in enumerate(("pacs", "PACS", "dpi", "pacs"))]
    hosts = correlation(Gather.VALUE_COUNT, (0,), condition=at_least(2), field="Host")
    assert [one[2:5] for one in found(rows, hosts)] == [(0.0, 3.0, 2.0)]


def test_sums_are_exact_whatever_left_the_window_before():
    rows = [(0, 0, {**ANNE, "Bytes": "4000000000000000"}), *((0, 20 + n, {**ANNE, "Bytes": "0.25"}) for n in range(4))]
    sums = correlation(Gather.VALUE_SUM, (0,), condition=((Compare.EQ, 1.0),), field="Bytes")
    assert [one[4] for one in found(rows, sums)] == [1.0]


@pytest.mark.parametrize(
    ("gather", "percentile", "expected"),
    [
        (Gather.VALUE_AVG, None, 4.0),
        (Gather.VALUE_PERCENTILE, 75.0, 4.75),
        (Gather.VALUE_PERCENTILE, 0.0, 1.0),
        (Gather.VALUE_PERCENTILE, 100.0, 10.0),
        (Gather.VALUE_MEDIAN, None, 2.5),
    ],
)
def test_values_are_measured_as_the_page_says(gather, percentile, expected):
    rows = [(0, 0, {**ANNE, "Bytes": number}) for number in ("10", "3", "1", "2")]
    one = correlation(gather, (0,), condition=((Compare.GT, 0.0),), field="Bytes", percentile=percentile)
    assert [result[4] for result in found(rows, one)] == [expected]


def test_temporal_wants_all_rules_for_the_same_user_in_any_order():
    rows = [(2, 0, ANNE), (0, 100, ANNE), (1, 299, ANNE), (1, 50, {"User": "bruno"}), (2, 60, {"User": "bruno"})]
    reconnaissance = correlation(Gather.TEMPORAL, (0, 1, 2), seconds=300)
    assert [one[1:4] for one in found(rows, reconnaissance)] == [(("anne",), 0.0, 299.0)]


def test_temporal_ordered_wants_them_in_order_and_in_one_group():
    logon, scan = 0, 1
    rows = [(scan, 0, ANNE), (logon, 300, ANNE), (scan, 480, ANNE), (logon, 481, {"User": "bruno"})]
    after = correlation(Gather.TEMPORAL_ORDERED, (logon, scan), seconds=600)
    before = correlation(Gather.TEMPORAL_ORDERED, (scan, logon), seconds=600)
    assert [one[3] for one in found(rows[:2], after)] == []
    assert [one[2:4] for one in found(rows, after)] == [(0.0, 480.0)]
    assert [one[2:4] for one in found(rows, before)] == [(0.0, 480.0)]


def test_one_event_is_not_two_steps_but_events_of_one_moment_are_in_either_order():
    ordered = correlation(Gather.TEMPORAL_ORDERED, (0, 1))
    assert found([(0, 0, {**ANNE, "offset": 7}), (1, 0, {**ANNE, "offset": 7})], ordered) == []
    assert len(found([(1, 0, {**ANNE, "offset": 7}), (0, 0, {**ANNE, "offset": 8})], ordered)) == 1


def test_aliases_give_the_field_of_each_rule():
    rows = [
        (0, 0, {"Host": "10.0.0.1", "User": "x"}),
        (1, 5, {"User": "10.0.0.1", "Host": "y"}),
        (1, 6, {"User": "10.0.0.9"}),
    ]
    address = (("ip", ((0, "Host"), (1, "User"))),)
    one = correlation(Gather.TEMPORAL, (0, 1), group_by=("ip",), aliases=address)
    assert [result[1:4] for result in found(rows, one)] == [(("10.0.0.1",), 0.0, 5.0)]


def test_a_formula_reads_which_rules_occur():
    one = correlation(Gather.TEMPORAL, (0, 1, 2), formula=And((Leaf(0), Or((Leaf(1), Not(Leaf(2)))))))
    assert len(found([(0, 0, ANNE)], one)) == 1
    assert found([(0, 1, ANNE), (2, 0, ANNE)], one) == []
    assert len(found([(0, 1, ANNE), (2, 0, ANNE), (1, 1, ANNE)], one)) == 1


def failures_then_success():
    failed, success, many = 0, 1, 3  # two correlations: the outer one, as in the specification, stands first
    outer = correlation(Gather.TEMPORAL_ORDERED, (many + 1, success), seconds=600)
    inner = correlation(Gather.EVENT_COUNT, (failed,), seconds=600, condition=at_least(10), alone=False)
    return outer, inner


def test_failed_logins_followed_by_a_successful_one():
    rows = [*((0, second, ANNE) for second in range(10)), (1, 60, ANNE)]
    assert (3, ("anne",), 0.0, 60.0, 2.0, tuple(range(11))) in found(rows, *failures_then_success())


def test_a_success_before_the_tenth_failure_is_no_success_after_ten():
    rows = [*((0, second, ANNE) for second in range(10)), (1, 5, ANNE)]
    assert [one[0] for one in found(rows, *failures_then_success())] == [4]


def test_a_success_is_found_even_when_failures_go_on_after_it():
    rows = [*((0, second, ANNE) for second in range(400)), (1, 200.5, ANNE)]
    assert sorted(one[0] for one in found(rows, *failures_then_success())) == [3, 4]


def test_a_burst_counts_for_each_value_its_events_hold():
    """The specification's note: the inner rule groups by computer, the outer one only by user."""
    inner = correlation(Gather.EVENT_COUNT, (0,), group_by=("Host",), seconds=60, condition=at_least(4))
    outer = correlation(Gather.TEMPORAL_ORDERED, (3, 1), seconds=60)
    rows = [(0, second, {"Host": "dc", "User": user}) for second, user in enumerate(("a", "b", "c", "d"))]
    results = found([*rows, (1, 10, {"User": "b"}), (1, 11, {"User": "z"})], inner, outer)
    assert [one[1] for one in results if one[0] == 4] == [("b",)]


def test_bursts_are_counted_one_by_one():
    burst = correlation(Gather.EVENT_COUNT, (0,), seconds=5, condition=at_least(3))
    day = correlation(Gather.EVENT_COUNT, (3,), seconds=3600, condition=at_least(2))
    rows = [(0, start + second, ANNE) for start in (0, 1000) for second in range(20)]
    assert [one[2:5] for one in found(rows, burst, day) if one[0] == 4] == [(0.0, 1019.0, 2.0)]


def test_correlations_in_a_circle_are_refused():
    circle = [correlation(Gather.TEMPORAL, (4,)), correlation(Gather.TEMPORAL, (3,))]
    with pytest.raises(InputError, match="circle"):
        found([(0, 0, ANNE)], *circle)


def test_a_condition_with_too_many_alternatives_is_refused():
    pairs = And(tuple(Or((Leaf(0), Leaf(1), Leaf(2))) for _ in range(9)))
    with pytest.raises(InputError, match="too many"):
        found([(0, 0, ANNE)], correlation(Gather.TEMPORAL, (0, 1, 2), formula=pairs))


def test_nothing_matched_is_nothing_correlated():
    assert found([], correlation(Gather.EVENT_COUNT, (0,), condition=at_least(1))) == []


def test_a_window_may_last_days():
    two = correlation(Gather.EVENT_COUNT, (0,), seconds=timedelta(days=90).total_seconds(), condition=at_least(2))
    assert len(found([(0, 0, ANNE), (0, timedelta(days=90).total_seconds(), ANNE)], two)) == 1
