import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Archive, Message
from rempart.hub.funding.applications.services.conversation import send_message
from tests.hub.factories import applications as files
from tests.hub.pages.candidate.conftest import as_person, at, draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["messages", "archive"])
def test_a_stranger_finds_nothing(hospital, page):
    assert as_person(files.person(Role.EDITOR)).get(at(page, hospital.file)).status_code == 404


def test_a_message_is_sent_and_an_empty_one_is_not(hospital):
    assert hospital.client.post(at("messages", hospital.file), {"body": " "}).status_code == 422
    answer = hospital.client.post(at("messages", hospital.file), {"body": "Bonjour <b>"}, follow=True)
    assert Message.objects.get().author == hospital.editor
    assert "Bonjour &lt;b&gt;" in answer.content.decode()


def test_what_was_not_read_yet_is_marked_until_one_says_so(hospital, now):
    agent = files.person(Role.ARS_INSTRUCTOR, of=hospital.file.region, last_name="Secret")
    send_message(hospital.file, "Il manque l’annexe.", by=agent, at=now)
    said = hospital.client.get(at("messages", hospital.file)).content.decode()
    assert "Nouveau" in said
    assert "Secret" not in said
    answer = hospital.client.post(at("mark_read", hospital.file), follow=True)
    assert "Nouveau" not in answer.content.decode()


def test_nobody_reads_a_draft():
    file, client = draft()
    assert "vous pourrez écrire une fois le dossier déposé" in client.get(at("messages", file)).content.decode()
    assert client.post(at("messages", file), {"body": "Bonjour"}).status_code == 422
    assert not Message.objects.exists()


def test_an_archive_is_asked_made_and_downloaded_by_who_asked(hospital, run_jobs):
    assert "Aucune archive" in hospital.client.get(at("archive", hospital.file)).content.decode()
    hospital.client.post(at("archive", hospital.file))
    assert "En préparation" in hospital.client.get(at("archive", hospital.file)).content.decode()
    address = at("download_archive", hospital.file, Archive.objects.get().pk)
    assert hospital.client.get(address).status_code == 404
    run_jobs()
    answer = hospital.client.get(address)
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert hospital.signs.get(address).status_code == 404
