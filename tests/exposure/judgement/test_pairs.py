from datetime import date, timedelta

import pytest

from rempart.exposure.pairs import Pair, Standing, pair
from rempart.measurement.report import Level
from tests.exposure.maker import AT
from tests.measurement.factory import make_report

DAY = AT.date()


def audit(days: int, level: int = 3, *, at_most: bool = False):
    reached = Level(value=level, at_most=at_most)
    return make_report(at=AT + timedelta(days=days)).model_copy(update={"level": reached})


@pytest.mark.parametrize(("days", "reached"), [(44, False), (45, True), (60, True), (61, False)])
def test_the_two_ends_of_the_window_are_inside(days, reached):
    found = pair([audit(0), audit(days)], 3, DAY + timedelta(days=days))
    assert (found.standing is Standing.REACHED) is reached


@pytest.mark.parametrize(
    ("days", "standing"),
    [(39, Standing.TOO_EARLY), (40, Standing.DUE_SOON), (45, Standing.DUE), (60, Standing.DUE), (61, Standing.NONE)],
)
def test_the_wait_warns_at_day_forty(days, standing):
    found = pair([audit(0)], 3, DAY + timedelta(days=days))
    assert found.standing is standing
    if standing is not Standing.NONE:
        assert (found.opens, found.closes) == (DAY + timedelta(days=45), DAY + timedelta(days=60))


def test_an_audit_below_the_level_breaks_the_pair_and_at_most_proves_nothing():
    assert pair([audit(0), audit(20, level=2), audit(50)], 3, DAY + timedelta(days=50)).first == DAY + timedelta(
        days=50
    )
    assert pair([audit(0, at_most=True)], 3, DAY) == Pair(Standing.NONE)


def test_monthly_audits_make_a_pair_with_the_one_before_the_last():
    found = pair([audit(0), audit(28), audit(56)], 3, DAY + timedelta(days=56))
    assert found == Pair(Standing.REACHED, date(2026, 11, 23), date(2027, 1, 18))
