from pathlib import Path

import pytest

from rempart.detection.alerts.result import parse_result, schema, to_json
from rempart.measurement.errors import InputError
from tests.detection.alerts import night

ROOT = Path(__file__).parents[3]


def test_a_result_comes_back_whole_from_its_json():
    result = night.result()
    assert parse_result(to_json(result).encode(), "nuit.json") == result


def test_the_published_schema_is_that_of_the_code():
    kept = (ROOT / "docs" / "schemas" / "detection-1.json").read_text(encoding="utf-8")
    assert kept == schema(), "run python tools/detection_schema.py"


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"schema_id": "urn:rempart:schema:report:1"}', b"\xff"])
def test_what_is_no_result_is_refused_with_its_place(content):
    with pytest.raises(InputError) as caught:
        parse_result(content, "x.json")
    assert caught.value.where == "x.json"


def test_rules_without_their_logs_are_counted_by_source():
    rules = night.result().rules
    assert [(absent.logsource, absent.rules) for absent in rules.absent] == [("cloud/m365", 1)]
    assert rules.fed + sum(absent.rules for absent in rules.absent) == rules.loaded


def test_everything_that_was_not_looked_at_is_in_the_result():
    result = night.result()
    assert (result.looked.unknown, result.looked.undated, result.looked.flawed) == (12_877, 41, 213)
    assert len(result.looked.flaws) == 2
    assert len(result.rules.refusals) == 1
    assert result.rules.left_out[0].undated == 3
