"""What an import does to entities, sites and groups, on small files written here; every name is invented."""

import json
from datetime import UTC, date, datetime

import pytest

from rempart.hub.territory import services
from rempart.hub.territory.models import Ght, GhtMembership, LegalEntity, Site
from rempart.hub.territory.services import Absent
from rempart.measurement.errors import InputError
from tests.hub.factories import territory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
HEAD = "finess;etalab;111;2026-05-12"


def entity_line(finess, name="CH DE VALMONT (FICTIF)", legal_status="13", place="14"):
    cells = ["structureej", finess, name[:20], name, *[""] * 7, "118", "14000 CAEN", place, "CALVADOS", ""]
    return ";".join([*cells[:11], *cells[11:], legal_status, "", "355", "", "260100045", "8610Z", "2001-01-01"])


def site_line(finess, owner, name="SITE DE VALMONT (FICTIF)", place="14", commune="118"):
    cells = ["structureet", finess, owner, name, "", *[""] * 7, commune, place, "CALVADOS", "14000 CAEN CEDEX", "", ""]
    return ";".join([*cells, "355", "", "1102", "", "26010004500012", *[""] * 9])


@pytest.fixture
def run(tmp_path):
    def load(*lines, encoding="utf-8", **options):
        path = tmp_path / "etalab.csv"
        path.write_text("\n".join([HEAD, *lines]) + "\n", encoding=encoding)
        return services.import_finess([path], at=AT, **options)

    return load


ONE, OTHER = "140000001", "140000019"
WHOLE = [entity_line(ONE), entity_line(OTHER, "Clinique des Prés (fictive)", "95"), site_line("140000100", ONE)]


def fates(plan, table="entities"):
    change = plan.tables[table]
    return {kind: change.count(kind) for kind in ("created", "changed", "closed", "merged", "reopened")} | {
        "unchanged": change.unchanged
    }


def only(**counts):
    return dict.fromkeys(("created", "changed", "closed", "merged", "reopened", "unchanged"), 0) | counts


def test_a_flat_file_makes_entities_and_sites(run):
    assert fates(run(*WHOLE)) == only(created=2)
    site = Site.objects.get()
    assert (site.legal_entity_id, site.commune, site.commune_name) == (ONE, "14118", "CAEN CEDEX")
    assert LegalEntity.objects.get(pk=OTHER).status == "forprofit"
    assert fates(run(*WHOLE)) == only(unchanged=2)


def test_a_dry_run_tells_the_same_and_writes_nothing(run):
    territory.region()
    assert fates(run(*WHOLE, dry_run=True)) == only(created=2)
    assert not LegalEntity.objects.exists()


def test_an_old_file_in_latin_9_is_read_with_its_accents(run):
    run(entity_line(ONE, "Hôpital de l’Œuvre".replace("’", "'")), encoding="iso-8859-15")
    assert LegalEntity.objects.get().name == "Hôpital de l'Œuvre"


def test_a_changed_field_is_told_before_and_after(run):
    run(*WHOLE)
    plan = run(entity_line(ONE, "CH DE VALMONT-SUR-MER (FICTIF)"), *WHOLE[1:])
    assert fates(plan) == only(changed=1, unchanged=1)
    detail = plan.tables["entities"].details.to_dicts()
    assert [(row["field"], row["before"], row["after"]) for row in detail] == [
        ("name", "CH DE VALMONT (FICTIF)", "CH DE VALMONT-SUR-MER (FICTIF)")
    ]


def test_what_a_whole_file_lacks_is_closed_on_its_day_and_comes_back_open(run):
    run(*WHOLE)
    assert fates(run(WHOLE[0], WHOLE[2])) == only(closed=1, unchanged=1)
    closed = LegalEntity.objects.get(pk=OTHER)
    assert (closed.life, closed.closed_on) == ("closed", date(2026, 5, 12))
    assert fates(run(WHOLE[0], WHOLE[2])) == only(unchanged=1)
    assert fates(run(*WHOLE)) == only(reopened=1, unchanged=1)
    reopened = LegalEntity.objects.get(pk=OTHER)
    assert (reopened.life, reopened.closed_on) == ("active", None)
    assert list(reopened.trail.order_by("pgh_id").values_list("life", flat=True)) == ["active", "closed", "active"]


