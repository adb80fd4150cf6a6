"""The native scanner says what orjson says, of every value, whatever the shape; what is broken is counted."""

import lzma
import random

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from rempart.detection.census import Census
from rempart.detection.events import TEXT, EventClass, Reading
from tests.detection.collect.scanned import blocks, rows, said, same
from tests.shared_data import needs_data, shared_data

SAMPLE = "detection/otrf-windows-sample-20k.jsonl.xz"
MESSAGES = {"Message"}
CONTAINER = {
    "SourceName": "Provider_Name",
    "Hostname": "Computer",
    "RecordNumber": "EventRecordID",
    "@version": "version",
}
CONTAINER |= {"ProviderGuid": "Provider_Guid", "ThreadID": "ExecutionThreadID", "UserID": "Security_UserID"}
CONTAINER |= {"@timestamp": "timestamp"}


def one(event, reading=None):
    [found] = rows(
        blocks(orjson.dumps(event) if isinstance(event, dict) else event, *([reading] if reading else []))
    ).values()
    return found


@needs_data(SAMPLE)
def test_every_cell_of_real_events_is_what_orjson_says():
    path = shared_data(SAMPLE)
    with lzma.open(path) as stream:
        lines = [stream.readline() for _ in range(4000)]
    found = rows(blocks(b"".join(lines)))
    offset = cells = 0
    for line in lines:
        event, row = orjson.loads(line), found[offset]
        assert row["length"] == len(line) - 1
        for key, value in event.items():
            if key not in MESSAGES:
                assert same(row["fields"][CONTAINER.get(key, key)], value), (key, value)
                cells += 1
        offset += len(line)
    assert len(found) == 4000
    assert cells > 100_000


SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=40)
KEYS = st.text(st.sampled_from('abcdeéß漢 "\\/'), min_size=1, max_size=3)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def flattened(value, path=()):
    """The obvious way: names by path, values in order; what is in lists joins."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flattened(inner, (*path, key))
    elif isinstance(value, list):
        if not value:
            yield path, "\x00"
        for inner in value:
            yield from flattened(inner, path)
    else:
        yield path, said(value)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=5), min_size=1, max_size=6), st.integers(1, 200))
@example([{"a": [1, {"b": [2, [3]]}, {"b": 4}]}], 7)
@example([{"a": {}}, {"a": None}, {"a": []}, {"a": [[]]}], 3)
def test_any_json_says_what_a_walk_of_it_says(events, chunk):
    data = b"\n".join(orjson.dumps(event) for event in events)
    census = Census()
    found = list(rows(blocks(data, chunk=chunk, census=census)).values())
    assert census.flawed == 0
    assert len(found) == len(events)
    for row, event in zip(found, events, strict=True):
        expected: dict[str, list[str]] = {}
        for path, value in flattened(event):
            expected.setdefault(".".join(path), []).append(value)
        fields = {name: value if isinstance(value, list) else [value] for name, value in row["fields"].items()}
        assert fields == expected


@given(st.binary(max_size=300), st.integers(1, 64))
@example(b'{"a":1}\n{"a":\xff\xfe"x"}\n', 5)
@example(b'{"a":"\\ud800","b":"\\u12"}', 64)
@example(b'{"EventID":{"#text":1}}{', 64)
def test_any_bytes_give_events_or_flaws(data, chunk):
    blocks(data, chunk=chunk, census=Census())


@given(st.integers(0, 2**32), st.integers(1, 30))
def test_broken_real_shapes_give_events_or_flaws(seed, cuts):
    chance = random.Random(seed)  # noqa: S311 — no secret
    good = [
        {"EventID": n, "Channel": "Security", "a": ["x", n], "EventData": {"Data": [{"@Name": "b", "#text": "c"}]}}
        for n in range(9)
    ]
    data = bytearray(b"\n".join(orjson.dumps(event) for event in good))
    for _ in range(cuts):
        data[chance.randrange(len(data))] = chance.choice(b'{}[]",:\\\n\x00\xffnt1')
    blocks(bytes(data))


def test_events_around_a_broken_line_are_read_and_the_line_is_told():
    data = b'{"a":1}\n{"a":2\n{"a":"3\n{"a": }\n{"a":{"b":[1}}\n{"a":4}\n'
    census = Census()
    found = rows(blocks(data, census=census))
    assert [row["fields"]["a"] for row in found.values()] == ["1", "4"]
    assert [flaw.place for flaw in census.flaws] == ["f.json:8", "f.json:15", "f.json:23", "f.json:31"]


def test_a_truncated_end_is_a_flaw():
    census = Census()
    assert len(rows(blocks(b'{"a":1}\n{"a":"' + b"x" * 1000, chunk=64, census=census))) == 1
    assert census.flawed == 1


def test_a_line_of_many_megabytes_is_a_flaw_and_the_rest_is_read():
    census = Census()
    data = b'{"a":1}\n{"a":"' + b"x" * (40 << 20) + b'"}\n{"a":2}\n'
    assert [row["fields"]["a"] for row in rows(blocks(data, census=census)).values()] == ["1", "2"]
    assert census.flawed == 1


def test_deep_nesting_is_bounded():
    census = Census()
    bomb = b'{"a":' * 100_000 + b"\n" + b'{"b":' + b"[" * 100_000 + b"\n" + b'{"c":1}\n'
    assert [row["fields"]["c"] for row in rows(blocks(bomb, census=census)).values()] == ["1"]
    assert census.flawed == 2


def test_bytes_that_are_no_utf8_keep_their_event_and_are_counted():
    census = Census()
    [found] = rows(blocks(b'{"a":"caf\xe9","b":"ok"}', census=census)).values()
    assert found["fields"] == {"a": "caf\ufffd", "b": "ok"}
    assert census.flawed == 1


def test_a_field_may_change_its_type_from_line_to_line():
    data = b'{"a":1}\n{"a":"x"}\n{"a":[1,"y"]}\n{"a":{"b":2}}\n{"a":null}\n{"a":true}\n'
    cells = [row["fields"] for row in rows(blocks(data)).values()]
    assert cells == [{"a": ["1"]}, {"a": ["x"]}, {"a": ["1", "y"]}, {"a.b": "2"}, {"a": ["\x00"]}, {"a": ["true"]}]


def test_the_last_of_two_equal_keys_stays():
    assert one(b'{"a":1,"a":4,"b":5}')["fields"] == {"a": "4", "b": "5"}
    assert one(b'{"a":1,"a":[2,3],"b":5}')["fields"] == {"a": ["2", "3"], "b": "5"}
    assert same(one(b'{"a":[2,3],"a":4}')["fields"]["a"], 4)


def test_lists_of_events_and_objects_over_many_lines_are_events():
    for data in (
        b'[{"a":1},\n {"a":2}]',
        b'{\n  "a": 1\n}\n{\n  "a": 2\n}\n',
        b'{"Records":[{"a":1},{"a":2}],"x":{"a":3}}',
        b'\xef\xbb\xbf{"a":1}{"a":2}',
    ):
        census = Census()
        assert [row["fields"]["a"] for row in rows(blocks(data, census=census)).values()] == ["1", "2"], data


EVTX = {
    "Event": {
        "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
        "System": {
            "Provider": {"#attributes": {"Name": "P", "Guid": "{1}"}},
            "EventID": {"#attributes": {"Qualifiers": 16384}, "#text": 7045},
            "TimeCreated": {"#attributes": {"SystemTime": "2026-01-02T03:04:05.678901Z"}},
            "EventRecordID": 12,
            "Correlation": None,
            "Execution": {"#attributes": {"ProcessID": 4, "ThreadID": 8}},
            "Channel": "System",
            "Computer": "srv.valmont.example",
            "Security": {"#attributes": {"UserID": "S-1-5-18"}},
        },
        "EventData": {"ServiceName": "svc", "Data": {"#text": ["x", "y"]}},
        "UserData": {"Thing": {"#attributes": {"xmlns": "u"}, "Channel": "other", "Param1": "p"}},
    }
}


def test_an_event_of_evtx_has_the_names_of_windows():
    found = one(EVTX)
    assert found["class"] == EventClass("windows/system", "7045")
    assert found["time"] == 1767323045678901
    wanted = {
        "Provider_Name": "P",
        "Provider_Guid": "{1}",
        "EventID": "7045",
        "EventRecordID": "12",
        "Channel": "System",
    }
    wanted |= {"ExecutionProcessID": "4", "ExecutionThreadID": "8", "Security_UserID": "S-1-5-18", "ServiceName": "svc"}
    wanted |= {"Data": ["x", "y"], "Param1": "p", "Computer": "srv.valmont.example", "Correlation": "\x00"}
    assert wanted.items() <= found["fields"].items()


def test_only_wanted_fields_are_taken_whatever_the_order_of_keys():
    reading = Reading({"windows/*": frozenset({"CommandLine"})})
    event = {"CommandLine": "x", "Other": "y", "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational"}
    for keys in (list(event), list(reversed(event))):
        found = one({key: event[key] for key in keys}, reading)
        assert (found["class"], found["fields"]) == (EventClass("windows/sysmon", "1"), {"CommandLine": "x"})


def test_winlogbeat_gives_the_same_event():
    data = {"CommandLine": "c", "TargetUserName": "t"}
    winlog = {
        "channel": "security",
        "event_id": 4688,
        "computer_name": "pc",
        "provider_name": "P",
        "record_id": 5,
        "event_data": data,
    }
    found = one(
        {"@timestamp": "2026-01-02T03:04:05Z", "winlog": winlog, "event": {"code": "4688"}, "host": {"name": "h"}}
    )
    assert found["class"] == EventClass("windows/security", "4688")
    assert found["time"] == 1767323045000000
    wanted = {
        "CommandLine": "c",
        "TargetUserName": "t",
        "EventID": "4688",
        "Computer": "pc",
        "Provider_Name": "P",
        "EventRecordID": "5",
    }
    assert wanted.items() <= found["fields"].items()


def test_ecs_names_fill_what_windows_names_leave_out():
    ecs = {"process": {"command_line": "c", "executable": "e"}, "winlog": {"channel": "Security", "event_id": "4688"}}
    assert {"CommandLine": "c", "NewProcessName": "e"}.items() <= one(ecs)["fields"].items()
    ecs["winlog"] = {
        "channel": "Microsoft-Windows-Sysmon/Operational",
        "event_id": 1,
        "event_data": {"Image": "native"},
    }
    assert {"CommandLine": "c", "Image": "native"}.items() <= one(ecs)["fields"].items()


def test_pairs_of_name_and_value_are_fields():
    pairs = [
        {"@Name": "CommandLine", "#text": "a\\b"},
        {"#text": "z", "@Name": "Image"},
        {"@Name": "Empty"},
        {"#text": "bare"},
    ]
    found = one({"System": {"Channel": "Security", "EventID": "4688"}, "EventData": {"Data": pairs}})
    wanted = {"CommandLine": "a\\b", "Image": "z", "Empty": "", "Data": "bare"}
    assert wanted.items() <= found["fields"].items()
    assert (
        one({"Event": {"System": {"Channel": "Security", "EventID": 1}, "EventData": {"Data": pairs[0]}}})["fields"][
            "CommandLine"
        ]
        == "a\\b"
    )


def test_products_are_known_by_their_fields():
    cloud = {
        "eventVersion": "1",
        "eventSource": "s",
        "eventName": "n",
        "eventTime": "2026-01-02T03:04:05Z",
        "userIdentity": {"type": "Root"},
    }
    found = one(cloud)
    assert (found["class"].source, found["fields"]["userIdentity.type"], found["time"]) == (
        "cloud/aws",
        "Root",
        1767323045000000,
    )
    assert one({"x": 1})["class"] == EventClass("unknown", "")


def test_text_joins_every_value_without_their_escapes():
    reading = Reading({"windows/*": frozenset()}, text=frozenset({"windows/*"}))
    event = (
        b'{"Channel":"Application","EventID":1,"Message":"a\\r\\nb","n":null,"l":["x",{"y":"\\u00e9"}],"t":true,"e":""}'
    )
    [block] = blocks(event, reading)
    assert block.batch.column(TEXT).to_pylist() == ["Application\n1\na\r\nb\nx\né\ntrue"]


def test_the_local_time_of_a_collector_is_moved_by_its_two_clocks():
    event = {"Channel": "Security", "EventID": 1, "EventTime": "2020-09-21 13:12:07"}
    clocks = {"EventReceivedTime": "2020-09-21 13:12:11", "@timestamp": "2020-09-21T17:12:11.688Z"}
    assert one({**event, **clocks})["time"] == 1600708327000000
    assert one(event)["time"] == 1600693927000000


def test_moments_of_all_forms_are_read():
    moments = {
        "2026-01-02T03:04:05Z": 0, "2026-01-02 03:04:05": 0, "2026-01-02T04:04:05+01:00": 0,
        "2026-01-01T22:34:05-0430": 0,
        "2026-01-02T03:04:05.1234567Z": 123456, "1767323045": 0, "1767323045123": 123000, "1767323045.5": 500000,
        "2026-01-02 03:04:05.678901 UTC": 678901, "2026/01/02 03:04:05": 0,
    }  # fmt: skip
    for text, micros in moments.items():
        assert one({"timestamp": text})["time"] == 1767323045000000 + micros, text
    for text in (
        "",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-01-02T25:04:05Z",
        "2026-01-02",
        "12",
        "2026-01-02T03:04:05+9",
    ):
        assert one({"timestamp": text})["time"] is None, text


def test_many_classes_and_many_keys_stay_within_bounds():
    events = [{"Channel": "Security", "EventID": n, f"key{n}": "v"} for n in range(9000)]
    found = rows(
        blocks(
            b"\n".join(orjson.dumps(event) for event in events), Reading({"windows/*": frozenset({"key1", "key8999"})})
        )
    )
    assert len(found) == 9000
    assert {row["class"].code for row in found.values()} == {str(n) for n in range(9000)}
    assert sum(len(row["fields"]) for row in found.values()) == 2
