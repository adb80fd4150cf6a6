from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.filters import FileFilters, InstructionFilters
from rempart.hub.funding.applications.models import Colour, CorrectionRequest, Label, LateDecision
from rempart.hub.funding.applications.selectors import lists, progress, todo
from rempart.hub.funding.applications.selectors.todo import Urgency
from rempart.hub.funding.applications.services.conversation import send_message
from rempart.hub.funding.applications.services.work import make_label, set_labels
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Stage
from tests.hub.factories import applications as make

pytestmark = pytest.mark.django_db
NOW = make.DATES["submitted_at"] + timedelta(days=3)


def again(user):
    """The same person, as a new request reads them."""
    return User.objects.get(pk=user.pk)


def queries(function):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        function()
    return len(caught)


def show(files):
    """Read all that a line shows."""
    return [
        (file.number, str(file.applicant), file.region.name, file.call.title, file.due_at, file.unread_count,
         [label.name for label in file.shown_labels], str(file.assigned_to))
        for file in files
    ]  # fmt: skip


def fill(call, count, **fields):
    for _ in range(count):
        make.application(State.SUBMITTED, of=call, posted=False, **fields)


@pytest.mark.parametrize("role", [Role.ARS_INSTRUCTOR, Role.ANS_VERIFIER])
def test_lists_ask_as_much_of_the_database_for_5_files_as_for_50(role):
    call, user = make.call(), make.person(role)
    asked = {}
    for total, more in ((5, 5), (50, 45)):
        fill(call, more)
        asked[total] = (
            queries(lambda: show(lists.queue(again(user), FileFilters(q="hospitalier"), "-due"))),
            queries(lambda: show(item.application for item in todo.to_do(again(user), NOW))),
            queries(lambda: show(todo.at_risk(again(user), NOW))),
            queries(lambda: lists.counts(again(user), call)),
        )
    assert asked[5] == asked[50] == (4, 4, 4, 3) or asked[5] == asked[50]
    assert max(asked[50]) <= 5
    assert lists.queue(user).count() == 50


def test_every_column_sorts_both_ways_with_a_stable_order():
    call, user = make.call(), make.person(Role.ARS_LEAD)
    fill(call, 3)
    for column in lists.SORTS:
        up, down = list(lists.queue(user, sort=column)), list(lists.queue(user, sort=f"-{column}"))
        assert len(up) == len(down) == 3
    numbers = [file.number for file in lists.queue(user, sort="-number")]
    assert numbers == sorted(numbers, reverse=True)
    with pytest.raises(Refusal):
        lists.queue(user, sort="password")


def test_lists_show_what_one_may_see_and_find_by_name_number_and_finess():
    call = make.call()
    here = make.application(State.SUBMITTED, of=call)
    there = make.application(State.SUBMITTED, of=call, place=make.region("53"))
    make.application(of=call)
    ars, nation = make.person(Role.ARS_INSTRUCTOR), make.person(Role.DNS_PILOT)
    assert list(lists.queue(ars)) == [here]
    assert list(lists.queue(nation)) == [here, there]
    assert list(lists.queue(make.signatory(there))) == [there]
    assert not lists.queue(make.person()).exists()
    for text in (there.number, there.applicant.name, there.applicant.finess):
        assert list(lists.queue(nation, FileFilters(q=text))) == [there]
        assert not lists.queue(ars, FileFilters(q=text)).exists()
    assert lists.counts(nation)[State.SUBMITTED] == 2
    assert lists.counts(ars)[State.SUBMITTED] == 1
    assert lists.counts(ars)[State.PAID] == 0


def test_an_applicant_does_not_guess_labels_through_filters():
    file = make.application(State.SUBMITTED)
    with pytest.raises(Refusal):
        lists.queue(make.signatory(file), InstructionFilters(label=(1,)))


def test_labels_are_those_of_one_s_team():
    file = make.application(State.SUBMITTED)
    ars, nation = make.person(Role.ARS_INSTRUCTOR), make.person(Role.ANS_VERIFIER)
    regional = make_label("À rappeler", Colour.OCHRE, file.region, by=ars)
    national = make_label("Contrôle", Colour.TEAL, None, by=nation)
    set_labels(file, [national], by=nation)
    set_labels(file, [regional], by=ars)
    shown = {user: set(lists.queue(user).get().shown_labels) for user in (ars, nation, make.signatory(file))}
    assert [shown[ars], shown[nation]] == [{regional}, {regional, national}]
    assert list(shown.values())[2] == set()
    with pytest.raises(Refusal):
        set_labels(file, [national], by=ars)
    with pytest.raises(Refusal):
        make_label("Autre", Colour.GREY, make.region("53"), by=ars)
    with pytest.raises(Refusal):
        make_label("À rappeler ", Colour.GREY, file.region, by=ars)
    set_labels(file, [], by=ars)
    assert set(file.labels.all()) == {national}
    assert set(Label.objects.visible_to(make.signatory(file))) == set()


