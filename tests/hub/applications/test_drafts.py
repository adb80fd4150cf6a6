from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services import open_draft, perform
from rempart.hub.funding.applications.states import State
from rempart.hub.territory.models import GhtMembership
from tests.hub.factories import applications as make

pytestmark = pytest.mark.django_db
AT = make.DATES["created_at"]


def refused(code, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        open_draft(*args, **kwargs)
    assert caught.value.code == code


@pytest.mark.parametrize("status", ["public", "nonprofit", "forprofit"])
def test_a_file_takes_its_region_kind_and_rules_from_its_applicant_and_call(status):
    applicant = make.entity(make.region("53"), status=status)
    of = make.call()
    editor = make.person(Role.EDITOR, on=applicant)
    file = open_draft(of, applicant, by=editor, at=AT)
    assert (file.kind, file.region_id, file.state) == (status, "53", State.DRAFT)
    assert (file.version.number, file.contact_email, file.created_at) == (1, editor.email, AT)
    file.full_clean()


def test_numbers_follow_each_other_without_a_gap_by_call():
    of, other = make.call("D7-2024"), make.call("D8-2024")

    def opened(call):
        applicant = make.entity()
        return open_draft(call, applicant, by=make.person(Role.EDITOR, on=applicant), at=AT).number

    first = [opened(of), opened(of)]
    with transaction.atomic():
        opened(of)
        transaction.set_rollback(True)
    assert [*first, opened(of), opened(other)] == ["D7-2024-0001", "D7-2024-0002", "D7-2024-0003", "D8-2024-0001"]


def test_a_member_of_a_ght_does_not_apply_alone_and_its_group_does():
    group = make.ght()
    member = group.memberships.filter(role="M").first().legal_entity
    of = make.call()
    refused("member_of_ght", of, member, by=make.person(Role.EDITOR, on=member), at=AT)
    refused("not_allowed", of, group, by=make.person(Role.EDITOR, on=member), at=AT)
    file = open_draft(of, group, by=make.person(Role.EDITOR, on=make.support_of(group)), at=AT)
    assert (file.kind, file.ght) == ("ght", group)
    GhtMembership.objects.filter(legal_entity=member).update(left_on=AT.date())
    assert open_draft(of, member, by=make.person(Role.EDITOR, on=member), at=AT).kind == "public"


def test_one_file_by_applicant_even_when_the_service_is_passed_over():
    file = make.application()
    refused("already_has_file", file.call, file.applicant, by=make.person(Role.EDITOR, on=file.applicant), at=AT)
    with pytest.raises(IntegrityError, match="one_file_by_entity"):
        make.application(of=file.call, applicant=file.applicant)


def test_what_stops_a_file_from_being_opened():
    closed = make.entity(life="closed")
    of = make.call()
    refused("applicant_closed", of, closed, by=make.person(Role.EDITOR, on=closed), at=AT)
    refused("not_allowed", of, make.entity(), by=make.person(Role.EDITOR), at=AT)
    refused("not_allowed", of, make.entity(), by=make.person(Role.ARS_LEAD), at=AT)
    applicant = make.entity()
    editor = make.person(Role.EDITOR, on=applicant)
    refused("call_not_published", of, applicant, by=editor, at=make.OPENED - timedelta(days=1))
    content = of.versions.get().content.replace('"public", ', "")
    make.version(of, 2, content)
    refused("kind_not_eligible", of, applicant, by=editor, at=AT)


def test_a_draft_is_seen_by_its_applicant_only():
    file = make.application()
    for role in (Role.ARS_LEAD, Role.ANS_VERIFIER, Role.DNS_PILOT):
        assert not Application.objects.visible_to(make.person(role)).exists()
    assert Application.objects.visible_to(make.signatory(file)).get() == file


def test_who_joined_a_ght_since_the_draft_does_not_submit_alone():
    file = make.application()
    make.ceiling(file.call, file.applicant)
    GhtMembership.objects.create(ght=make.ght(members=1), legal_entity=file.applicant, role="M")
    with pytest.raises(Refusal) as caught:
        perform(file, "submit", by=make.signatory(file), at=make.DATES["submitted_at"])
    assert caught.value.code == "member_of_ght"
