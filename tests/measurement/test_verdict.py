import json

import pytest

from rempart.measurement.errors import InputError
from rempart.measurement.report import Report, parse_report
from tests.measurement.factory import make_report


def test_a_report_comes_back_from_its_json():
    report = make_report()
    again = parse_report(report.model_dump_json().encode(), "r.json")
    assert isinstance(again, Report)
    assert again.model_dump(mode="json") == report.model_dump(mode="json")


@pytest.mark.parametrize(
    "subjects",
    [
        [1, 2],
        [[1], [2, 3]],
        [{}],
        [{"name": "x"}],
        [{"key": "a", "name": "x"}, 1],
        [{"key": "a", "name": "x"}, None],
        [{"key": "a", "name": "x", "value": 1}, {"key": "b", "name": "x", "value": [1]}],
        [{"key": "a", "name": "x", "value": [1, "a"]}],
        "x",
    ],
)
def test_a_report_with_subjects_of_no_shape_is_refused_with_its_place(subjects):
    fields = json.loads(make_report().model_dump_json())
    fields["verdicts"][0]["subjects"] = subjects
    with pytest.raises(InputError, match=r"verdicts\.0\.subjects") as caught:
        parse_report(json.dumps(fields).encode(), "r.json")
    assert caught.value.where == "r.json"
