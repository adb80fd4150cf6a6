import pytest

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import transitions
from rempart.hub.funding.applications.states import FINAL, MILESTONES, REACHED, State
from rempart.hub.funding.applications.transitions import Audience


def test_every_state_is_reached_from_a_draft():
    known = {State.DRAFT}
    while True:
        more = {row.target for row in transitions.TABLE if row.sources & known} - known
        if not more:
            break
        known |= more
    assert known == set(State)


def test_only_named_returns_leave_an_ended_file():
    leaving = {row.action for state in FINAL for row in transitions.leaving(state)}
    assert leaving == {"reopen", "reopen_objectives", "reinstate", "reinstate_payment", "reinstate_validated"}
    assert all(row.back and row.reason for row in transitions.TABLE if row.sources & FINAL)


def test_a_return_goes_back_and_nothing_else_does():
    for row in transitions.TABLE:
        for source in row.sources:
            if source in REACHED and row.target in REACHED:
                assert row.back or REACHED[row.target] >= REACHED[source], row


def test_forward_moves_reach_one_date_at_a_time():
    for row in transitions.TABLE:
        for source in row.sources & set(REACHED):
            if not row.back and row.target in REACHED:
                assert REACHED[row.target] - REACHED[source] == (row.target in MILESTONES), row


def test_every_row_speaks_to_every_audience():
    for row in transitions.TABLE:
        assert str(row.button)
        assert all(row.label(audience) for audience in Audience)


def test_an_action_from_the_wrong_state_is_refused():
    with pytest.raises(Refusal, match="brouillon") as refused:
        transitions.find("pay", State.DRAFT)
    assert refused.value.code == "wrong_state"


def test_an_unknown_action_is_a_defect():
    with pytest.raises(KeyError):
        transitions.find("bribe", State.DRAFT)
