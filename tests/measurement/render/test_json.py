from pathlib import Path

import pytest

from rempart.measurement.errors import InputError
from rempart.measurement.render.json import render, schema
from rempart.measurement.report import parse_report
from tests.measurement.factory import make_report

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "report-1.json"


def test_the_published_schema_is_the_models():
    assert SCHEMA.read_text(encoding="utf-8") == schema()


def test_a_report_reads_back_as_it_was():
    report = make_report()
    again = parse_report(render(report).encode(), "rapport.json")
    assert render(again) == render(report)
    assert again.level == report.level
    assert again.verdicts[0].subjects.equals(report.verdicts[0].subjects)


def test_hostile_names_travel_unchanged(hostile):
    assert parse_report(render(hostile).encode(), "rapport.json").perimeter == hostile.perimeter


def test_another_file_is_refused_with_its_place():
    with pytest.raises(InputError, match=r"autre.json: this file is not a Rempart report"):
        parse_report(b'{"schema_id": "urn:other"}', "autre.json")
