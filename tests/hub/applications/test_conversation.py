from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail as sent

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Annotation, MailChoices, Message
from rempart.hub.funding.applications.selectors.lists import files
from rempart.hub.funding.applications.services.conversation import annotate, mark_read, remove_annotation, send_message
from rempart.hub.funding.applications.services.work import assign
from rempart.hub.funding.applications.states import State
from tests.hub.factories import applications as make

pytestmark = pytest.mark.django_db


def unread(user, file):
    return files(user).get(pk=file.pk).unread_count


def test_messages_are_unread_until_the_other_side_opens_them():
    file = make.application(State.ARS_REVIEW)
    signs, ars = make.signatory(file), make.person(Role.ARS_INSTRUCTOR)
    at = file.state_since
    send_message(file, "Quand lirez-vous ?", by=signs, at=at)
    assert (unread(signs, file), unread(ars, file)) == (0, 1)
    mark_read(file, by=ars, at=at)
    assert unread(ars, file) == 0
    send_message(file, "Cette semaine.", by=ars, at=at + timedelta(hours=1))
    assert (unread(signs, file), unread(ars, file)) == (1, 0)
    mark_read(file, by=ars, at=at - timedelta(days=1))
    assert unread(ars, file) == 0


def test_a_message_is_told_by_a_link_once_an_hour_until_its_reader_stops_it(run_jobs, client):
    file = make.application(State.ARS_REVIEW, contact_email="")
    signs, ars = make.signatory(file), make.person(Role.ARS_INSTRUCTOR)
    for minutes in (0, 10, 90):
        send_message(file, "Un secret du dossier.", by=ars, at=file.state_since + timedelta(minutes=minutes))
    run_jobs()
    assert [message.to for message in sent.outbox] == [[signs.email]] * 2
    assert "secret" not in sent.outbox[0].body
    assert f"/dossiers/{file.number}" in sent.outbox[0].body
    stop = sent.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    assert stop in sent.outbox[0].body
    client.post(urlsplit(stop).path)
    assert MailChoices.objects.get(user=signs).messages is False
    send_message(file, "Encore.", by=ars, at=file.state_since + timedelta(days=1))
    run_jobs()
    assert len(sent.outbox) == 2


def test_the_person_in_charge_is_told_and_nobody_of_another_region(run_jobs):
    file = make.application(State.ARS_REVIEW)
    ars = make.person(Role.ARS_INSTRUCTOR)
    assign(file, ars, by=ars, at=file.state_since)
    file.followers.add(make.person(Role.ARS_INSTRUCTOR, of=make.region("53")))
    send_message(file, "Bonjour.", by=make.signatory(file), at=file.state_since)
    run_jobs()
    assert [message.to for message in sent.outbox] == [[ars.email]]


def test_who_does_not_act_on_a_file_writes_nothing_in_it():
    file = make.application(State.ARS_REVIEW)
    for by in (make.person(Role.ARS_LEAD, of=make.region("53")), make.person(Role.DNS_PILOT), make.person()):
        for write in (send_message, annotate):
            with pytest.raises(Refusal) as caught:
                write(file, "Bonjour.", by=by, at=file.state_since)
            assert caught.value.code == "not_allowed"
    with pytest.raises(Refusal):
        annotate(file, "Note.", by=make.signatory(file), at=file.state_since)
    with pytest.raises(Refusal):
        send_message(make.application(), "Bonjour.", by=make.signatory(file), at=file.state_since)


def test_an_empty_message_is_not_sent():
    file = make.application(State.ARS_REVIEW)
    with pytest.raises(Refusal):
        send_message(file, "  ", by=make.signatory(file), at=file.state_since)


def test_annotations_are_never_seen_by_applicants_nor_by_other_regions():
    file = make.application(State.ARS_REVIEW)
    ars, both = make.person(Role.ARS_INSTRUCTOR), make.person(Role.EDITOR, Role.ARS_LEAD, on=file.applicant)
    note = annotate(file, "À revoir avec le RSSI.", by=ars, at=file.state_since)
    assert set(Annotation.objects.visible_to(ars)) == {note}
    assert set(Annotation.objects.visible_to(make.person(Role.ANS_VERIFIER))) == {note}
    for other in (make.signatory(file), both, make.person(Role.ARS_LEAD, of=make.region("53")), make.person()):
        assert not Annotation.objects.visible_to(other).exists()
    with pytest.raises(Refusal):
        remove_annotation(note, by=make.person(Role.ARS_LEAD))
    remove_annotation(note, by=ars)
    assert not Annotation.objects.exists()


def test_messages_are_seen_with_their_file():
    file = make.application(State.ARS_REVIEW)
    send_message(file, "Bonjour.", by=make.signatory(file), at=file.state_since)
    assert Message.objects.visible_to(make.person(Role.ARS_INSTRUCTOR)).count() == 1
    assert not Message.objects.visible_to(make.person(Role.ARS_LEAD, of=make.region("53"))).exists()
