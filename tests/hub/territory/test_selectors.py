from decimal import Decimal

import pytest

from rempart.hub.territory import selectors
from rempart.hub.territory.models import GhtMembership, Life
from tests.hub.factories import territory

pytestmark = pytest.mark.django_db


def names(found):
    return sorted(item.name for item in found)


@pytest.mark.parametrize("text", ["saint-émilien", "SAINT EMIL", "emilien", "140000", "valmont oeuvre", "l'œuvre"])
def test_an_entity_is_found_however_it_is_typed(text):
    entity = territory.entity(finess="140000001", name="Hôpital Saint-Émilien (fictif)")
    territory.site(legal_entity=entity, name="Site de l’Œuvre", commune_name="VALMONT")
    territory.entity(name="Autre (fictif)")
    assert names(selectors.search_entities(text)) == ["Hôpital Saint-Émilien (fictif)"]


@pytest.mark.parametrize("text", ["", "  ", "!", "' OR 1=1 --", "zzz", "& | !"])
def test_nothing_is_found_for_what_names_nothing(text):
    territory.entity()
    assert not selectors.search_entities(text).exists()
    assert not selectors.search_sites(text).exists()


def test_closed_structures_are_not_offered():
    territory.entity(name="Fermé (fictif)", life=Life.CLOSED)
    assert not selectors.search_entities("ferme").exists()


def test_a_site_is_found_by_its_commune():
    site = territory.site(commune_name="VAL-D’OGRE")
    assert list(selectors.search_sites("val d ogre")) == [site]


def test_the_search_reads_the_index(django_assert_num_queries):
    territory.site(name="Site de Valmont (fictif)")
    with django_assert_num_queries(1):
        list(selectors.search_entities("valmont"))
    plan = selectors.search_sites("valmont").explain()
    assert "Seq Scan" in plan or "site_words" in plan


def test_the_group_applies_for_its_members():
    entity = territory.entity(status="public")
    group = territory.ght(support=entity, members=1)
    alone = territory.entity(status="nonprofit")
    assert selectors.applicant_of(entity) == group
    assert (selectors.kind(group), selectors.kind(alone)) == ("ght", "nonprofit")
    assert selectors.applicant_of(alone) == alone
    assert list(selectors.alone()) == [alone]


def test_members_of_today_come_with_the_support_first():
    group = territory.ght(members=2)
    gone = selectors.members(group).filter(role="M").first()
    GhtMembership.objects.filter(pk=gone.pk).update(left_on="2026-01-01")
    assert [membership.role for membership in selectors.members(group)] == ["S", "M"]
    assert selectors.support(group) == selectors.members(group)[0].legal_entity
    assert selectors.ght_of(gone.legal_entity) is None


def test_shares_of_a_group_are_by_entity_and_unknown_is_not_zero(django_assert_num_queries):
    known, small, unknown = (territory.entity() for _ in range(3))
    group = territory.ght(support=known, members=[small, unknown])
    territory.activity(known, 75)
    territory.activity(small, 25)
    territory.activity(unknown, 1000, year=2022)
    with django_assert_num_queries(2):
        shares = selectors.shares(group, 2023)
    assert [(share.structure, share.share) for share in shares] == [(known, 0.75), (small, 0.25), (unknown, None)]


def test_shares_of_an_entity_are_by_site():
    entity = territory.entity()
    one, other = territory.site(legal_entity=entity), territory.site(legal_entity=entity)
    territory.activity(one, 10)
    territory.activity(other, Decimal("30.00"))
    assert [(share.structure, share.share) for share in selectors.shares(entity, 2023)] == [(other, 0.75), (one, 0.25)]
