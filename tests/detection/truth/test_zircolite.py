"""What an independent engine matched in two public sets of logs: every difference is known and explained."""

import json
import lzma
import tomllib
from pathlib import Path

import pytest

from tests.detection.truth.truths import matched, sigmahq, unpacked
from tests.shared_data import needs_data, shared_data

REFERENCE = "detection/reference-zircolite-matches.json.xz"
SETS = {"EVTX-ATTACK-SAMPLES": "evtx-attack-samples", "EVTX-to-MITRE-Attack": "evtx-to-mitre-attack"}
EXPLAINED = tomllib.loads(Path(__file__).with_name("differences.toml").read_text(encoding="utf-8"))

pytestmark = needs_data(REFERENCE)


@pytest.fixture(scope="module")
def reference():
    path = shared_data(REFERENCE)
    return json.loads(lzma.open(path).read())["results"]


@pytest.mark.parametrize("name", SETS)
def test_the_same_rules_match_the_same_events_but_for_what_is_explained(name, reference):
    ours, _ = matched([unpacked(SETS[name])], sigmahq())
    theirs = {
        rule: frozenset((event[0], event[3]) for event in told["events"]) for rule, told in reference[name].items()
    }
    differing = {rule for rule in ours.keys() | theirs.keys() if ours.get(rule) != theirs.get(rule)}
    explained = {rule for each in EXPLAINED["difference"] if name in each["sets"] for rule in each["rules"]}
    assert differing == explained
