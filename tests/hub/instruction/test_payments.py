import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.ledger.selectors import balances
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories import applications
from tests.hub.factories.accounts import person
from tests.hub.factories.applications import a_call, a_file

pytestmark = pytest.mark.django_db
PAYMENTS = "/instruction/paiements/"


@pytest.fixture
def payer():
    return person(Role.ANS_PAYER)


@pytest.fixture
def ans(signed_in, payer):
    return signed_in(payer)


def test_the_regions_pay_nobody(client, signed_in):
    assert client.get(PAYMENTS).status_code == 302
    for role in (Role.ARS_LEAD, Role.SIGNATORY):
        assert signed_in(person(role)).get(PAYMENTS).status_code == 403


def test_an_empty_desk_says_how_files_come(ans):
    assert "Rien à ce guichet" in ans.get(PAYMENTS).content.decode()


def test_the_smaller_of_the_cost_and_the_ceiling_is_due(ans):
    a_file(State.PAYMENT_REQUESTED, ceiling_cents=500_000, eligible_cost_cents=400_000)
    a_file(State.PAYMENT_REQUESTED, ceiling_cents=500_000, eligible_cost_cents=900_000)
    page = ans.get(PAYMENTS)
    assert [file.due for file, _moves in page.context["rows"]] == [400_000, 500_000]
    assert page.context["sum"] == 900_000
    assert {row.action for row in page.context["rows"][0][1]} >= {"pay", "return_payment"}


def test_who_does_not_pay_is_offered_nothing(signed_in):
    a_file(State.PAYMENT_REQUESTED)
    page = signed_in(person(Role.DNS_PILOT)).get(PAYMENTS)
    assert [moves for _file, moves in page.context["rows"]] == [[]]


def test_a_file_is_paid_what_is_due_then_controlled_and_closed(ans):
    file = applications.application(State.PAYMENT_REQUESTED)
    where = f"/instruction/dossiers/{file.number}/actions"
    page = ans.get(f"{where}/pay/")
    assert page.context["due"] == applications.CEILING - 1
    for action, state in (("pay", State.PAID), ("control", State.CONTROLLED), ("close", State.CLOSED)):
        assert ans.post(f"{where}/{action}/", {"reason": ""}).status_code == 302
        file.refresh_from_db()
        assert file.state == state
    assert balances(file.call).paid == applications.CEILING - 1


@pytest.mark.parametrize("desk", ["paid", "controlled", "recovery", "nothing"])
def test_each_desk_has_its_own_files(ans, desk):
    for state in (State.PAID, State.CONTROLLED, State.RECOVERY, State.PAYMENT_REQUESTED):
        a_file(state)
    rows = ans.get(PAYMENTS, {"etat": desk}).context["rows"]
    assert {file.state for file, _moves in rows} == {"payment_requested" if desk == "nothing" else desk}


def test_the_desk_costs_the_same_for_five_files_and_fifty(ans):
    costs = []
    for count in (5, 45):
        for _ in range(count):
            a_file(State.PAYMENT_REQUESTED)
        with CaptureQueriesContext(connection) as asked:
            ans.get(PAYMENTS)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert costs[0] <= 20


@pytest.mark.django_db(transaction=True)
def test_the_pages_read_well(page, live_server, payer):
    sign_in(page, live_server, payer)
    visit(page, live_server, PAYMENTS)
    axe(page)
    applications.envelope(a_call())
    file = a_file(State.PAYMENT_REQUESTED)
    a_file(State.PAYMENT_REQUESTED, eligible_cost_cents=1_234_567)
    a_file(State.RECOVERY)
    visit(page, live_server, PAYMENTS)
    axe(page)
    screenshots(page, "payments")
    visit(page, live_server, f"/instruction/dossiers/{file.number}/actions/pay/")
    axe(page)
    screenshots(page, "pay")
    visit(page, live_server, f"{PAYMENTS}?etat=recovery")
    axe(page)
