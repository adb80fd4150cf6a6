import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.hub.dashboards.cube import Counts
from rempart.hub.dashboards.maps import tiles
from rempart.hub.dashboards.open_data import OTHERS, TOTAL, table
from rempart.hub.dashboards.steps import Step
from rempart.hub.territory.reference import reference


def of(**groups):
    counts = {}
    for name, files in groups.items():
        counts[name] = Counts()
        counts[name].steps[Step.SUBMITTED] = files
    total = Counts()
    for one in counts.values():
        total.add(one)
    return {row.group: row.figures["submitted"] for row in table(counts, total)}


def test_groups_large_enough_are_told():
    assert of(a=5, b=7, c=0) == {"a": 5, "b": 7, "c": 0, TOTAL: 12}


def test_a_small_group_is_told_with_the_next_one_so_that_no_difference_gives_it_back():
    assert of(a=2, b=7, c=30) == {"a": None, "b": None, "c": 30, OTHERS: 9, TOTAL: 39}


def test_small_groups_are_told_together():
    assert of(a=3, b=4, c=30) == {"a": None, "b": None, "c": 30, OTHERS: 7, TOTAL: 37}


def test_what_is_too_small_together_is_not_told_at_all():
    assert of(a=1, b=2) == {"a": None, "b": None, TOTAL: None}


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 40), max_size=8))
def test_no_figure_under_five_can_be_read_or_worked_out(column):
    rows = of(**column) if OTHERS not in column and TOTAL not in column else {}
    told = {group: figure for group, figure in rows.items() if group not in {OTHERS, TOTAL}}
    assert all(figure is None or figure == 0 or figure >= 5 for figure in rows.values())
    hidden = sum(column[group] for group, figure in told.items() if figure is None)
    if rows.get(TOTAL) is not None:
        left = rows[TOTAL] - sum(figure or 0 for figure in told.values())
        assert left == hidden
        assert left == 0 or left >= 5


@pytest.mark.parametrize(("name", "codes"), [("regions", 0), ("departments", 1)])
def test_each_place_has_one_tile_of_its_own(name, codes):
    known = reference()
    expected = {row[0] for row in (known.departments if codes else known.regions)}
    found = tiles(name)
    assert sorted(tile.code for tile in found) == sorted(expected)
    assert len({(tile.column, tile.row) for tile in found}) == len(found)
