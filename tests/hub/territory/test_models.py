import pytest
from django.db import IntegrityError, transaction

from rempart.hub.territory.models import GhtMembership, LegalEntity, Life
from tests.hub.factories import territory

pytestmark = pytest.mark.django_db


def test_a_group_has_one_support_and_its_members():
    group = territory.ght(members=2)
    assert sorted(group.memberships.values_list("role", flat=True)) == ["M", "M", "S"]


def test_an_entity_is_in_one_group_at_a_time():
    member = territory.entity()
    territory.ght(members=[member])
    with pytest.raises(IntegrityError), transaction.atomic():
        territory.ght(members=[member])
    GhtMembership.objects.filter(legal_entity=member).update(left_on="2025-01-01")
    territory.ght(members=[member])


def test_a_merged_entity_names_the_one_that_takes_over():
    with pytest.raises(IntegrityError), transaction.atomic():
        territory.entity(life=Life.MERGED)
    territory.entity(life=Life.MERGED, successor=territory.entity())


def test_the_trail_keeps_what_an_entity_was():
    entity = territory.entity(name="Avant (fictif)")
    LegalEntity.objects.filter(pk=entity.pk).update(name="Après (fictif)")
    assert list(entity.trail.order_by("pgh_id").values_list("name", flat=True)) == ["Avant (fictif)", "Après (fictif)"]


def test_a_region_has_its_departments_entities_and_activity():
    region = territory.region("53")
    entity = territory.entity(of=region)
    site = territory.site(legal_entity=entity)
    assert site.department.region == region
    assert territory.activity(site, 12).combined == 12
    assert territory.activity(entity, 30).year == 2023
