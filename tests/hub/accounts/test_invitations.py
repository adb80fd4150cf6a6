import re
from datetime import datetime, timedelta

import pytest
from django.core import mail as outbox
from django.utils.timezone import get_current_timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rempart.hub.accounts.models import Invitation
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.services import invitations
from rempart.hub.accounts.services.roles import end_role
from rempart.hub.common.errors import Refusal
from tests.hub.factories.accounts import an_entity, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=get_current_timezone())


@pytest.fixture
def entity():
    return an_entity(name="Centre hospitalier de Valmont (fictif)")


@pytest.fixture
def admin(entity):
    return person(Role.ESTABLISHMENT_ADMIN, entity=entity)


@pytest.fixture
def invitation(entity, admin):
    return invitations.invite("Nouvelle@Exemple.TEST ", Role.EDITOR, entity, by=admin, at=NOW)


def refused(code, function, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        function(*args, **kwargs)
    assert caught.value.code == code


def test_an_invitation_leaves_by_mail_with_a_link_that_gives_the_role(invitation, entity, run_jobs):
    run_jobs()
    [sent] = outbox.outbox
    assert sent.to == ["nouvelle@exemple.test"]
    assert "Centre hospitalier de Valmont" in sent.subject
    token = re.search(r"/invitation/([^/\s]+)/", sent.body).group(1)
    assert invitations.read(token, at=NOW) == invitation
    user = person(email="nouvelle@exemple.test")
    invitations.accept(invitation, user, at=NOW)
    held = user.memberships.get()
    assert (held.role, held.legal_entity, held.given_by) == (Role.EDITOR, entity, invitation.invited_by)


def test_the_secret_of_the_link_is_not_in_the_queue(invitation):
    job = ProcrastinateJob.objects.get()
    assert job.args == {"invitation": invitation.pk, "serial": 1}


def test_a_mail_in_english_is_in_english(entity, admin, run_jobs):
    admin.language = "en"
    invitations.invite("a@exemple.test", Role.EDITOR, entity, by=admin, at=NOW)
    run_jobs()
    assert "You are invited" in outbox.outbox[0].body


def test_an_invitation_works_once(invitation):
    token = invitations.token_of(invitation)
    invitations.accept(invitation, person(), at=NOW)
    refused("invitation_used", invitations.read, token, at=NOW)
    refused("invitation_closed", invitations.accept, invitation, person(), at=NOW)


def test_an_invitation_expires(invitation):
    token = invitations.token_of(invitation)
    assert invitations.read(token, at=NOW + timedelta(days=13))
    refused("invitation_expired", invitations.read, token, at=NOW + timedelta(days=14))


def test_sending_again_kills_the_former_link(invitation, admin, run_jobs):
    token = invitations.token_of(invitation)
    invitations.resend(invitation, by=admin, at=NOW + timedelta(days=20))
    run_jobs()
    assert len(outbox.outbox) == 1, "the first sending, still in the queue, is dropped"
    refused("invitation_replaced", invitations.read, token, at=NOW)
    again = Invitation.objects.get()
    assert invitations.read(invitations.token_of(again), at=NOW + timedelta(days=33))


def test_a_cancelled_invitation_is_dead_and_its_mail_does_not_leave(invitation, admin, run_jobs):
    token = invitations.token_of(invitation)
    invitations.cancel(invitation, by=admin, at=NOW)
    run_jobs()
    assert outbox.outbox == []
    refused("invitation_cancelled", invitations.read, token, at=NOW)
    refused("invitation_closed", invitations.cancel, invitation, by=admin, at=NOW)


def test_a_forged_link_is_refused(invitation):
    refused("invitation_forged", invitations.read, "abc", at=NOW)
    refused("invitation_forged", invitations.read, invitations.token_of(invitation)[:-2] + "xx", at=NOW)


def test_one_invites_where_one_may_only(entity, admin):
    refused("role_not_yours", invitations.invite, "a@exemple.test", Role.EDITOR, an_entity(), by=admin, at=NOW)
    refused("role_not_yours", invitations.invite, "a@exemple.test", Role.ADMINISTRATOR, None, by=admin, at=NOW)
    refused("role_not_yours", invitations.invite, "a@exemple.test", Role.EDITOR, entity, by=person(), at=NOW)


def test_one_is_invited_once_to_a_role(invitation, entity, admin):
    refused("already_invited", invitations.invite, invitation.email, Role.EDITOR, entity, by=admin, at=NOW)
    invitations.invite(invitation.email, Role.SIGNATORY, entity, by=admin, at=NOW)
    held = person(Role.EDITOR, entity=entity)
    refused("role_held", invitations.invite, held.email, Role.EDITOR, entity, by=admin, at=NOW)


def test_resending_and_cancelling_need_the_right_to_invite(invitation):
    for change in (invitations.resend, invitations.cancel):
        refused("role_not_yours", change, invitation, by=person(Role.ESTABLISHMENT_ADMIN), at=NOW)


def test_accepting_a_role_already_held_gives_it_no_second_time(invitation, entity):
    user = person(Role.EDITOR, entity=entity)
    invitations.accept(invitation, user, at=NOW)
    assert user.memberships.count() == 1


def test_a_role_taken_back_may_be_given_again(invitation, admin):
    user = person(email=invitation.email)
    invitations.accept(invitation, user, at=NOW)
    end_role(user.memberships.get(), by=admin, at=NOW)
    again = invitations.invite(user.email, Role.EDITOR, invitation.legal_entity, by=admin, at=NOW)
    invitations.accept(again, user, at=NOW)
    assert [held.ended_at for held in user.memberships.order_by("id")] == [NOW, None]
