"""The kernel against the slow evaluator on real events and real rules."""

import lzma
import tarfile
from collections import defaultdict
from dataclasses import replace

import orjson
import pytest

from rempart.detection.events import NULL, EventClass
from rempart.detection.kernel import Machine, program
from rempart.detection.rules.load import load
from tests.detection.kernel import oracle
from tests.detection.kernel.making import block
from tests.shared_data import needs_data, shared_data

SAMPLE = "detection/otrf-windows-sample-20k.jsonl.xz"
RULES = "detection/sigmahq-rules.tar.xz"
SOURCES = {
    "Microsoft-Windows-Sysmon/Operational": "windows/sysmon",
    "Security": "windows/security",
    "Microsoft-Windows-PowerShell/Operational": "windows/powershell",
}
FOLDERS = (
    "process_access",
    "process_creation",
    "registry",
    "image_load",
    "powershell",
    "builtin",
    "network_connection",
    "pipe_created",
)
EVENTS_A_CLASS = 40
RULES_A_CLASS = 200


def text(value):
    if value is None:
        return NULL
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    with tarfile.open(shared_data(RULES)) as archive:
        members = [one for one in archive if any(f"/windows/{name}/" in one.name for name in FOLDERS)]
        archive.extractall(folder, members, filter="data")
    return load([folder])


@pytest.fixture(scope="module")
def by_class():
    """Events spread over the sample: a few a class, without the text that repeats them."""
    kept = defaultdict(list)
    with lzma.open(shared_data(SAMPLE)) as lines:
        for line in lines:
            event = orjson.loads(line)
            source = SOURCES.get(event["Channel"])
            found = kept[EventClass(source or "", str(event["EventID"]))]
            if source and len(found) < EVENTS_A_CLASS:
                found.append({name: text(value) for name, value in event.items() if name != "Message"})
    return {event_class: events for event_class, events in kept.items() if events}


@needs_data(SAMPLE)
@needs_data(RULES)
def test_the_kernel_finds_what_the_oracle_finds_in_real_events(compiled, by_class):
    tried, matched = set(), 0
    for event_class, events in by_class.items():
        rules = sorted({number for number, _ in compiled.looking_at(*event_class)})
        rules = rules[:: max(1, len(rules) // RULES_A_CLASS)]
        some = replace(compiled, rules=tuple(compiled.rules[number] for number in rules), correlations=())
        tried.update(rules)
        found = Machine(program(some, event_class)).match(block(events, event_class=event_class).batch)
        expected = [
            (rule, row) for row, event in enumerate(events) for rule in oracle.matches(some, event_class, event)
        ]
        assert list(zip(found.rules.tolist(), found.rows.tolist(), strict=True)) == sorted(expected), event_class
        matched += len(expected)
    assert len(tried) > 600
    assert matched > 20
