import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.hub.common.spreadsheet import safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n+1", "＝1", '"=1', "−1", "\x00=1", "'=1"]
)
def test_a_text_that_begins_like_a_formula_is_held_back(text):
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("value", ["CH de Valmont", "", "a=b", 12, -12, Decimal("-1.50"), None, date(2024, 7, 1)])
def test_everything_else_is_left_as_it_is(value):
    assert safe_cell(value) == value
    assert type(safe_cell(value)) is type(value)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])))
def test_any_text_goes_into_a_workbook_and_a_csv_and_runs_nothing(text):
    workbook = openpyxl.Workbook()
    workbook.active.append([safe_cell(text)])
    saved = io.BytesIO()
    workbook.save(saved)
    assert openpyxl.load_workbook(saved).active["A1"].data_type != "f"
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(text)])
    assert not line.getvalue().lstrip('"').startswith(("=", "+", "-", "@", "\t"))