def test_an_entity_whose_sites_all_went_to_one_other_is_merged_into_it(run):
    run(*WHOLE)
    plan = run(WHOLE[1], site_line("140000100", OTHER))
    assert fates(plan) == only(merged=1, unchanged=1)
    merged = LegalEntity.objects.get(pk=ONE)
    assert (merged.life, merged.successor_id) == ("merged", OTHER)
    assert Site.objects.get().legal_entity_id == OTHER
    assert fates(run(WHOLE[1], site_line("140000100", OTHER))) == only(unchanged=1)


def test_a_refused_record_does_not_close_what_it_speaks_of(run):
    run(*WHOLE)
    plan = run(entity_line(ONE, legal_status="99"), *WHOLE[1:])
    assert (fates(plan), fates(plan, "sites")) == (only(unchanged=1), only(unchanged=1))
    assert not LegalEntity.objects.exclude(life="active").exists()


def test_nothing_is_closed_beside_a_record_nobody_can_name(daily):
    daily([entity("970400001", "1"), entity("970400002", "2")])
    plan = daily([entity("970400001", "1"), 3])
    assert (plan.nameless, fates(plan)) == (True, only(unchanged=1))


def test_absent_rows_stay_open_when_asked(run):
    run(*WHOLE)
    assert fates(run(WHOLE[0], absent=Absent.KEEP)) == only(unchanged=1)
    assert not LegalEntity.objects.exclude(life="active").exists()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("structureej;140000043;trop court", "cells"),
        ("structureez;140000043", "record_kind"),
        (entity_line("14000004"), "finess"),
        (entity_line(ONE), "twice"),
        (entity_line("140000043", ""), "name"),
        (entity_line("140000043", place="9Z"), "department"),
        (entity_line("140000043", legal_status="99"), "legal_status"),
        (site_line("140000118", "140000050"), "owner"),
    ],
)
def test_a_broken_record_is_refused_with_its_line_and_the_rest_is_read(run, line, reason):
    plan = run(*WHOLE, line)
    assert plan.flaws.select("line", "reason").rows() == [(5, reason)]
    assert LegalEntity.objects.count() == 2


