import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.pages.candidate.conftest import as_person, at, draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(time_machine):
    time_machine.move_to(files.DATES["submitted_at"])
    file, client = draft()
    files.ceiling(file.call, file.applicant)
    factory.document(file, "T1.P1", "pssi", dated=files.DATES["created_at"].date())
    return file, client


def test_a_stranger_finds_nothing(hospital):
    assert as_person(files.person(Role.SIGNATORY)).get(at("act", hospital.file, "declare")).status_code == 404


@pytest.mark.parametrize("action", ["validate", "pay", "nothing", "submit"])
def test_only_an_applicants_action_of_this_state_has_a_page(hospital, action):
    assert hospital.signs.get(at("act", hospital.file, action)).status_code == 404


def test_the_signatory_reads_again_certifies_and_submits(ready):
    file, client = ready
    said = client.get(at("act", file, "submit")).content.decode()
    for words in ("Vos prérequis", "Votre périmètre", "53 252,89", "Je certifie"):
        assert words.replace(" ", "\u202f", 1) in said or words in said
    answer = client.post(at("act", file, "submit"), {"certified": "on"}, follow=True)
    file.refresh_from_db()
    assert file.state == State.SUBMITTED
    assert "Vous avez déposé le dossier." in answer.content.decode()


def test_without_the_certificate_nothing_moves(ready):
    file, client = ready
    assert client.post(at("act", file, "submit"), {}).status_code == 422
    file.refresh_from_db()
    assert file.state == State.DRAFT


def test_the_editor_prepares_and_only_the_signatory_acts(ready):
    file, _client = ready
    editor = as_person(files.person(Role.EDITOR, on=file.applicant))
    said = editor.get(at("act", file, "submit")).content.decode()
    assert "Seul un signataire" in said
    assert "Je certifie" not in said
    assert editor.post(at("act", file, "submit"), {"certified": "on"}).status_code == 422
    file.refresh_from_db()
    assert file.state == State.DRAFT


def test_what_stands_in_the_way_is_said_before_one_tries(time_machine):
    time_machine.move_to(files.DATES["submitted_at"].replace(year=2025))
    file, client = draft()
    said = client.get(at("act", file, "submit")).content.decode()
    assert "Ce n’est pas encore possible" in said
    assert "Le guichet a fermé" in said
    assert "Aucun plafond" in said


def test_a_file_is_withdrawn_with_a_reason_that_stays(hospital):
    file = factory.application(State.SUBMITTED, applicant=hospital.file.applicant)
    address = at("act", file, "withdraw")
    assert hospital.signs.post(address, {"reason": ""}).status_code == 422
    hospital.signs.post(address, {"reason": "Fusion en cours."})
    file.refresh_from_db()
    assert file.state == State.WITHDRAWN
    assert "Fusion en cours." in hospital.signs.get(at("history", file)).content.decode()


def test_a_correction_is_sent_back(time_machine):
    file = factory.application(State.ARS_CHECK_FIX)
    time_machine.move_to(file.state_since)
    as_person(files.person(Role.EDITOR, on=file.applicant)).post(at("act", file, "resubmit"), {})
    file.refresh_from_db()
    assert file.state == State.ARS_CHECK
