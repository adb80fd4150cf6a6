"""JSON inside other formats, Microsoft 365's audit, and JSON whose fields are declared."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from rempart.detection.collect.kinds import formats, recognise
from rempart.detection.collect.sources import Declarations, Declared
from rempart.detection.events import Reading
from tests.detection.formats.reading import read

pytestmark = pytest.mark.skipif("json" not in formats(), reason="no reader of JSON is registered")
AT = datetime(2026, 11, 24, 18, 47, 38, tzinfo=UTC)
RECORD = {
    "CreationTime": "2026-11-24T18:47:38",
    "Id": "0b2d9f4e",
    "Operation": "New-InboxRule",
    "Workload": "Exchange",
    "UserId": "bob@valmont.example",
    "ClientIP": "203.0.113.7",
    "Parameters": [{"Name": "MoveToFolder", "Value": "RSS"}, {"Name": "From", "Value": "direction"}],
}


def exported():
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["CreationDate", "UserIds", "Operations", "AuditData"])
    for operation in ("New-InboxRule", "Set-Mailbox"):
        record = json.dumps(RECORD | {"Operation": operation, "Id": operation}, indent=1)
        writer.writerow(["24/11/2026", "bob", operation, record])
    return buffer.getvalue().encode()


def test_an_export_of_microsoft_365_gives_its_records():
    rows, census = read("csv", exported())
    assert [(row["@source"], row["@code"], row["Operation"], row["@time"]) for row in rows] == [
        ("cloud/m365", "", "New-InboxRule", AT),
        ("cloud/m365", "", "Set-Mailbox", AT),
    ]
    assert rows[0]["UserId"] == "bob@valmont.example"
    assert '"MoveToFolder","Value":"RSS"' in rows[0]["Parameters"]
    assert exported()[rows[1]["@offset"] :].startswith(b"24/11/2026,bob,Set-Mailbox")
    assert census.flawed == 0


def test_its_records_one_a_line_are_recognised_alone_or_in_an_envelope():
    lines = b"".join(json.dumps(RECORD | {"Id": str(number)}).encode() + b"\n" for number in range(3))
    enveloped = json.dumps({"RecordType": 1, "AuditData": json.dumps(RECORD)}).encode() + b"\n"
    for data, count in ((lines, 3), (enveloped, 1)):
        assert recognise(data, "audit.json") == "m365"
        rows, _ = read("m365", data)
        assert [(row["@source"], row["Operation"]) for row in rows] == [("cloud/m365", "New-InboxRule")] * count
        assert rows[0]["Parameters"].startswith('[{"Name":"MoveToFolder"')


def test_only_fields_that_rules_read_are_kept():
    rows, _ = read("csv", exported(), reading=Reading({"cloud/m365": frozenset({"Operation"})}))
    assert "Parameters" not in rows[0]
    assert rows[0]["Operation"] == "New-InboxRule"


def test_windows_events_forwarded_in_syslog_are_windows_events():
    event = {
        "EventID": 4625,
        "Channel": "Security",
        "Hostname": "dc1",
        "TargetUserName": "bob",
        "EventTime": "2026-11-24 18:47:38",
    }
    line = b"<13>Nov 24 18:47:38 dc1 nxlog[1]: " + json.dumps(event).encode() + b"\n"
    rows, _ = read("syslog", b"<13>Nov 24 18:47:37 dc1 app: x\n" + line + line)
    assert [(row["@source"], row["@code"]) for row in rows] == [("linux/syslog", "app")] + [
        ("windows/security", "4625")
    ] * 2
    assert rows[2]["@offset"] == rows[1]["@offset"] + len(line)
    assert (rows[1]["TargetUserName"], rows[1]["Computer"]) == ("bob", "dc1")


def test_declared_json_has_native_names_values_and_moments():
    data = b'{"quand":"2026-11-24 19:47:38","acte":"C-MOVE","agent":"bob","id":"7"}\n' * 2
    source = {
        "files": ["*.json"],
        "source": "hospital/imaging",
        "code": "operation",
        "zone": "Europe/Paris",
        "time": "quand",
    }
    source |= {"fields": {"agent": "user", "acte": "operation"}, "values": {"operation": {"C-MOVE": "move"}}}
    declared = Declarations.model_validate({"source": [source]}).of("pacs.json", data)
    rows, _ = read(declared.format, data, declared)
    assert [(row["@source"], row["@code"], row["user"], row["@time"], row["@offset"]) for row in rows] == [
        ("hospital/imaging", "move", "bob", AT, 0),
        ("hospital/imaging", "move", "bob", AT, len(data) // 2),
    ]


def test_json_of_which_only_the_source_is_declared_stays_with_its_reader():
    declared = Declarations(source=(Declared(files=("*",), source="hospital/imaging"),))
    assert declared.of("a.json", b'{"a":1}').format is None
