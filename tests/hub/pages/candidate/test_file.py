import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import CorrectionKind
from rempart.hub.funding.applications.services import perform
from rempart.hub.funding.applications.states import State
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.pages.candidate.conftest import as_person, at, draft

pytestmark = pytest.mark.django_db
PAGES = ("file", "history", "print", "simulators", "payment")


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_finds_nothing(hospital, page):
    stranger = as_person(files.person(Role.EDITOR))
    assert stranger.get(at(page, hospital.file)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_the_applicant_reads_every_page(hospital, page):
    answer = hospital.client.get(at(page, hospital.file))
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_page(state):
    file = factory.application(state)
    answer = as_person(files.person(Role.SIGNATORY, on=file.applicant)).get(at("file", file))
    assert answer.status_code == 200
    steps = [step.state for step in answer.context["steps"]]
    assert steps.count("current") + steps.count("stopped") <= 1
    assert steps == sorted(steps, key=["done", "stopped", "current", "todo"].index)


def test_a_file_of_ones_region_is_not_shown_in_the_candidates_space(hospital):
    instructor = as_person(files.person(Role.ARS_INSTRUCTOR, of=hospital.file.region))
    assert instructor.get(at("file", hospital.file)).status_code in {302, 404}
    assert instructor.get(at("payment", hospital.file)).status_code == 403


def test_what_to_do_next_is_the_first_proof_that_lacks(hospital):
    answer = hospital.client.get(at("file", hospital.file))
    assert answer.context["action"].url == at("requirement", hospital.file, "T1.O1")
    assert "C’est à vous d’agir" in answer.content.decode()


def test_once_all_is_proven_the_signatory_declares_and_the_editor_waits_for_them():
    file, client = draft()
    assert "T1.P1" in client.get(at("file", file)).context["action"].url
    factory.document(file, "T1.P1", "pssi", dated=factory.AT.date())
    assert client.get(at("file", file)).context["action"].url == at("act", file, "submit")
    editor = as_person(files.person(Role.EDITOR, on=file.applicant))
    assert editor.get(at("file", file)).context["action"] is None
    assert "votre signataire doit maintenant agir" in editor.get(at("file", file)).content.decode()


def test_a_correction_is_told_with_its_reason_and_its_date(hospital, now):
    file = factory.application(State.ARS_REVIEW, applicant=hospital.file.applicant)
    agent = files.person(Role.ARS_INSTRUCTOR, of=file.region)
    asked = {"kind": CorrectionKind.INCOMPLETE, "requirements": ["T1.P1"], "due_at": now.replace(day=20)}
    perform(file, "request_correction", by=agent, at=now, reason="Il manque la page 3.", **asked)
    said = hospital.client.get(at("file", file)).content.decode()
    assert "Il manque la page 3." in said
    assert "20 février 2025" in said
    assert at("requirement", file, "T1.P1") in said
    assert "Répondre au complément" in said


def test_a_member_of_a_group_reads_the_file_and_proves_its_own_part():
    file = factory.application(kind="ght")
    member = file.ght.memberships.filter(role="M").first().legal_entity
    client = as_person(files.person(Role.EDITOR, on=member))
    assert client.get(at("file", file)).status_code == 200
    answer = client.get(at("requirement", file, factory.PAPER))
    assert answer.context["may_add"]
    assert [choice[0] for choice in answer.context["document_form"].fields["members"].choices] == [member.pk]


def test_the_history_names_people_of_the_hospital_and_no_agent(hospital, now):
    file = factory.application(State.SUBMITTED, applicant=hospital.file.applicant, by=hospital.editor)
    agent = files.person(Role.ARS_INSTRUCTOR, of=file.region, last_name="Secret")
    perform(file, "start_review", by=agent, at=now)
    said = hospital.client.get(at("history", file)).content.decode()
    assert "un instructeur" in said
    assert "Secret" not in said
    assert str(hospital.editor) in said
    assert "Le dossier est ouvert" in said


def test_a_file_page_asks_a_set_number_of_queries(django_assert_max_num_queries):
    file = factory.application(kind="ght")
    client = as_person(files.person(Role.EDITOR, on=files.support_of(file.ght)))
    client.get(at("file", file))
    with django_assert_max_num_queries(45):
        client.get(at("file", file))
