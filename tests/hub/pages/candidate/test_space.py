import pytest
from django.urls import reverse

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Stage
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.pages.candidate.conftest import as_person

SPACE = "/dossiers/"
pytestmark = pytest.mark.django_db


def open_call(now):
    call = factory.call()
    call.windows.filter(stage=Stage.APPLICATION).update(closes_at=now.replace(month=12))
    return call


@pytest.mark.parametrize("path", [SPACE, "/dossiers/ouvrir/D1/", "/dossiers/cles/", "/dossiers/X-0001/"])
def test_who_is_not_signed_in_signs_in_and_comes_back(client, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{reverse('account_login')}?next={path}"


@pytest.mark.parametrize(
    ("before", "back"),
    [
        ("http://testserver/dossiers/X-0001/preuves/T1/", "/dossiers/X-0001/preuves/T1/"),
        ("https://ailleurs.example/piege/", SPACE),
        ("", SPACE),
    ],
)
def test_a_form_whose_session_expired_comes_back_to_its_own_page(client, before, back):
    answer = client.post("/dossiers/X-0001/preuves/T1/document/", headers={"referer": before})
    assert answer.headers["location"] == f"{reverse('account_login')}?next={back}"


@pytest.mark.parametrize("role", [Role.ARS_INSTRUCTOR, Role.ANS_VERIFIER, Role.DNS_PILOT])
def test_agents_have_other_pages(role):
    assert as_person(files.person(role)).get(SPACE).status_code == 403


def test_without_a_role_one_learns_how_to_get_one():
    assert "n’a pas encore de rôle" in as_person(files.person()).get(SPACE).content.decode()


def test_without_a_file_one_is_led_to_the_calls():
    said = as_person(files.person(Role.EDITOR)).get(SPACE).content.decode()
    assert "Aucun dossier en cours" in said
    assert "Voir les appels" in said


def test_files_that_wait_for_the_applicant_come_first():
    entity = files.entity(sites=1)
    waiting = files.application(State.OPERATIONAL, applicant=entity)
    files.application(State.ARS_REVIEW, applicant=entity)
    files.application(State.REFUSED, applicant=entity)
    answer = as_person(files.person(Role.EDITOR, on=entity)).get(SPACE)
    live = answer.context["live"]
    assert [card.file.state for card in live] == [State.OPERATIONAL, State.ARS_REVIEW]
    assert [card.file.state for card in answer.context["past"]] == [State.REFUSED]
    assert [card.file.pk for card in answer.context["calendar"]] == [waiting.pk]


def test_nobody_sees_the_files_of_others():
    theirs = files.application(State.OPERATIONAL)
    said = as_person(files.person(Role.EDITOR)).get(SPACE).content.decode()
    assert theirs.number not in said


def test_the_list_asks_the_same_for_one_file_and_for_ten(django_assert_num_queries):
    entity = files.entity(sites=1)
    client = as_person(files.person(Role.EDITOR, on=entity))
    files.application(State.OPERATIONAL, applicant=entity)
    client.get(SPACE)
    with django_assert_num_queries(queries_of(client)):
        for_one = client.get(SPACE)
    for _ in range(9):
        files.application(State.ARS_REVIEW_FIX, applicant=entity)
    with django_assert_num_queries(queries_of(client)):
        assert len(client.get(SPACE).context["live"]) == 10
    assert len(for_one.context["live"]) == 1


def queries_of(client) -> int:
    """Session, person, roles, groups around, files, corrections, windows, late decisions, open desks."""
    del client
    return 9


def test_a_file_is_opened_from_an_open_call(now):
    call, entity = open_call(now), files.entity(sites=1)
    client = as_person(files.person(Role.EDITOR, on=entity))
    assert call.pk in client.get(SPACE).content.decode()
    answer = client.post(reverse("candidate_open", args=[call.pk]), {"applicant": entity.pk})
    file = Application.objects.get(call=call)
    assert answer.headers["location"] == reverse("candidate_file", args=[file.number])
    assert file.state == State.DRAFT


def test_one_cannot_open_a_file_for_somebody_else(now):
    call, other = open_call(now), files.entity()
    client = as_person(files.person(Role.EDITOR))
    assert client.post(reverse("candidate_open", args=[call.pk]), {"applicant": other.pk}).status_code == 422
    assert not Application.objects.exists()


def test_a_member_of_a_group_is_told_that_the_group_applies(now):
    call, group = open_call(now), files.ght()
    member = group.memberships.filter(role="M").first().legal_entity
    client = as_person(files.person(Role.EDITOR, on=member))
    assert "ne pouvez pas ouvrir" in client.get(reverse("candidate_open", args=[call.pk])).content.decode()


def test_the_support_opens_the_file_of_the_group(now):
    call, group = open_call(now), files.ght()
    client = as_person(files.person(Role.EDITOR, on=files.support_of(group)))
    client.post(reverse("candidate_open", args=[call.pk]), {"applicant": group.pk})
    assert Application.objects.get(call=call).ght == group
