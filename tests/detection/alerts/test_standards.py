import json

import pytest

from rempart.detection.alerts import ecs, ocsf, portable, timesketch
from tests.detection.alerts import night

ALERTS = night.alerts()


def documents(lines):
    return [json.loads(line) for line in lines]


def test_ecs_names_the_rule_its_author_its_licence_and_why():
    for told, alert in zip(documents(ecs.lines(ALERTS, at=night.AT)), ALERTS, strict=True):
        assert told["event"]["kind"] == "alert"
        assert told["event"]["id"] == alert.id
        assert told["rule"]["id"] == alert.about.id
        assert told["rule"]["name"] == alert.about.title
        assert told["rule"]["author"] == ["Camille Renard", "Valmont"]
        assert told["rule"]["license"] == "EUPL-1.2"
        assert told["rempart"]["level"] == alert.about.level
        assert told["rempart"]["status"] == "stable"
        assert told["tags"] == list(alert.about.tags)
        assert told["rempart"]["because"][0]["field"] == alert.because[0].field
        assert told["rempart"]["references"][0]["file"] == alert.events[0].file
        assert told["threat"]["framework"] == "MITRE ATT&CK"


def test_ecs_has_no_empty_field_and_no_field_of_the_logs():
    def walk(value):
        if isinstance(value, dict):
            assert value
            for part in value.values():
                walk(part)
        assert value not in ("", None, [], {})

    for told in documents(ecs.lines(ALERTS, at=night.AT)):
        walk(told)
        assert set(told) <= {
            "@timestamp", "ecs", "message", "tags", "event", "rule", "threat", "observer", "related", "host", "user",
            "source", "log", "rempart",
        }  # fmt: skip


def test_ocsf_is_a_detection_finding_with_what_its_class_requires():
    for told, alert in zip(documents(ocsf.lines(ALERTS, at=night.AT)), ALERTS, strict=True):
        assert (told["class_uid"], told["category_uid"], told["type_uid"]) == (
            2004,
            2,
            2004 * 100 + told["activity_id"],
        )
        assert told["finding_info"]["uid"] == alert.id
        assert told["finding_info"]["analytic"]["type_id"] == 1
        assert told["metadata"]["version"].startswith("1.")
        assert told["metadata"]["product"]["name"] == "Rempart"
        assert told["severity_id"] in range(1, 6)
        assert told["start_time"] == int(alert.first.timestamp() * 1000)
        assert told["unmapped"]["rule_author"] == alert.about.author
        assert told["unmapped"]["rule_licence"] == alert.about.licence
        assert told["finding_info"]["attacks"][0]["tactic"]["uid"].startswith("TA")
        assert told["evidences"][0]["data"]["because"]


@pytest.mark.parametrize("lines", [ecs.lines, ocsf.lines])
def test_a_line_gives_the_whole_alert_back(lines):
    told = [portable.from_line(line.encode()) for line in lines(ALERTS, at=night.AT)]
    assert told == ALERTS


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"event": 3}', b"\xff\x00", b'{"event":{"original":"{}"}}'])
def test_a_line_that_holds_no_alert_gives_none(line):
    assert portable.from_line(line) is None


def test_timesketch_has_its_three_fields_and_both_ends_of_what_lasted():
    told = documents(timesketch.lines(ALERTS, incidents={ALERTS[0].id: "I-1"}))
    assert all({"message", "datetime", "timestamp_desc"} <= set(line) for line in told)
    lasting = sum(alert.first != alert.last for alert in ALERTS)
    assert len(told) == len(ALERTS) + lasting
    assert told[0]["incident_id"] == "I-1"
    assert told[0]["datetime"] == "2026-11-23T21:10:00.000000+00:00"
    assert told[0]["rule_licence"] == "EUPL-1.2"
    assert timesketch.undated(ALERTS) == 0
