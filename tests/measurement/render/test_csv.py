import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.measurement.render.csv import guarded, render
from rempart.measurement.text import Language
from tests.measurement.factory import make_report


def rows_of(text):
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_one_row_a_subject_and_threshold_with_every_command():
    rows = rows_of(render(make_report(), Language.FR))
    owners = [row for row in rows if row["point"] == "vuln_owner"]
    assert len(owners) == 1480
    assert owners[0]["commande de correction"].startswith("Set-ADAccountControl -Identity 'CN=adm.000")
    assert {row["niveau"] for row in rows if row["point"] == "vuln_permissions_adminsdholder"} == {"1", "2"}


def test_what_could_not_be_evaluated_has_its_row_and_reason():
    rows = rows_of(render(make_report(), Language.EN))
    (blind,) = [row for row in rows if row["state"] == "Not evaluated"]
    assert "privileged account" in blind["reason"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n@x"])
def test_a_cell_never_starts_a_formula(cell):
    assert guarded(cell) == f"'{cell}"


@given(st.text())
def test_every_cell_is_guarded(cell):
    assert not guarded(cell).lstrip().startswith(("=", "+", "-", "@"))


def test_hostile_names_stay_in_their_cell(hostile):
    rows = rows_of(render(hostile, Language.FR))
    assert len(rows) == 11
    assert "'=cmd|' /C calc'!A0" in [row["nom"] for row in rows]
    assert not any(row["commande de correction"] for row in rows if "suivante" in row["nom"])
    assert all(row["sans commande parce que"] for row in rows if not row["commande de correction"])
