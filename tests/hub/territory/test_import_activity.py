from decimal import Decimal

import pytest

from rempart.hub.territory import services
from rempart.hub.territory.models import Activity
from rempart.measurement.errors import InputError
from tests.hub.factories import territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    def load(text, **options):
        path = tmp_path / "activite.csv"
        path.write_text(text, encoding="utf-8")
        return services.import_activity(path, **options)

    return load


def test_figures_of_entities_and_sites_are_read_as_people_write_them(run):
    entity, site = territory.entity(), territory.site()
    text = f"finess;annee;activite\n{entity.pk};2023;12 345,678\n{site.pk};2023;7.5\n"
    result = run(text)
    assert (len(result.created), len(result.changed), result.unchanged) == (2, 0, 0)
    assert Activity.objects.get(legal_entity=entity).combined == Decimal("12345.68")
    assert Activity.objects.get(site=site).combined == Decimal("7.50")
    assert Activity.objects.get(site=site).source == "activite.csv"
    assert run(text).unchanged == 2


def test_a_new_figure_replaces_the_earlier_one_and_the_trail_keeps_it(run):
    entity = territory.entity()
    run(f"finess,annee,activite\n{entity.pk},2023,10\n")
    result = run(f"finess,annee,activite\n{entity.pk},2023,11\n")
    assert result.changed.select("before", "combined").rows() == [(Decimal("10.00"), Decimal("11.00"))]
    trail = Activity.objects.get().trail.order_by("pgh_id").values_list("combined", flat=True)
    assert list(trail) == [Decimal("10.00"), Decimal("11.00")]


def test_a_dry_run_writes_nothing(run):
    entity = territory.entity()
    assert len(run(f"finess;annee;activite\n{entity.pk};2023;10\n", dry_run=True).created) == 1
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("990009999;2023;1", "structure"),
        ("{};deux;1", "year"),
        ("{};2023;beaucoup", "amount"),
        ("{};2023;-4", "amount"),
        ("{};2023;12345678901234", "amount"),
        ("{};2022;1\n{};2022;2", "twice"),
    ],
)
def test_a_line_that_says_nothing_is_refused_with_its_place(run, line, reason):
    entity = territory.entity()
    result = run("finess;annee;activite\n" + line.replace("{}", entity.pk))
    assert result.flaws["reason"].to_list() == [reason]


def test_a_table_without_its_columns_says_which(run):
    with pytest.raises(InputError, match="missing columns: activite"):
        run("finess;annee\n")
