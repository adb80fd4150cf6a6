import pytest

from rempart.hub.funding.calls.importing import import_ceilings
from rempart.hub.funding.calls.models import Call, Ceiling
from tests.hub.factories import territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    Call.objects.create(code="D9-2099", title="Appel fictif")

    def load(text, **options):
        path = tmp_path / "plafonds.csv"
        path.write_text("appel;candidat;montant\n" + text, encoding="utf-8")
        return import_ceilings(path, **options)

    return load


def test_ceilings_of_groups_and_entities_are_read_in_french_or_with_a_point(run):
    group, entity = territory.ght(), territory.entity()
    text = f"D9-2099;{group.pk};64 276,42 €\nD9-2099;{entity.pk};1500.5\n"
    assert len(run(text).created) == 2
    assert Ceiling.objects.get(ght=group).cents == 6_427_642
    assert Ceiling.objects.get(legal_entity=entity).cents == 150_050
    assert run(text).unchanged == 2


def test_a_new_ceiling_replaces_the_earlier_one(run):
    entity = territory.entity()
    run(f"D9-2099;{entity.pk};10")
    result = run(f"D9-2099;{entity.pk};12")
    assert result.changed.select("before", "cents").rows() == [(1000, 1200)]
    assert Ceiling.objects.get().cents == 1200


def test_a_dry_run_writes_nothing(run):
    entity = territory.entity()
    assert len(run(f"D9-2099;{entity.pk};10", dry_run=True).created) == 1
    assert not Ceiling.objects.exists()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("D8;{};10", "call"),
        ("D9-2099;inconnu;10", "applicant"),
        ("D9-2099;{};zéro", "amount"),
        ("D9-2099;{};0", "amount"),
        ("D9-2099;{};0,001", "amount"),
        ("D9-2099;{};-1", "amount"),
        ("D9-2099;{};1\nD9-2099;{};2", "twice"),
    ],
)
def test_a_line_that_gives_no_ceiling_is_refused_with_its_place(run, line, reason):
    result = run(line.replace("{}", territory.entity().pk))
    assert result.flaws["reason"].to_list() == [reason]
