from collections import Counter
from datetime import datetime, time

import pytest

from rempart.hub.common.clock import PARIS
from rempart.hub.demo.figures import Figures
from rempart.hub.demo.story import CLOSING, stories
from rempart.hub.funding.applications import transitions
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.definition import ApplicantKind


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures.published()


@pytest.fixture(scope="module")
def told(figures):
    return stories(figures)


def test_as_many_files_of_each_kind_as_published(told):
    assert len(told) == 1207
    assert Counter(story.kind for story in told) == {"ght": 134, "public": 18, "nonprofit": 292, "forprofit": 763}
    assert len({(story.kind, story.applicant) for story in told}) == 1207


def test_as_many_validated_on_the_closing_day_as_published(told):
    closed = datetime.combine(CLOSING, time(23, 59, 59), PARIS)
    assert sum(story.did("validate") and story.when("validate") <= closed for story in told) == 733
    assert sum(story.did("validate") for story in told) == 1182


def test_the_ceilings_of_the_retained_files_sum_to_the_published_amount(told, figures):
    assert sum(story.ceiling_cents for story in told if story.did("validate")) == figures.committed == 6_427_624_200
    assert all(story.ceiling_cents > 0 for story in told)


def test_as_many_declared_as_published(told):
    for kind, percent in [("ght", 93), ("public", 94), ("nonprofit", 83), ("forprofit", 90)]:
        files = [story for story in told if story.kind is ApplicantKind(kind) and story.did("validate")]
        assert round(100 * sum(story.did("declare") for story in files) / len(files)) == percent
    assert sum(story.did("validate_objectives") for story in told) == 16


def test_every_move_is_one_that_the_table_knows_and_time_goes_forward(told):
    for story in told:
        state = State.DRAFT
        for step in story.steps:
            state = transitions.find(step.action, state).target
        moments = [step.at for step in story.steps]
        assert moments == sorted(moments)


def test_the_same_stories_at_every_run(told, figures):
    assert stories(figures) == told
