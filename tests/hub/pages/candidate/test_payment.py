import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.common.money import euros
from rempart.hub.funding.applications.models import CostLine
from rempart.hub.funding.applications.states import State
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.pages.candidate.conftest import as_person, at

pytestmark = pytest.mark.django_db
LINE = {"label": "Audit", "reference": "F-2025-12", "spent_on": "2025-01-15", "cents": "1 234,56"}


def test_a_stranger_finds_nothing_and_adds_nothing(hospital):
    stranger = as_person(files.person(Role.EDITOR))
    assert stranger.post(at("payment", hospital.file), LINE).status_code == 404
    assert not CostLine.objects.exists()


def test_without_a_line_nothing_is_due(hospital):
    said = hospital.client.get(at("payment", hospital.file)).content.decode()
    assert "Aucune dépense saisie" in said
    assert euros(0) in said


def test_the_smaller_of_costs_and_ceiling_is_shown(hospital):
    hospital.client.post(at("payment", hospital.file), LINE)
    answer = hospital.client.get(at("payment", hospital.file))
    assert (answer.context["total"], answer.context["due"]) == (123_456, 123_456)
    hospital.client.post(at("payment", hospital.file), {**LINE, "cents": "900 000"})
    answer = hospital.client.get(at("payment", hospital.file))
    assert answer.context["due"] == files.CEILING
    assert "dépassent le plafond" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"cents": "beaucoup"}, "n’est pas un montant"),
        ({"cents": "-3"}, "montant positif"),
        ({"spent_on": "2026-01-01"}, "postérieure"),
        ({"label": ""}, "obligatoire"),
    ],
)
def test_a_wrong_line_says_why_and_keeps_what_was_typed(hospital, wrong, said):
    answer = hospital.client.post(at("payment", hospital.file), {**LINE, **wrong})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="F-2025-12"' in answer.content.decode()
    assert not CostLine.objects.exists()


def test_a_cost_before_the_calls_window_is_refused(hospital):
    content = files.DEFINITION.format(code=hospital.file.call_id, envelope=1, more="cost_window_from = 2024-03-20")
    hospital.file.version = files.version(hospital.file.call, 9, content)
    hospital.file.save()
    answer = hospital.client.post(at("payment", hospital.file), {**LINE, "spent_on": "2024-03-19"})
    assert "antérieure à la période" in answer.content.decode()
    assert "du 20 mars 2024 au" in answer.content.decode()


def test_a_line_is_taken_off(hospital):
    hospital.client.post(at("payment", hospital.file), LINE)
    line = CostLine.objects.get()
    hospital.client.post(at("remove_cost", hospital.file, line.pk))
    assert not CostLine.objects.exists()


def test_once_payment_is_asked_the_statement_is_closed(hospital):
    file = factory.application(State.PAYMENT_REQUESTED, applicant=hospital.file.applicant)
    assert "Ajouter une dépense" not in hospital.client.get(at("payment", file)).content.decode()
    answer = hospital.client.post(at("payment", file), LINE)
    assert "ne se modifie plus" in answer.content.decode()


def test_the_signatory_asks_for_payment_of_the_statements_total(time_machine):
    time_machine.move_to(files.DATES["payment_requested_at"])
    file = factory.application(State.OBJECTIVES_MET)
    signs = as_person(files.person(Role.SIGNATORY, on=file.applicant))
    assert not signs.get(at("payment", file)).context["may_ask"]
    signs.post(at("payment", file), LINE)
    assert signs.get(at("payment", file)).context["may_ask"]
    assert euros(123_456) in signs.get(at("act", file, "request_payment")).content.decode()
    signs.post(at("act", file, "request_payment"), {"certified": "on"})
    file.refresh_from_db()
    assert (file.state, file.eligible_cost_cents) == (State.PAYMENT_REQUESTED, 123_456)


def test_a_member_of_a_group_reads_the_statement_and_does_not_write_it():
    file = factory.application(kind="ght")
    member = file.ght.memberships.filter(role="M").first().legal_entity
    client = as_person(files.person(Role.EDITOR, on=member))
    assert "Ajouter une dépense" not in client.get(at("payment", file)).content.decode()
    assert "ne permet pas" not in client.get(at("payment", file)).content.decode()
    assert client.post(at("payment", file), LINE).status_code == 422