def test_a_file_of_unknown_form_stops_with_its_name(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("bonjour")
    with pytest.raises(InputError, match="unknown form"):
        services.import_finess([path], at=AT)
    with pytest.raises(InputError, match="unreadable"):
        services.import_finess([tmp_path / "absent.csv"], at=AT)


def entity(number, inner, *, state="A", shape="sample", events=()):
    """Return one record of the daily file, in the words of the sample or of the published schema."""
    name = f"CH FICTIF {inner}"
    address = [{"cogCommune": "97411", "ligneAcheminement": "97400 SAINT DENIS"}]
    if shape == "sample":
        facts = {
            "pmSmsseId": inner,
            "numFinessPm": number,
            "denominationPm": name,
            "siren": "",
            "statutJuridique": "13",
        }
        return {"informationsGeneralesPMEJ": facts, "adresse": address, "ege": [], "etatObjet": state,
                "evenement": list(events)}  # fmt: skip
    facts = {"pm_smsseId": inner, "numFinessPm": number, "denominationPm": name, "siren": "",
             "statutJuridique": {"code": "13"}}  # fmt: skip
    return {"informationsGeneralesPmej": facts, "adresse": address, "ege": [],
            "etatObjet": {"code": state, "system": "x"}, "evenement": list(events)}  # fmt: skip


def group(code, *members, name="GHT fictif"):
    return {
        "gccId": code, "nomGcc": name, "typeGcc": "001", "gccIdentifiantExterne": code, "etatObjet": "A",
        "pmejDuGcc": [{"pmSmsseId": inner, "typeRoleEntiteGroupe": role} for inner, role in members],
    }  # fmt: skip


@pytest.fixture
def daily(tmp_path):
    def load(entities, groups=(), day="2026-03-09", **options):
        path = tmp_path / "finess-structures-journalier.json"
        content = {"schemaVersion": "v1.0.0", "generatedAt": f"{day}T15:49:37Z", "gcc": groups, "pmej": entities}
        path.write_text(json.dumps(content), encoding="utf-8")
        return services.import_finess([path], at=AT, **options)

    return load


@pytest.mark.parametrize("shape", ["sample", "schema"])
def test_both_shapes_of_the_daily_file_say_the_same(daily, shape):
    daily([entity("970400001", "1", shape=shape)])
    found = LegalEntity.objects.get()
    assert (found.name, found.status, found.department_id, found.life) == ("CH FICTIF 1", "public", "974", "active")


def test_a_grouping_alone_in_its_place_is_read_too(daily):
    daily([entity("970400001", "1")], group("04101", ("1", "S")))
    assert Ght.objects.get().memberships.get().role == "S"


def test_a_member_that_moves_leaves_its_group_and_keeps_the_row(daily):
    three = [entity(f"97040000{n}", str(n)) for n in range(1, 4)]
    daily(three, [group("04101", ("1", "S"), ("2", "M")), group("04102", ("3", "S"))])
    plan = daily(three, [group("04101", ("1", "S")), group("04102", ("3", "S"), ("2", "M"))], day="2026-04-01")
    assert (len(plan.joined), len(plan.left), plan.stayed) == (1, 1, 2)
    rows = GhtMembership.objects.filter(legal_entity="970400002").order_by("id").values_list("ght", "left_on")
    assert list(rows) == [("04101", date(2026, 4, 1)), ("04102", None)]


def test_a_change_of_support_closes_both_roles_and_opens_the_new_ones(daily):
    two = [entity("970400001", "1"), entity("970400002", "2")]
    daily(two, [group("04101", ("1", "S"), ("2", "M"))])
    daily(two, [group("04101", ("1", "M"), ("2", "S"))])
    now = GhtMembership.objects.filter(left_on=None).order_by("legal_entity").values_list("legal_entity", "role")
    assert list(now) == [("970400001", "M"), ("970400002", "S")]
    assert GhtMembership.objects.count() == 4


def test_a_group_with_a_member_nobody_knows_loses_nobody(daily):
    two = [entity("970400001", "1"), entity("970400002", "2")]
    daily(two, [group("04101", ("1", "S"), ("2", "M"))])
    plan = daily(two, [group("04101", ("1", "S"), ("99", "M"))])
    assert (len(plan.left), plan.flaws["reason"].to_list()) == (0, ["member"])


def test_an_event_names_the_entity_that_took_over(daily):
    event = {"dateEvenement": "2026-01-01", "typeObjet1": "PM", "identifiantObjet1": "1", "typeObjet2": "PM",
             "identifiantObjet2": "2"}  # fmt: skip
    daily([entity("970400001", "1", state="I", events=[event]), entity("970400002", "2")])
    merged = LegalEntity.objects.get(pk="970400001")
    assert (merged.life, merged.successor_id) == ("merged", "970400002")


def test_a_record_of_another_shape_is_counted_with_its_number(daily):
    plan = daily([entity("970400001", "1"), "rien", {"adresse": 3}])
    assert plan.flaws.select("part", "line", "reason").rows() == [("pmej", 2, "shape"), ("pmej", 3, "shape")]


def test_a_cut_file_stops_with_its_line_and_writes_nothing(tmp_path):
    path = tmp_path / "cut.json"
    path.write_text('{"pmej": [\n' + json.dumps(entity("970400001", "1")) + ",\n{", encoding="utf-8")
    with pytest.raises(InputError, match="line 3"):
        services.import_finess([path], at=AT)
    assert not LegalEntity.objects.exists()


def test_the_trail_names_the_file(run):
    run(*WHOLE)
    context = LegalEntity.objects.get(pk=ONE).trail.get().pgh_context
    assert context.metadata == {"command": "import-finess", "source": "etalab.csv"}
