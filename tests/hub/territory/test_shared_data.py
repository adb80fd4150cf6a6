"""The real data sets, read whole: figures counted by hand in the files."""

from datetime import UTC, datetime

import pytest

from rempart.hub.territory import services
from rempart.hub.territory.models import Department, Ght, LegalEntity, Region, Site
from rempart.hub.territory.services import Absent
from rempart.measurement.errors import InputError
from tests.shared_data import needs_data, shared_data

pytestmark = [pytest.mark.django_db, needs_data("territory")]
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
FOLDER = shared_data("territory")
SURVEY = ["entites-juridiques-sae-2023.csv", "etablissements-sae-2023.csv", "ght-sae-2023.csv"]


def load(*names, **options):
    return services.import_finess([FOLDER / name for name in names], at=AT, **options)


def counts(plan):
    return {name: (change.count("created"), change.unchanged) for name, change in plan.tables.items()}


def test_the_survey_is_read_whole_and_a_second_import_changes_nothing():
    plan = load(*SURVEY)
    assert counts(plan) == {"entities": (2176, 0), "sites": (3975, 0), "ghts": (135, 0)}
    assert plan.flaws.is_empty()
    assert (LegalEntity.objects.count(), Site.objects.count(), Ght.objects.count()) == (2176, 3975, 135)
    again = load(*SURVEY)
    assert counts(again) == {"entities": (0, 2176), "sites": (0, 3975), "ghts": (0, 135)}
    assert LegalEntity.trail.rel.related_model.objects.count() == 2176


def test_the_survey_counts_agree_with_its_own_columns():
    load(*SURVEY)
    by_status = {
        status: LegalEntity.objects.filter(status=status).count() for status in ("public", "nonprofit", "forprofit")
    }
    assert by_status == {"public": 797, "nonprofit": 435, "forprofit": 944}
    assert Site.objects.filter(department__region="11").count() == 492
    assert Site.objects.filter(department="974").count() == 62
    assert Site.objects.filter(commune="97411").exists()
    assert Ght.objects.filter(region="76").count() == 14


def test_the_flat_extract_places_sites_by_insee_commune_and_refuses_those_without_entity():
    load(*SURVEY)
    plan = load("finess-cs1100502-extrait.csv", absent=Absent.KEEP)
    site = Site.objects.get(finess="010000024")
    assert (site.commune, site.commune_name, site.name) == (
        "01451", "VIRIAT", "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT",
    )  # fmt: skip
    assert plan.flaws.select("line", "key", "reason").rows() == [(7, "980600027", "owner")]
    assert load("finess-cs1100502-extrait.csv", absent=Absent.KEEP).tables["sites"].unchanged == 6


def test_the_daily_sample_names_its_groups_and_counts_the_members_it_cut_away():
    plan = load("finess-structures-exemple.json")
    assert counts(plan) == {"entities": (1, 0), "sites": (1, 0), "ghts": (2, 0)}
    assert plan.flaws["reason"].to_list() == ["member"] * 10
    assert Ght.objects.get(code="27103").region_id == "27"
    assert Site.objects.get().legal_entity.status == "forprofit"
    assert counts(load("finess-structures-exemple.json"))["entities"] == (0, 1)


def test_an_extract_is_not_taken_for_the_whole_register():
    load(*SURVEY)
    with pytest.raises(InputError, match="extract"):
        load("finess-structures-exemple.json")
    assert Site.objects.filter(life="closed").count() == 0


def test_declared_partners_are_refused_as_no_membership():
    with pytest.raises(InputError, match="legal membership"):
        load("ght-partenaires-declares-sae-2023.csv")


def test_the_schema_itself_is_no_register():
    with pytest.raises(InputError, match="neither"):
        load("finess-structures-v1.schema.json")


def test_our_own_regions_and_departments_agree_with_the_official_codes():
    services.load_reference()
    services.load_reference()
    official = {tuple(line.split(";")[:2]) for line in read("regions.csv")}
    assert {(region.code, region.name.replace("’", "'")) for region in Region.objects.all()} <= official
    lines = [line.split(";") for line in read("departements.csv")]
    known = {line[0]: (line[1], line[-1]) for line in lines}
    for department in Department.objects.all():
        assert known[department.code] == (department.name.replace("’", "'"), department.finess_code)
    assert (Region.objects.count(), Department.objects.count()) == (20, 105)


def read(name):
    return (FOLDER / name).read_text(encoding="utf-8").splitlines()[1:]
