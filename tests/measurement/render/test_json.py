from pathlib import Path

import pytest

from rempart.measurement.errors import InputError
from rempart.measurement.render.json import read, render, schema
from tests.measurement.factory import make_report

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "report-1.json"


def test_the_published_schema_is_the_models():
    assert SCHEMA.read_text(encoding="utf-8") == schema()


def test_a_report_reads_back_as_it_was(tmp_path):
    report = make_report()
    file = tmp_path / "rapport.json"
    file.write_text(render(report), encoding="utf-8")
    again = read(file)
    assert render(again) == render(report)
    assert again.level == report.level
    assert again.verdicts[0].subjects.equals(report.verdicts[0].subjects)


def test_hostile_names_travel_unchanged(hostile, tmp_path):
    file = tmp_path / "rapport.json"
    file.write_text(render(hostile), encoding="utf-8")
    assert read(file).perimeter == hostile.perimeter


def test_another_file_is_refused_with_its_place(tmp_path):
    file = tmp_path / "autre.json"
    file.write_text('{"schema_id": "urn:other"}')
    with pytest.raises(InputError, match=r"autre.json: not a Rempart report"):
        read(file)
    with pytest.raises(InputError, match="not found"):
        read(tmp_path / "absent.json")
