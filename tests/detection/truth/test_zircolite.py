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
BUILT_IN = {("windows/security", code) for code in ("4688", "4657", "5156")}
"""Events that categories of Sysmon also stand for, and that the reference run did not look at."""
EXPLAINED = tomllib.loads(Path(__file__).with_name("differences.toml").read_text(encoding="utf-8"))["difference"]

pytestmark = needs_data(REFERENCE)


@pytest.fixture(scope="module")
def differing():
    """The rules whose matches differ in either set, and how many have the very same ones."""
    reference = json.loads(lzma.decompress(shared_data(REFERENCE).read_bytes()))["results"]
    rules, same = set(), 0
    for name, archive in SETS.items():
        ours, _ = matched([unpacked(archive)], sigmahq())
        theirs = {rule: {(event[0], event[3]) for event in told["events"]} for rule, told in reference[name].items()}
        for rule in ours.keys() | theirs.keys():
            found, known = ours.get(rule, set()), theirs.get(rule, set())
            here = {(place.file, place.record) for place in found if (place.source, place.code) not in BUILT_IN}
            elsewhere = {(place.file, place.record) for place in found} - here
            if here | (elsewhere & known) == known:
                same += 1
            else:
                rules.add(rule)
    return rules, same


def test_every_difference_is_explained_and_every_explanation_is_of_use(differing):
    rules, same = differing
    assert rules == {rule for each in EXPLAINED for rule in each["rules"]}
    assert same > 500
