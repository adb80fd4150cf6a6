from datetime import timedelta

import pytest

from rempart.measurement.compare import Change, compare
from rempart.measurement.errors import InputError
from rempart.measurement.verdict import Status
from tests.measurement.factory import AT, NO_READ, failed, make_control, make_history, make_report, people

POINT = make_control("vuln_a", (1,))
FAILED, FINE, BLIND = failed(POINT, people(2)), POINT.judge(people(0)), POINT.not_evaluated(NO_READ)


def trend_of(*verdicts):
    reports = [
        make_report([verdict], {"vuln_a": POINT}, at=AT + timedelta(days=rank)) for rank, verdict in enumerate(verdicts)
    ]
    return compare(reports)


@pytest.mark.parametrize(
    ("verdicts", "change"),
    [
        ((FINE, FAILED), Change.NEW),
        ((FAILED, FINE), Change.FIXED),
        ((FAILED, FAILED), Change.STILL),
        ((FAILED, FINE, FAILED), Change.CAME_BACK),
        ((FAILED, BLIND), Change.LOST),
        ((FINE, BLIND), Change.LOST),
        ((FAILED, BLIND, FAILED), Change.STILL),
        ((FAILED, BLIND, FINE), Change.FIXED),
        ((BLIND, FAILED), Change.FIRST_LOOK),
    ],
)
def test_what_becomes_of_a_threshold(verdicts, change):
    assert [evolution.change for evolution in trend_of(*verdicts).evolutions] == [change]


@pytest.mark.parametrize("verdicts", [(FINE, FINE), (BLIND, BLIND), (BLIND, FINE)])
def test_what_never_failed_and_hides_nothing_is_left_out(verdicts):
    assert trend_of(*verdicts).evolutions == ()


def test_subjects_are_followed_one_by_one():
    trend = trend_of(
        failed(POINT, people(3)), failed(POINT, people(1)), failed(POINT, people(2, stem="x").vstack(people(5).tail(1)))
    )
    evolution = trend.evolutions[0]
    assert [s.key[-4:] for s in evolution.came_back] == ["1101"]
    assert [s.key[-4:] for s in evolution.new] == ["1104"]
    assert evolution.still == 1
    assert evolution.fixed == ()


def test_a_point_that_can_no_longer_be_seen_moves_nobody():
    evolution = trend_of(FAILED, BLIND).evolutions[0]
    assert (evolution.new, evolution.fixed, evolution.still) == ((), (), 0)
    assert evolution.statuses == (Status.FAILED, Status.NOT_EVALUATED)
    assert evolution.reason == NO_READ


def test_reports_are_put_in_the_order_of_time():
    history = make_history()
    trend = compare(list(reversed(history)))
    assert [moment.taken_at for moment in trend.moments] == [report.source.taken_at for report in history]
    assert trend.same_rules


def test_what_cannot_be_compared_is_refused():
    report = make_report()
    elsewhere = report.model_copy(update={"perimeter": report.perimeter.model_copy(update={"names": ("autre.test",)})})
    with pytest.raises(InputError, match="at least two"):
        compare([report])
    with pytest.raises(InputError, match="other perimeters"):
        compare([report, elsewhere])
