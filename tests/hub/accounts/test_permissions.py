from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AnonymousUser

from rempart.hub.accounts import permissions
from rempart.hub.accounts.roles import APPLICANT_ROLES, REGION_ROLES, Role
from rempart.hub.accounts.scope import Scope
from tests.hub.factories.accounts import a_ght, a_region, an_entity, delegation, give, person

pytestmark = pytest.mark.django_db


@dataclass
class File:
    region_id: str
    ght_id: str | None = None
    legal_entity_id: str | None = None


@pytest.fixture
def entity():
    return an_entity(a_region("84"))


@pytest.fixture
def file(entity):
    return File("84", legal_entity_id=entity.pk)


def own(role, entity):
    return {"entity": entity} if role in APPLICANT_ROLES else {}


PREDICATES = {
    "can_act_for": {Role.EDITOR, Role.SIGNATORY},
    "can_sign_for": {Role.SIGNATORY},
    "can_instruct": {Role.ARS_INSTRUCTOR, Role.ARS_LEAD},
    "can_lead": {Role.ARS_LEAD},
    "can_verify": {Role.ANS_VERIFIER},
    "can_pay": {Role.ANS_PAYER},
}


@pytest.mark.parametrize("predicate", PREDICATES)
@pytest.mark.parametrize("role", Role)
def test_each_role_does_on_its_own_files_what_the_table_says(role, predicate, entity, file):
    user = person(role, **({"region": a_region("84")} if role in REGION_ROLES else {}), **own(role, entity))
    assert getattr(permissions, predicate)(user, file) is (role in PREDICATES[predicate])


@pytest.mark.parametrize("predicate", ["can_act_for", "can_sign_for", "can_instruct", "can_lead"])
@pytest.mark.parametrize("role", [Role.EDITOR, Role.SIGNATORY, Role.ARS_INSTRUCTOR, Role.ARS_LEAD])
def test_elsewhere_a_role_does_nothing(role, predicate, file):
    user = person(role, region=a_region("11", "Ailleurs")) if role.startswith("ars") else person(role)
    assert not getattr(permissions, predicate)(user, file)


@pytest.mark.parametrize("predicate", PREDICATES)
def test_nobody_in_particular_does_nothing(predicate, file):
    retired = person(Role.ADMINISTRATOR, is_active=False)
    for user in (AnonymousUser(), person(), retired):
        assert not getattr(permissions, predicate)(user, file)


def test_a_role_that_ended_does_nothing(entity, file, django_user_model):
    user = person(Role.EDITOR, entity=entity)
    user.memberships.update(ended_at=user.joined_at)
    assert not permissions.can_act_for(django_user_model.objects.get(pk=user.pk), file)


def test_nobody_judges_a_file_they_act_for(entity, file):
    user = person(Role.ARS_LEAD, region=a_region("84"))
    give(user, Role.EDITOR, entity=entity)
    give(user, Role.ANS_VERIFIER)
    give(user, Role.ANS_PAYER)
    for predicate in ("can_instruct", "can_lead", "can_verify", "can_pay"):
        assert not getattr(permissions, predicate)(user, file)


def test_the_support_establishment_acts_for_the_ght_and_on_a_part_delegated_only(django_assert_num_queries):
    support, member, other = an_entity(), an_entity(), an_entity()
    ght = a_ght(support=support, members=[member, other])
    file = File("84", ght_id=ght.pk)
    user = person(Role.EDITOR, entity=support)
    delegation(ght, member, person(Role.ESTABLISHMENT_ADMIN, entity=member))
    assert permissions.can_act_for(user, file)
    assert permissions.can_act_on_part(user, file, support.pk)
    assert permissions.can_act_on_part(user, file, member.pk)
    assert not permissions.can_act_on_part(user, file, other.pk)
    with django_assert_num_queries(1):  # the scope is known by now
        open_to_them = permissions.parts_open_to(user, file, [support.pk, member.pk, other.pk])
    assert open_to_them == {support.pk, member.pk}


def test_a_member_acts_on_its_own_part_and_not_for_the_ght():
    support, member, other = an_entity(), an_entity(), an_entity()
    ght = a_ght(support=support, members=[member, other])
    file = File("84", ght_id=ght.pk)
    user = person(Role.EDITOR, entity=member)
    assert not permissions.can_act_for(user, file)
    assert permissions.can_act_on_part(user, file, member.pk)
    assert not permissions.can_act_on_part(user, file, other.pk)


def test_who_holds_a_role_on_the_ght_needs_the_delegation_too():
    support, member = an_entity(), an_entity()
    ght = a_ght(support=support, members=[member])
    file = File("84", ght_id=ght.pk)
    user = person(Role.EDITOR, ght=ght)
    assert permissions.can_act_for(user, file)
    assert not permissions.can_act_on_part(user, file, member.pk)


def test_a_former_support_no_longer_acts():
    support = an_entity()
    ght = a_ght(support=support)
    support.ght_memberships.update(left_on="2025-01-01")
    assert not permissions.can_act_for(person(Role.EDITOR, entity=support), File("84", ght_id=ght.pk))


def test_an_establishment_administrator_manages_their_own_people_only(entity):
    admin, editor = person(Role.ESTABLISHMENT_ADMIN, entity=entity), person(Role.EDITOR, entity=entity)
    for role in APPLICANT_ROLES:
        assert permissions.can_give(admin, role, entity)
        assert not permissions.can_give(admin, role, an_entity())
        assert not permissions.can_give(editor, role, entity)
    for role in set(Role) - APPLICANT_ROLES:
        assert not permissions.can_give(admin, role, entity)
        assert not permissions.can_give(admin, role, None)


def test_an_ars_lead_makes_instructors_and_first_administrators_of_their_region(entity):
    region, elsewhere = a_region("84"), a_region("11", "Ailleurs")
    lead = person(Role.ARS_LEAD, region=region)
    assert permissions.giveable(lead, [region, elsewhere, entity, an_entity(elsewhere), None]) == [
        (region, Role.ARS_INSTRUCTOR),
        (entity, Role.ESTABLISHMENT_ADMIN),
    ]
    assert permissions.giveable(person(Role.ARS_INSTRUCTOR, region=region), [region, entity, None]) == []


def test_only_the_administrator_administers():
    assert {role for role in Role if permissions.can_administer(person(role))} == {Role.ADMINISTRATOR}
    assert {role for role in Role if permissions.is_read_only(person(role))} == {Role.DNS_PILOT}


def test_a_scope_costs_two_queries(entity, django_assert_num_queries):
    a_ght(support=entity)
    user = person(Role.EDITOR, entity=entity)
    give(user, Role.SIGNATORY, entity=entity)
    with django_assert_num_queries(2):
        scope = Scope.of(user)
        assert scope is Scope.of(user)
    assert scope.supports == {entity.pk}