def test_the_turn_ends_with_the_correction_the_desk_or_the_delay():
    call = make.call()
    nation = make.person(Role.ANS_VERIFIER)
    waiting, fixing, late = (
        make.application(state, of=call) for state in (State.OPERATIONAL, State.ARS_CHECK_FIX, State.OPERATIONAL)
    )
    asker = make.person(Role.ARS_INSTRUCTOR)
    due = make.DATES["declared_at"] + timedelta(days=20)
    CorrectionRequest.objects.create(
        application=fixing, kind="incomplete", message="?", due_at=due, asked_at=fixing.state_since, asked_by=asker
    )
    closes = make.WINDOWS[Stage.DECLARATION][1]
    LateDecision.objects.create(
        application=late, stage=Stage.DECLARATION, until=closes + timedelta(days=9), reason="Crise.",
        decided_at=closes, decided_by=nation,
    )  # fmt: skip
    ends = {file.pk: file.due_at for file in lists.files(nation)}
    assert ends == {waiting.pk: closes, fixing.pk: due, late.pk: closes + timedelta(days=9)}
    risky = [file.pk for file in todo.at_risk(nation, closes - timedelta(days=29))]
    assert risky == [fixing.pk, waiting.pk]


def test_what_to_do_first_comes_first_with_its_reason():
    call = make.call()
    ars, colleague = make.person(Role.ARS_INSTRUCTOR), make.person(Role.ARS_INSTRUCTOR)
    new = make.application(State.SUBMITTED, of=call)
    spoken = make.application(State.OPERATIONAL, of=call)
    send_message(spoken, "Une question.", by=make.signatory(spoken), at=NOW)
    make.application(State.SUBMITTED, of=call, assigned_to=colleague)
    make.application(State.SUBMITTED, of=call, place=make.region("53"))
    make.application(State.ANS_REVIEW, of=call)
    listed = [(item.application.pk, item.urgency) for item in todo.to_do(ars, NOW)]
    assert listed == [(spoken.pk, Urgency.MESSAGE), (new.pk, Urgency.TO_DO)]
    end = make.WINDOWS[Stage.ARS_REVIEW][1]
    assert todo.to_do(ars, end - timedelta(days=6))[0].urgency is Urgency.DUE_SOON
    first = todo.to_do(ars, end + timedelta(seconds=1))[0]
    assert (first.application.pk, first.urgency, str(first.reason)) == (new.pk, Urgency.OVERDUE, "échéance dépassée")
    assert todo.to_do(make.person(), NOW) == []


def test_each_role_finds_the_files_it_can_move():
    call = make.call()
    by_state = {
        state: make.application(state, of=call).pk
        for state in (State.VALIDATED, State.ANS_REVIEW, State.PAYMENT_REQUESTED, State.PAID, State.OPERATIONAL)
    }

    def waiting(user):
        return {item.application.pk for item in todo.to_do(user, NOW)}

    assert waiting(make.person(Role.ANS_VERIFIER)) == {by_state[State.VALIDATED], by_state[State.ANS_REVIEW]}
    assert waiting(make.person(Role.ANS_PAYER)) == {by_state[State.PAYMENT_REQUESTED], by_state[State.PAID]}
    assert waiting(make.person(Role.DNS_PILOT)) == set()
    operational = lists.files(make.person(Role.DNS_PILOT)).get(pk=by_state[State.OPERATIONAL])
    assert waiting(make.person(Role.EDITOR, on=operational.applicant)) == {operational.pk}


def test_members_weigh_their_frozen_share():
    file = make.application(State.SUBMITTED, "ght")
    members = progress.members(file)
    assert [member.share for member in members] == [Decimal(share) / 100 for share in make.SHARES]
    first = members[0].finess
    filled = progress.members(file, {first: {"T1.O1": "met", "T1.O2": "missing"}})
    assert filled[0].met == 1
    file.perimeter.filter(legal_entity=first).update(combined=None)
    assert {member.share for member in progress.members(file)} == {None}
