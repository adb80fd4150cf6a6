from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Annotation, Archive, Event, Label, LateDecision, Message, ReadMark
from rempart.hub.funding.applications.states import State
from tests.hub.factories import applications
from tests.hub.factories.accounts import a_region, person

pytestmark = pytest.mark.django_db
SOON = f"{(datetime.now(UTC) + timedelta(days=9)).date()}"


@pytest.fixture
def file():
    return applications.application(State.ARS_REVIEW)


@pytest.fixture
def lead(file):
    return person(Role.ARS_LEAD, region=file.region)


@pytest.fixture
def ars(signed_in, lead):
    return signed_in(lead)


def do(client, file, what, **fields):
    return client.post(f"/instruction/dossiers/{file.number}/faire/{what}/", fields, follow=True)


def test_a_message_goes_to_the_applicant_by_a_link_only(ars, file, run_jobs):
    page = do(ars, file, "message", body="Bonjour, il manque une page.")
    assert "il manque une page" in page.content.decode()
    run_jobs()
    assert [one.to for one in mail.outbox] == [[file.contact_email]]
    assert "il manque une page" not in mail.outbox[0].body


def test_messages_are_read_when_the_person_says_so(ars, file, lead):
    at = datetime.now(UTC) - timedelta(hours=1)
    Message.objects.create(application=file, author=lead, side="applicant", body="Question ?", at=at)
    where = f"/instruction/dossiers/{file.number}/echanges/"
    assert ars.get(where).context["unread"] == 1
    do(ars, file, "read")
    assert ars.get(where).context["unread"] == 0
    assert ReadMark.objects.get().user == lead


def test_a_private_note_is_its_authors(ars, signed_in, file):
    assert "Prudence." in do(ars, file, "note", body="Prudence.").content.decode()
    note = Annotation.objects.get()
    colleague = signed_in(person(Role.ARS_INSTRUCTOR, region=file.region))
    do(colleague, file, "forget-note", pk=note.pk)
    assert Annotation.objects.exists()
    author = note.author
    do(signed_in(author), file, "forget-note", pk=note.pk)
    assert not Annotation.objects.exists()


def test_a_file_is_given_to_a_colleague_of_the_region(ars, file):
    colleague = person(Role.ARS_INSTRUCTOR, region=file.region)
    stranger = person(Role.ARS_INSTRUCTOR, region=a_region("53", "Bretagne"))
    do(ars, file, "assign", person=colleague.pk)
    file.refresh_from_db()
    assert file.assigned_to == colleague
    do(ars, file, "assign", person=stranger.pk)
    file.refresh_from_db()
    assert file.assigned_to == colleague
    do(ars, file, "assign", person="")
    file.refresh_from_db()
    assert file.assigned_to is None


def test_labels_are_made_and_put(ars, file):
    do(ars, file, "labels", new="Urgent", colour="brick")
    label = Label.objects.get()
    assert (label.region, list(file.labels.all())) == (file.region, [label])
    do(ars, file, "labels")
    assert not file.labels.exists()
    do(ars, file, "labels", labels=[label.pk])
    assert list(file.labels.all()) == [label]
    other = Label.objects.create(name="Ailleurs", region=a_region("53", "Bretagne"))
    do(ars, file, "labels", labels=[other.pk])
    assert list(file.labels.all()) == [label]


def test_a_person_follows_a_file_and_stops(ars, file, lead):
    do(ars, file, "follow", following="1")
    assert list(file.followers.all()) == [lead]
    do(ars, file, "follow", following="0")
    assert not file.followers.exists()


def test_a_lead_gives_a_file_to_another_region_and_sees_it_no_more(ars, file):
    page = do(ars, file, "reassign", region="53", reason="Siège en Bretagne")
    file.refresh_from_db()
    assert file.region_id == "28", "the region is not there yet"
    a_region("53", "Bretagne")
    page = do(ars, file, "reassign", region="53", reason="Siège en Bretagne")
    file.refresh_from_db()
    assert file.region_id == "53"
    assert page.redirect_chain[-1][0] == "/instruction/dossiers/"
    assert Event.objects.filter(application=file, action="reassign").exists()


def test_an_instructor_gives_no_file_away(signed_in, file):
    a_region("53", "Bretagne")
    client = signed_in(person(Role.ARS_INSTRUCTOR, region=file.region))
    assert client.get(f"/instruction/dossiers/{file.number}/suivi/").context["region_form"] is None
    do(client, file, "reassign", region="53", reason="Siège en Bretagne")
    file.refresh_from_db()
    assert file.region_id == "28"


def test_a_delay_is_a_recorded_decision(ars, file, lead):
    do(ars, file, "late", stage="declaration", until=SOON, reason="Cyberattaque")
    decision = LateDecision.objects.get()
    assert (decision.stage, decision.decided_by, decision.reason) == ("declaration", lead, "Cyberattaque")
    page = do(ars, file, "late", stage="declaration", until=SOON, reason="")
    assert "Motif" in page.content.decode()
    assert LateDecision.objects.count() == 1


def test_a_draft_is_let_in_late_by_its_number(ars):
    draft = applications.application(State.DRAFT)
    where = "/instruction/delais/"
    assert ars.get(where).status_code == 200
    refused = ars.post(where, {"number": "T-0000", "until": SOON, "reason": "Panne"})
    assert refused.status_code == 400
    assert ars.post(where, {"number": draft.number, "until": SOON, "reason": "Panne"}).status_code == 302
    assert LateDecision.objects.get().application == draft


def test_only_a_lead_lets_a_draft_in(signed_in, file):
    assert signed_in(person(Role.ARS_INSTRUCTOR, region=file.region)).get("/instruction/delais/").status_code == 403


def test_an_archive_is_asked_then_given(ars, signed_in, file, run_jobs):
    do(ars, file, "archive")
    run_jobs()
    archive = Archive.objects.get()
    where = f"/instruction/dossiers/{file.number}/archives/{archive.pk}/"
    answer = ars.get(where)
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert signed_in(person(Role.ARS_LEAD, region=file.region)).get(where).status_code == 404


@pytest.mark.parametrize("what", ["message", "note", "assign", "labels", "late", "reassign"])
def test_a_pilot_writes_nothing(signed_in, file, what):
    a_region("53", "Bretagne")
    fields = {"body": "x", "person": "", "new": "x", "stage": "payment", "until": SOON, "reason": "x", "region": "53"}
    before = Event.objects.count()
    do(signed_in(person(Role.DNS_PILOT)), file, what, **fields)
    assert not Message.objects.exists()
    assert not Annotation.objects.exists()
    assert not Label.objects.exists()
    assert Event.objects.count() == before


@pytest.mark.parametrize("what", ["message", "nothing"])
def test_the_small_things_are_guarded_as_the_file_is(client, signed_in, file, what):
    where = f"/instruction/dossiers/{file.number}/faire/{what}/"
    assert client.post(where).status_code == 302
    assert signed_in(person(Role.EDITOR, entity=file.legal_entity)).post(where).status_code == 403
    assert signed_in(person(Role.ARS_LEAD, region=a_region("53", "Bretagne"))).post(where).status_code == 404
    insider = signed_in(person(Role.ARS_LEAD, region=file.region))
    assert insider.get(where).status_code == 405
    if what == "nothing":
        assert insider.post(where).status_code == 404
