import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.exposure.collect.outside import IMPORTERS, read_outside, template, with_outside
from rempart.measurement.errors import InputError
from tests.exposure.maker import Maker

NMAP = b"""<?xml version="1.0"?>
<nmaprun scanner="nmap"><host endtime="1795000000"><address addr="192.0.2.10" addrtype="ipv4"/>
<hostnames><hostname name="pacs.valmont.example"/></hostnames><ports>
<port protocol="tcp" portid="104"><state state="open"/><service name="dicom" product="Orthanc" version="1.10"/></port>
<port protocol="tcp" portid="22"><state state="closed"/></port></ports></host></nmaprun>"""
NUCLEI = {
    "template-id": "git-config",
    "info": {"name": "Git Config", "severity": "medium"},
    "matched-at": "https://www.valmont.example:8443/.git/config",
    "ip": "192.0.2.11",
    "timestamp": "2026-11-02T10:00:00Z",
}
TESTSSL = [
    {"id": "TLS1", "ip": "www.valmont.example/192.0.2.11", "port": "443", "severity": "LOW", "finding": "offered"},
    {"id": "HSTS", "ip": "www.valmont.example/192.0.2.11", "port": "443", "severity": "OK", "finding": "fine"},
]


def read(tmp_path: Path, content: bytes | str):
    path = tmp_path / "constats"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_outside(path)


def test_the_template_reads_back_as_it_is_given(tmp_path):
    rows = read(tmp_path, template.render())
    assert [(row["source"], row["subject"], row["address"], row["port"]) for row in rows.findings] == [
        ("SILENE", "vpn.valmont.example", "", 443),
        ("CERT Santé", "", "192.0.2.10", 25),
    ]
    assert rows.findings[0]["at"] == datetime(2026, 11, 2, tzinfo=UTC)
    assert not rows.flaws


def test_a_line_that_lacks_something_is_a_flaw_with_its_number(tmp_path):
    rows = read(tmp_path, "source;date;systeme;titre\nSILENE;hier;a.example;x\nSILENE;2026-01-02;b.example;y\n")
    assert len(rows.findings) == 1
    assert rows.flaws[0]["place"].endswith("constats:2")


def test_nmap_gives_its_open_ports(tmp_path):
    (found,) = read(tmp_path, NMAP).findings
    assert (found["subject"], found["address"], found["port"]) == ("pacs.valmont.example", "192.0.2.10", 104)
    assert found["detail"] == "Orthanc 1.10"
    assert found["at"] == datetime.fromtimestamp(1795000000, UTC)


@pytest.mark.parametrize("content", [json.dumps(NUCLEI) + "\n", json.dumps([NUCLEI])])
def test_nuclei_gives_its_matches_as_lines_or_as_a_list(tmp_path, content):
    (found,) = read(tmp_path, content).findings
    assert (found["title"], found["severity"], found["port"]) == ("Git Config", "medium", 8443)
    assert (found["subject"], found["address"]) == ("www.valmont.example", "192.0.2.11")


def test_testssl_gives_what_it_ranks(tmp_path):
    (found,) = read(tmp_path, json.dumps(TESTSSL)).findings
    assert (found["title"], found["severity"], found["address"]) == ("TLS1 : offered", "low", "192.0.2.11")


def test_findings_join_a_snapshot_and_its_digest_is_taken_anew(tmp_path):
    path = tmp_path / "nmap.xml"
    path.write_bytes(NMAP)
    joined = with_outside(Maker().snapshot(), [path])
    assert joined.outside.height == 1
    assert joined.manifest.counts["outside"] == 1
    assert joined.digest == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01", "unknown form"),
        (b"<nmaprun><host>", "unreadable XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><nmaprun/>', "entities"),
        ("source;date;systeme;titre\né".encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_bad_file_says_what_and_where(tmp_path, content, said):
    with pytest.raises(InputError, match=said) as caught:
        read(tmp_path, content)
    assert "constats" in (caught.value.where or "")


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(InputError, match="unreadable file"):
        read_outside(tmp_path / "nulle-part")


@given(st.sampled_from([NMAP, json.dumps([NUCLEI]).encode(), json.dumps(TESTSSL).encode()]), st.data())
def test_damaged_files_give_findings_flaws_or_a_clear_error(content, data):
    place = data.draw(st.integers(0, len(content)))
    damaged = content[:place] + data.draw(st.binary(max_size=8)) + content[place:]
    for importer in IMPORTERS:
        if importer.recognises(damaged):
            with contextlib.suppress(InputError):
                importer.read(damaged, "constats")
