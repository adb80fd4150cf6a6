"""The same verdicts as checkdmarc on the lab's zones; what differs is written in docs/exposure-oracles.md."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.exposure.lab import zones
from tests.exposure.mail.conftest import NAMES
from tests.exposure.oracles import environment

DOMAINS = [name for name in NAMES if name.count(".") == 1]
NOT_ANSWERED = {"expired.test", "wrongds.test"}
"""Zones whose signatures do not hold: checkdmarc hears SERVFAIL, we ask for the records all the same."""
ALL = {"pass": "+", "neutral": "?", "softfail": "~", "fail": "-"}


@pytest.fixture(scope="module")
def peer(lab):
    """What checkdmarc says of each domain."""
    script = Path(__file__).with_name("ask_checkdmarc.py")
    command = [environment("checkdmarc"), script, zones.RESOLVERS[0], lab.authority, *DOMAINS]
    done = subprocess.run(lab.namespace.command([*map(str, command)]), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def ours(lab, frame):
    return {row["subject"]: row for row in lab.maker().surface().facts(frame).iter_rows(named=True)}


def test_spf_is_valid_for_both_or_for_none(lab, peer):
    found = ours(lab, "spf")
    judged = set(DOMAINS) - NOT_ANSWERED
    assert {name: found[name]["problems"] == [] for name in judged} == {
        name: peer[name]["spf"]["valid"] for name in judged
    }
    assert not any(peer[name]["spf"]["valid"] for name in NOT_ANSWERED)


def test_spf_ends_alike_and_costs_alike(lab, peer):
    found = ours(lab, "spf")
    told = [name for name in DOMAINS if peer[name]["spf"]["valid"]]
    assert told
    assert {name: (found[name]["final"], found[name]["lookups"]) for name in told} == {
        name: (ALL[peer[name]["spf"]["parsed"]["all"]], peer[name]["spf"]["dns_lookups"]) for name in told
    }
    assert peer["deep.test"]["spf"]["dns_lookups"] == found["deep.test"]["lookups"] == 11


def test_dmarc_asks_for_the_same(lab, peer):
    found = ours(lab, "dmarc")
    judged = set(DOMAINS) - NOT_ANSWERED
    there = {name for name in judged if peer[name]["dmarc"]["valid"]}
    assert there == {name for name in judged if found[name]["state"] == "present"}
    for name in there:
        tags = {tag: said["value"] for tag, said in peer[name]["dmarc"]["tags"].items()}
        mine = (found[name]["policy"], found[name]["subdomains"], found[name]["nonexistent"], found[name]["testing"])
        assert mine == (tags["p"], tags["sp"], tags["np"], tags["t"] == "y")
        assert found[name]["found_at"] == peer[name]["dmarc"]["location"]


def test_mta_sts_is_read_alike(lab, peer):
    found = ours(lab, "mta_sts")
    valid = {name for name in DOMAINS if peer[name]["mta_sts"]["valid"]}
    assert valid == {name for name in DOMAINS if found[name]["read"] == "read"} == {"valmont.test"}
    assert peer["valmont.test"]["mta_sts"]["policy"]["mode"] == found["valmont.test"]["mode"]
