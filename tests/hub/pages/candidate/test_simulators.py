import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Event
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.pages.candidate.conftest import as_person, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    file = factory.application(kind="ght")
    client = as_person(files.person(Role.EDITOR, on=files.support_of(file.ght)))
    members = [entry.legal_entity_id for entry in file.perimeter.order_by("-combined")]
    return file, client, members


def test_a_stranger_finds_nothing(group):
    assert as_person(files.person(Role.EDITOR)).get(at("simulators", group[0])).status_code == 404


def test_the_two_heaviest_reach_the_threshold(group):
    file, client, members = group
    answer = client.get(at("simulators", file), {"covered": members[:2]})
    assert answer.context["coverage"].reached
    assert "70 %".replace(" ", "\u00a0") in answer.content.decode()


def test_what_would_be_enough_is_told(group):
    file, client, members = group
    answer = client.get(at("simulators", file), {"covered": [members[0], members[2]]})
    assert not answer.context["coverage"].reached
    assert "Le plus court chemin" in answer.content.decode()


def test_a_member_of_another_group_does_not_count(group):
    file, client, _members = group
    assert client.get(at("simulators", file), {"covered": ["000000000"]}).context["coverage"].total == 0


@pytest.mark.parametrize(
    ("second", "fits"), [("2025-02-15", True), ("2025-03-02", True), ("2025-02-14", False), ("2025-03-03", False)]
)
def test_two_audits_are_45_to_60_days_apart(group, second, fits):
    file, client, _members = group
    answer = client.get(at("simulators", file), {"first": "2025-01-01", "second": second})
    assert answer.context["pair"].fits is fits
    assert "entre le <strong>15 février 2025</strong> et le <strong>2 mars 2025</strong>" in answer.content.decode()


def test_a_declaration_is_tried_without_declaring(group):
    file, client, _members = group
    before = Event.objects.count()
    answer = client.get(at("simulators", file), {"day": "2025-03-01"})
    assert "il manquerait encore des preuves" in answer.content.decode()
    assert Event.objects.count() == before


def test_a_day_after_the_desk_closes_is_told(group):
    file, client, _members = group
    said = client.get(at("simulators", file), {"day": "2025-07-01"}).content.decode()
    assert "Le guichet sera fermé ce jour-là" in said


@pytest.mark.parametrize("day", ["2025-01-01", "2099-01-01", "demain"])
def test_a_day_that_makes_no_sense_is_said(group, day):
    file, client, _members = group
    answer = client.get(at("simulators", file), {"day": day})
    assert answer.status_code == 200
    assert answer.context["declare_form"].errors
