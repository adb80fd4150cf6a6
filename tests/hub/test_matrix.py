import pytest

from tests.hub.matrix import EVERYBODY, addresses, build, opens, rows


def test_every_address_is_in_the_table_once_and_the_table_names_no_other():
    declared = [row.name for row in rows()]
    assert sorted(declared) == sorted(set(declared))
    assert set(declared) == set(addresses()), "declare new pages in tests/hub/matrix_rows/<room>.py"


def test_the_table_names_actors_that_exist():
    assert {name for row in rows() for name in row.allowed} <= EVERYBODY


@pytest.mark.django_db
@pytest.mark.parametrize("row", [row for row in rows() if not row.skip], ids=lambda row: row.name)
def test_an_address_opens_to_those_the_table_names_and_to_no_other(row):
    world = build()
    assert {who for who in sorted(EVERYBODY) if opens(row, world, who)} == row.allowed
