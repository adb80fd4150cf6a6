"""Two people do the same thing at once, on two real connections: one does it, the other is told it is done."""

import threading

import pytest
from django.db import connection

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services import open_draft, perform
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.ledger.selectors import balances
from rempart.hub.territory.models import LegalEntity
from tests.hub.factories import applications as make

pytestmark = pytest.mark.django_db(transaction=True)


def race(*calls):
    """Run calls at the same moment, each on its own connection; return what each gave: a value or a refusal's code."""
    gate = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(index, call):
        try:
            gate.wait(timeout=10)
            results[index] = call()
        except Refusal as refusal:
            results[index] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def decide(file, user, action, **data):
    return lambda: (
        perform(
            Application.objects.get(pk=file.pk), action, by=User.objects.get(pk=user.pk), at=file.state_since, **data
        ).action
    )


def test_of_two_validations_at_once_one_wins_and_commits_once():
    file = make.application(State.ARS_REVIEW)
    make.envelope(file.call)
    people = [make.person(Role.ARS_INSTRUCTOR) for _ in range(2)]
    assert sorted(race(*(decide(file, user, "validate") for user in people))) == ["validate", "wrong_state"]
    assert balances(file.call).committed == make.CEILING
    assert file.events.filter(action="validate").count() == 1


def test_of_a_validation_and_a_refusal_at_once_one_wins():
    file = make.application(State.ARS_REVIEW)
    make.envelope(file.call)
    one, other = (make.person(Role.ARS_INSTRUCTOR) for _ in range(2))
    results = race(decide(file, one, "validate"), decide(file, other, "refuse", reason="Hors du champ."))
    assert "wrong_state" in results
    file.refresh_from_db()
    assert balances(file.call).committed == (make.CEILING if file.state == State.VALIDATED else 0)


def test_two_files_race_for_the_last_euros():
    of = make.call()
    make.envelope(of, make.CEILING)
    files = [make.application(State.ARS_REVIEW, of=of) for _ in range(2)]
    ars = make.person(Role.ARS_INSTRUCTOR)
    results = race(*(decide(file, ars, "validate") for file in files))
    assert sorted(results) == ["envelope_exhausted", "validate"]
    assert balances(of).available == 0


def test_two_people_who_open_the_same_file_get_one():
    applicant, of = make.entity(), make.call()
    editors = [make.person(Role.EDITOR, on=applicant) for _ in range(2)]

    def opening(user):
        return lambda: (
            open_draft(
                of, LegalEntity.objects.get(pk=applicant.pk), by=User.objects.get(pk=user.pk), at=make.OPENED
            ).number
        )

    assert sorted(race(*map(opening, editors))) == [f"{of.pk}-0001", "already_has_file"]
