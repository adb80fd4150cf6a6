from datetime import datetime

import pytest
from django.core import mail as outbox
from django.utils.timezone import get_current_timezone

from rempart.hub.accounts.models import Delegation
from rempart.hub.accounts.permissions import can_act_on_part
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.accounts.services.roles import delegate, end_delegation, end_role, give_role
from rempart.hub.common.errors import Refusal
from tests.hub.accounts.test_invitations import refused
from tests.hub.accounts.test_permissions import File
from tests.hub.factories.accounts import a_ght, an_entity, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=get_current_timezone())


def test_a_role_given_counts_at_once():
    administrator, user = person(Role.ADMINISTRATOR), person()
    assert Scope.of(user).is_empty
    give_role(user, Role.ANS_VERIFIER, None, by=administrator, at=NOW)
    assert Scope.of(user).national == {Role.ANS_VERIFIER}
    refused("role_held", give_role, user, Role.ANS_VERIFIER, None, by=administrator, at=NOW)


def test_a_role_ends_with_its_date_and_the_person_is_told(run_jobs):
    entity = an_entity()
    user = person(Role.EDITOR, entity=entity)
    held = user.memberships.get()
    end_role(held, by=person(Role.ESTABLISHMENT_ADMIN, entity=entity), at=NOW)
    run_jobs()
    assert user.memberships.get().ended_at == NOW
    assert outbox.outbox[0].to == [user.email]
    refused("role_ended", end_role, held, by=None, at=NOW)


def test_the_last_administrator_stays():
    first, second = person(Role.ADMINISTRATOR), person(Role.ADMINISTRATOR)
    end_role(second.memberships.get(), by=first, at=NOW)
    refused("last_administrator", end_role, first.memberships.get(), by=first, at=NOW)


def test_a_role_elsewhere_is_not_ended():
    refused(
        "role_not_yours", end_role, person(Role.EDITOR).memberships.get(), by=person(Role.ESTABLISHMENT_ADMIN), at=NOW
    )


def test_a_member_delegates_its_part_and_takes_it_back():
    support, member = an_entity(), an_entity()
    ght = a_ght(support=support, members=[member])
    editor, admin = person(Role.EDITOR, entity=support), person(Role.ESTABLISHMENT_ADMIN, entity=member)
    file = File("84", ght_id=ght.pk)
    assert not can_act_on_part(editor, file, member.pk)
    given = delegate(ght, member, by=admin, at=NOW)
    assert can_act_on_part(editor, file, member.pk)
    refused("delegation_given", delegate, ght, member, by=admin, at=NOW)
    end_delegation(given, by=admin, at=NOW)
    assert not can_act_on_part(editor, file, member.pk)
    refused("delegation_ended", end_delegation, given, by=admin, at=NOW)
    assert Delegation.objects.get().ended_at == NOW


def test_nobody_delegates_for_another_nor_to_a_ght_one_is_not_of():
    support, member = an_entity(), an_entity()
    ght = a_ght(support=support, members=[member])
    refused("delegation_not_yours", delegate, ght, member, by=person(Role.SIGNATORY, entity=support), at=NOW)
    refused("delegation_not_yours", delegate, ght, member, by=person(Role.EDITOR, entity=member), at=NOW)
    stranger = an_entity()
    refused("not_a_member", delegate, ght, stranger, by=person(Role.SIGNATORY, entity=stranger), at=NOW)


def test_a_refusal_speaks_both_languages():
    with pytest.raises(Refusal) as caught:
        give_role(person(), Role.ADMINISTRATOR, None, by=person(), at=NOW)
    assert caught.value.what.fr != caught.value.what.en
