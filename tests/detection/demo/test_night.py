"""The fictional night: the same every time, as large as a real one, and nobody real in it."""

import re
from pathlib import Path

import pytest
from sigma.filters import SigmaFilter

from rempart.detection import pack
from rempart.detection.demo import night


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> night.Night:
    return night.write(tmp_path_factory.mktemp("night"))


def test_the_same_seed_writes_the_same_bytes_and_another_one_does_not(written: night.Night, tmp_path: Path):
    again, other = night.write(tmp_path / "again"), night.write(tmp_path / "other", seed=7)
    assert [path.read_bytes() for path in again.logs] == [path.read_bytes() for path in written.logs]
    assert [path.read_bytes() for path in other.logs] != [path.read_bytes() for path in written.logs]


def test_the_night_has_the_volume_of_a_real_one(written: night.Night):
    assert 40_000 < written.events < 60_000
    assert {path.name for path in written.logs} == {
        "postes-nxlog.jsonl",
        "serveurs-winlogbeat.jsonl",
        "access.log",
        "syslog.log",
        "u_ex.log",
        "parefeu.log",
        "vpn.csv",
        "bastion.csv",
        "dpi-acces.csv",
        "pacs.jsonl",
        "hl7-eai.log",
    }


def test_the_story_runs_through_the_night_in_order(written: night.Night):
    moments = [step.at for step in written.steps]
    assert moments == sorted(moments)
    assert written.first < moments[0]
    assert moments[-1] < written.last
    assert f"{moments[0]:%H:%M}" == "22:47"
    nxlog = next(path for path in written.logs if path.name == "postes-nxlog.jsonl").read_text(encoding="utf-8")
    trapped = next(line for line in nxlog.splitlines() if "Facture_8841" in line)
    assert '"@timestamp":"2026-11-23T21:47:00.000Z","EventTime":"2026-11-23 22:47:00"' in trapped


def test_every_step_names_rules_of_the_pack(written: night.Night):
    texts = "".join(path.read_text(encoding="utf-8") for path in pack.rules())
    for step in written.steps:
        assert step.rules
        assert step.title.fr != step.title.en
        assert all(f"id: {rule}\n" in texts for rule in step.rules)
    assert all(f"id: {rule}\n" in texts for rule in written.odd)


def test_what_is_expected_is_told_by_a_filter(written: night.Night):
    known = SigmaFilter.from_yaml(written.filters.read_text(encoding="utf-8"))
    assert {str(rule.reference) for rule in known.filter.rules} <= set(written.odd)


def test_nobody_real_is_in_the_night(written: night.Night):
    ours = re.compile(r"^(10|127|198\.51\.100|203\.0\.113|192\.0\.2|255)\.|^1\.2\.250\.1$|^4\.18\.\d+")
    for path in written.logs:
        text = path.read_text(encoding="utf-8")
        found = set(re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text))
        assert {address for address in found if not ours.match(address)} == set(), path
        assert not re.search(r"@(?![\w.-]*\.(example|test)\b|timestamp)[\w-]+\.[a-z]{2,}", text, re.IGNORECASE), path
