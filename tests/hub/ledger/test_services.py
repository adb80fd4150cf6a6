import pytest
from django.db import connection

from rempart.hub.accounts.models import Membership, User
from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.ledger import selectors, services
from rempart.hub.funding.ledger.models import Kind
from rempart.hub.funding.ledger.selectors import Balances, FileBalances
from tests.hub.factories.ledger import AT, call, file, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return person()


@pytest.fixture
def opened(by):
    made = call()
    services.open_envelope(made, 1_000_00, by=by, at=AT)
    return made


def refused(code):
    return pytest.raises(Refusal, check=lambda error: error.code == code)


def test_an_opened_envelope_is_all_available(opened):
    assert selectors.balances(opened) == Balances(envelope=1_000_00, available=1_000_00)


def test_a_call_without_envelope_has_nothing():
    assert selectors.balances(call()) == Balances()


def test_an_envelope_opens_once(opened, by):
    with refused("envelope_open"):
        services.open_envelope(opened, 1, by=by, at=AT)


def test_a_file_goes_from_commitment_to_payment_and_recovery(opened, by):
    one = file(opened, 400_00, cost_cents=350_00)
    services.commit(one, by=by, at=AT)
    assert selectors.balances(opened) == Balances(1_000_00, available=600_00, committed=400_00)
    services.pay(one, 350_00, by=by, at=AT)
    assert selectors.balances(opened) == Balances(1_000_00, available=650_00, paid=350_00)
    services.recover(one, 50_00, by=by, at=AT, reason="trop-perçu constaté au contrôle")
    assert selectors.balances(opened) == Balances(1_000_00, available=650_00, paid=300_00, recovered=50_00)
    assert selectors.file_balances(one.pk) == FileBalances(paid=300_00, recovered=50_00)


def test_a_release_gives_all_back(opened, by):
    one = file(opened, 400_00)
    services.commit(one, by=by, at=AT)
    services.release(one, by=by, at=AT, reason="retrait du candidat")
    assert selectors.balances(opened) == Balances(1_000_00, available=1_000_00)
    services.commit(one, by=by, at=AT)
    assert selectors.file_balances(one.pk) == FileBalances(committed=400_00)


def test_the_last_euro_may_be_committed_and_not_one_cent_more(opened, by):
    services.commit(file(opened, 999_99), by=by, at=AT)
    with refused("envelope_exhausted"):
        services.commit(file(opened, 2), by=by, at=AT)
    services.commit(file(opened, 1), by=by, at=AT)
    assert selectors.balances(opened).available == 0


def test_a_refusal_is_told_in_both_languages_with_its_amounts(opened, by):
    with refused("envelope_exhausted") as caught:
        services.commit(file(opened, 2_000_00), by=by, at=AT)
    assert caught.value.what.fr.startswith("Il reste 1\u202f000,00")
    assert caught.value.what.en.startswith("1\u202f000,00\xa0€ is left in the envelope")
    assert "Release a commitment" in caught.value.advice.en


def test_a_file_is_committed_once(opened, by):
    one = file(opened, 400_00)
    services.commit(one, by=by, at=AT)
    with refused("already_committed"):
        services.commit(one, by=by, at=AT)


@pytest.mark.parametrize(("cost", "asked"), [(350_00, 350_01), (900_00, 400_01)])
def test_a_payment_never_exceeds_the_cost_nor_the_ceiling(opened, by, cost, asked):
    one = file(opened, 400_00, cost_cents=cost)
    services.commit(one, by=by, at=AT)
    with refused("above_due"):
        services.pay(one, asked, by=by, at=AT)
    services.pay(one, asked - 1, by=by, at=AT)
    assert selectors.file_balances(one.pk) == FileBalances(paid=asked - 1)


def test_a_file_is_paid_once(opened, by):
    one = file(opened, 400_00, cost_cents=400_00)
    services.commit(one, by=by, at=AT)
    services.pay(one, 400_00, by=by, at=AT)
    with refused("nothing_committed"):
        services.pay(one, 1, by=by, at=AT)
    with refused("already_paid"):
        services.commit(one, by=by, at=AT)


def test_what_cannot_be_done_says_so(opened, by):
    one = file(opened, 400_00)
    with refused("nothing_committed"):
        services.release(one, by=by, at=AT, reason="retrait")
    with refused("nothing_committed"):
        services.pay(one, 1, by=by, at=AT)
    with refused("above_paid"):
        services.recover(one, 1, by=by, at=AT, reason="contrôle")
    with refused("reason_needed"):
        services.recover(one, 1, by=by, at=AT, reason=" ")
    with refused("amount_not_positive"):
        services.pay(one, 0, by=by, at=AT)
    services.commit(one, by=by, at=AT)
    with refused("no_eligible_cost"):
        services.pay(one, 1, by=by, at=AT)


def test_a_call_without_envelope_commits_nothing(by):
    with refused("no_envelope"):
        services.commit(file(call("D8-2024"), 1), by=by, at=AT)


def test_balances_are_told_by_region(opened, by):
    for region, ceiling in (("R1", 100_00), ("R1", 50_00), ("R2", 25_00)):
        services.commit(file(opened, ceiling, region_code=region), by=by, at=AT)
    assert selectors.balances_by(opened, "region") == {
        "R1": FileBalances(committed=150_00),
        "R2": FileBalances(committed=25_00),
    }


def test_the_statement_shows_each_person_their_own(opened, by):
    mine, other = file(opened, 1_00), file(opened, 2_00, region_code="R2")
    for one in (mine, other):
        services.commit(one, by=by, at=AT)
    instructor, editor, pilot = person(), person(), person()
    Membership.objects.create(user=instructor, role=Role.ARS_INSTRUCTOR, region=mine.region)
    Membership.objects.create(user=editor, role=Role.EDITOR, legal_entity=other.legal_entity)
    Membership.objects.create(user=pilot, role=Role.DNS_PILOT)

    def shown(user: User):
        return [(entry.kind, entry.application_id) for entry in selectors.statement(opened, user)]

    opening = (Kind.OPENING, None)
    assert shown(person()) == []
    assert shown(instructor) == [opening, (Kind.COMMITMENT, mine.pk)]
    assert shown(editor) == [(Kind.COMMITMENT, other.pk)]
    assert shown(pilot) == [opening, (Kind.COMMITMENT, mine.pk), (Kind.COMMITMENT, other.pk)]


def test_reading_costs_the_same_however_many_files(opened, by, django_assert_num_queries):
    pilot = person()
    Membership.objects.create(user=pilot, role=Role.DNS_PILOT)
    for _ in range(12):
        services.commit(file(opened, 1_00), by=by, at=AT)
    with django_assert_num_queries(1):
        selectors.balances(opened)
    with django_assert_num_queries(1):
        selectors.balances_by(opened, "kind")
    with django_assert_num_queries(3):  # the roles of the person, the entries, their postings
        lines = [
            (str(entry.application), entry.by, list(entry.postings.all()))
            for entry in selectors.statement(opened, pilot)
        ]
    assert len(lines) == 13
    connection.check_constraints()
