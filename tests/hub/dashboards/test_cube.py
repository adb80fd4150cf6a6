from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import AnonymousUser

from rempart.hub.accounts.roles import Role
from rempart.hub.dashboards import selectors
from rempart.hub.dashboards.cube import cube, public_cube
from rempart.hub.dashboards.steps import Step
from rempart.hub.funding.applications.models import Event
from rempart.hub.funding.applications.states import State
from tests.hub.factories import applications as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A call with files in two regions, one applicant that did not apply, and a withdrawn file."""
    call = make.call("T9-2099")
    north, south = make.region("28"), make.region("93")
    files = [
        make.application(State.SUBMITTED, "public", of=call, place=north),
        make.application(State.PAID, "ght", of=call, place=north),
        make.application(State.DECLARED, "forprofit", of=call, place=south),
        make.application(State.WITHDRAWN, "public", of=call, place=south, submitted_at=make.DATES["submitted_at"]),
    ]
    make.ceiling(call, make.entity(south, status="nonprofit"))
    return call, files


def steps(counts):
    return [counts.steps[step] for step in Step]


def test_the_nation_counts_every_file_that_was_not_withdrawn(world):
    call, _files = world
    total = cube(call, make.person(Role.DNS_PILOT)).total()
    assert steps(total) == [5, 3, 2, 2, 2, 1, 1]
    assert (total.drafts, total.rate(Step.SUBMITTED)) == (0, 0.6)


def test_the_agency_counts_its_region_only(world):
    call, _files = world
    agency = cube(call, make.person(Role.ARS_LEAD, of=make.region("93")))
    assert steps(agency.total()) == [3, 1, 1, 1, 1, 0, 0]
    assert set(agency.by_region()) == {"93"}


@pytest.mark.parametrize("who", [AnonymousUser, make.person])
def test_who_holds_no_role_counts_nothing(world, who):
    assert steps(cube(world[0], who()).total()) == [0] * 7


def test_kinds_and_places_are_told_apart(world):
    figures = cube(world[0], make.person(Role.ANS_VERIFIER))
    assert {kind: counts.files for kind, counts in figures.by_kind().items()} == {
        "ght": 1, "public": 1, "nonprofit": 0, "forprofit": 1,
    }  # fmt: skip
    assert figures.total("nonprofit").steps[Step.ELIGIBLE] == 1
    assert {code: counts.files for code, counts in figures.by_department().items()} == {"R28": 2, "R93": 1}
    assert figures.by_department(kind="ght", region="28")["R28"].files == 1


def test_money_is_read_from_the_ledger(world):
    total = cube(world[0], make.person(Role.ANS_PAYER)).total()
    assert total.cents["committed"] == make.CEILING
    assert total.cents["paid"] == make.CEILING - 1


def test_drafts_count_for_their_applicant_only(world):
    call, _files = world
    draft = make.application(State.DRAFT, "public", of=call)
    assert cube(call, make.person(Role.ADMINISTRATOR)).total().drafts == 0
    assert cube(call, make.signatory(draft)).total().drafts == 1


def test_the_number_of_queries_does_not_grow_with_the_files(world, django_assert_num_queries):
    call, _files = world
    pilot = make.person(Role.DNS_PILOT)
    for _ in range(2):
        user = type(pilot).objects.get(pk=pilot.pk)
        with django_assert_num_queries(4):  # the person's roles, then three
            cube(call, user)
        for kind in ("public", "nonprofit"):
            make.application(State.PAID, kind, of=call)


def test_the_public_cube_counts_the_whole_call(world):
    assert public_cube(world[0]).total().files == 3


def delay(call, name, user=None):
    found = selectors.delays(selectors.files(call, user or make.person(Role.DNS_PILOT)))
    return next(stretch for stretch in found if stretch.name == name)


def test_delays_are_between_moves_and_unknown_when_nothing_moved(world):
    call, _files = world
    stretch = delay(call, "review")
    assert stretch.files == 2
    assert stretch.median == timedelta(days=38)
    assert delay(make.call("T8-2099"), "review").median is None


def test_the_ninth_tenth_is_between_two_files():
    call = make.call("T7-2099")
    for days in (10, 20):
        file = make.application(State.VALIDATED, of=call)
        Event.objects.filter(application=file, target=State.SUBMITTED).update(
            at=datetime(2024, 5, 10, 9, tzinfo=UTC) - timedelta(days=days)
        )
    assert (delay(call, "review").median, delay(call, "review").ninetieth) == (timedelta(15), timedelta(19))


def test_a_file_sent_back_no_longer_counts_as_decided():
    call = make.call("T6-2099")
    file = make.application(State.VALIDATED, of=call, posted=False)
    type(file).objects.filter(pk=file.pk).update(state=State.ARS_REVIEW, validated_at=None)
    assert delay(call, "review").files == 0


def test_delays_of_an_agency_are_of_its_files(world):
    call, _files = world
    assert delay(call, "payment", make.person(Role.ARS_LEAD, of=make.region("93"))).files == 0
    assert delay(call, "payment").files == 1


def test_weeks_begin_on_a_monday_of_paris_and_leave_no_gap(world):
    call, _files = world
    found = selectors.weeks(selectors.files(call, make.person(Role.DNS_PILOT)))
    assert found[0].monday.isoformat() == "2024-04-01"
    assert {(after.monday - before.monday).days for before, after in pairwise(found)} == {7}
    assert (sum(week.submitted for week in found), sum(week.paid for week in found)) == (3, 1)
    assert sum(week.decided for week in found) == 3
    assert selectors.weeks(selectors.files(make.call("T5-2099"), make.person(Role.DNS_PILOT))) == []


def test_filters_of_region_and_kind_narrow_the_files(world):
    call, _files = world
    pilot = make.person(Role.DNS_PILOT)
    assert selectors.files(call, pilot, region="28").count() == 2
    assert selectors.files(call, pilot, region="28", kind="ght").count() == 1
