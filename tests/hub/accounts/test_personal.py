import json
from datetime import datetime, timedelta

import pghistory
import pytest
from django.apps import apps
from django.core import mail as outbox
from django.utils import timezone
from django.utils.timezone import get_current_timezone

from rempart.hub.accounts import tasks
from rempart.hub.accounts.models import Identity, Invitation, User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.services import invitations, personal
from rempart.hub.funding.applications.models import MailChoices
from rempart.hub.funding.applications.services.conversation import send_message
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.proofs.models import Judgement
from tests.hub.accounts.test_invitations import refused
from tests.hub.factories import applications as files
from tests.hub.factories import proofs
from tests.hub.factories.accounts import an_entity, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=get_current_timezone())


def test_a_person_reads_all_that_is_held_about_them():
    user = person(Role.EDITOR)
    Identity.objects.create(user=user, provider="psc", subject="899700000001")
    text = json.dumps(personal.export(user), ensure_ascii=False)
    for told in (user.email, user.last_name, "899700000001", user.memberships.get().place):
        assert told in text


def test_who_acted_stays_as_an_author_without_a_name():
    entity = an_entity()
    admin = person(Role.ESTABLISHMENT_ADMIN, entity=entity)
    invitation = invitations.invite("invite@exemple.test", Role.EDITOR, entity, by=admin, at=NOW)
    Identity.objects.create(user=admin, provider="psc", subject="899700000001")
    email, name = admin.email, admin.last_name
    personal.erase(admin, at=NOW)
    kept = User.objects.get(pk=admin.pk)
    assert (kept.is_active, kept.erased_at, kept.first_name) == (False, NOW, "")
    assert not kept.has_usable_password()
    assert kept.memberships.get().ended_at == NOW
    assert not kept.identities.exists()
    invitation.refresh_from_db()
    assert invitation.invited_by == kept
    trail = [str(vars(row)) for model in (User, Identity, Invitation) for row in model.trail.field.model.objects.all()]
    for row in [str(vars(kept)), *trail]:
        assert email not in row
        assert name not in row
        assert "899700000001" not in row


def instructed():
    """A file in the charge of an instructor who wrote and judged there, and its editor, who deposited there."""
    file = proofs.application()
    editor = proofs.editor(file)
    agent = files.person(Role.ARS_INSTRUCTOR, of=file.region, first_name="Solveig", last_name="Introuvable")
    proofs.document(file, deposited_by=editor, signatory="Odilon Signataire", original_name="note-odilon.pdf")
    proofs.deposit(file, by=editor)
    send_message(file, "Voici le plan.", by=editor, at=proofs.AT)
    Judgement.objects.create(application=file, requirement=proofs.PAPER, met=True, reason="Lu.", by=agent, at=proofs.AT)
    instruction.assess(file, at=proofs.AT)
    file.assigned_to = agent
    file.save()
    file.followers.add(agent)
    MailChoices.objects.create(user=agent, messages=False)
    return file, editor, agent


def test_what_a_person_brought_wrote_and_decided_is_in_their_export():
    file, editor, agent = instructed()
    told = personal.export(editor)
    assert told["documents déposés"][0]["fichier"] == "note-odilon.pdf"
    assert told["attestations déposées"][0]["dossier"] == file.number
    assert told["messages"][0]["message"] == "Voici le plan."
    assert [(str(name), count) for name, count in personal.stays(editor)] == [
        ("messages", 1), ("documents déposés", 1), ("attestations déposées", 1),
    ]  # fmt: skip
    decided = personal.export(agent)
    assert decided["appréciations"][0]["motif"] == "Lu."
    assert decided["réglages"]["dossiers suivis"] == [file.number]
    json.dumps([told, decided])


def test_who_is_erased_leaves_their_files_to_others_and_their_name_in_no_trail():
    file, _, agent = instructed()
    personal.erase(agent, at=NOW)
    file.refresh_from_db()
    assert file.assigned_to is None
    assert not file.followers.exists()
    assert not MailChoices.objects.filter(user=agent).exists()
    assert file.judgements.get().by_id == agent.pk
    rows = [
        str(vars(row))
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and model.pgh_tracked_model
        for row in model.objects.all()
    ]
    assert len(rows) > 10
    for word in ("Solveig", "Introuvable", "Odilon", "odilon", agent.email):
        assert not [row for row in rows if word in row], word


def test_who_never_did_anything_is_deleted():
    user = person()
    personal.erase(user, at=NOW)
    assert not User.objects.filter(email=user.email).exists()


def test_an_invitation_they_had_not_answered_is_cancelled_without_their_address():
    entity = an_entity()
    admin = person(Role.ESTABLISHMENT_ADMIN, entity=entity)
    user = person()
    invitation = invitations.invite(user.email, Role.EDITOR, entity, by=admin, at=NOW)
    personal.erase(user, at=NOW)
    invitation.refresh_from_db()
    assert invitation.cancelled_at == NOW
    assert invitation.email.endswith("@rempart.invalid")


def test_the_last_administrator_is_not_erased():
    user = person(Role.ADMINISTRATOR)
    refused("last_administrator", personal.erase, user, at=NOW)


def test_an_idle_person_is_warned_once_then_erased_and_one_who_comes_back_stays(run_jobs):
    now = timezone.now()
    long_ago = now - timedelta(days=720)
    gone = person(Role.EDITOR, joined_at=long_ago)
    back = person(joined_at=long_ago)
    fresh = person(joined_at=long_ago, last_login=now - timedelta(days=30))
    tasks.retire_idle.func(timestamp=0)
    tasks.retire_idle.func(timestamp=0)
    run_jobs()
    assert sorted(sent.to[0] for sent in outbox.outbox) == sorted([gone.email, back.email])
    User.objects.filter(pk=gone.pk).update(idle_warned_at=now - timedelta(days=15))
    User.objects.filter(pk=back.pk).update(last_login=now, idle_warned_at=now - timedelta(days=15))
    tasks.retire_idle.func(timestamp=0)
    assert {user.pk for user in User.objects.filter(is_active=True)} == {back.pk, fresh.pk}


def test_the_last_administrator_idle_is_kept(run_jobs):
    now = timezone.now()
    user = person(Role.ADMINISTRATOR, joined_at=now - timedelta(days=900), idle_warned_at=now - timedelta(days=20))
    tasks.retire_idle.func(timestamp=0)
    user.refresh_from_db()
    assert user.is_active
    assert run_jobs() == []
