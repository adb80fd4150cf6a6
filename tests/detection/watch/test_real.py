"""The watch with the real pieces: rules of a folder and of the pack, formats mixed on a port, an archive, the event."""

import gzip
import json
import os
import socket
import time
from datetime import UTC, datetime

import pytest

from rempart.detection.watch.daemon import Daemon
from rempart.detection.watch.real import real_tools
from rempart.detection.watch.settings import open_settings

RULES = """
title: Mot de passe refusé
id: 6d8f6f0e-6f0c-4c57-9a53-0c5f7a3a0001
logsource: {product: linux, service: sshd}
detection:
  refused: {'|all': ['Failed password', 'root']}
  condition: refused
level: high
---
title: Journal effacé
id: 6d8f6f0e-6f0c-4c57-9a53-0c5f7a3a0002
logsource: {product: windows, service: security}
detection:
  cleared: {EventID: 1102}
  condition: cleared
level: critical
"""


@pytest.fixture
def watch(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yml").write_text(RULES, encoding="utf-8")
    (tmp_path / "logs").mkdir()
    path = tmp_path / "detection.toml"
    path.write_text(
        'state = "state"\npack = false\nrules = ["rules"]\n[follow]\npaths = ["logs"]\nstart = "beginning"\n'
        '[[listen]]\ntransport = "tcp"\nport = 0\n[escalation]\nrecent = "9999d"\n',
        encoding="utf-8",
    )
    settings = open_settings(path)
    daemon = Daemon(settings, real_tools(settings))
    daemon._first_look()
    daemon.listener.begin()
    yield daemon
    daemon._end()


def cleared(number):
    return {
        "EventID": 1102, "Channel": "Security", "Computer": f"srv-{number}", "EventRecordID": number,
        "TimeCreated": "2026-11-24T03:12:00Z", "SubjectUserName": "intrus",
    }  # fmt: skip


def test_it_alerts_on_files_archives_and_what_a_port_receives(watch, tmp_path):
    (tmp_path / "logs" / "a.json").write_text(json.dumps(cleared(1)) + "\n", encoding="utf-8")
    packed = tmp_path / "logs" / "old.json.gz"
    packed.write_bytes(gzip.compress(json.dumps(cleared(2)).encode() + b"\n"))
    os.utime(packed, (1, 1))
    with socket.create_connection(watch.listener.addresses[0], timeout=5) as channel:
        moment = datetime.now(UTC).strftime("%b %d %H:%M:%S")
        channel.sendall(f"<38>{moment} srv-3 sshd[1]: Failed password for root from 192.0.2.7 port 2 ssh2\n".encode())
        channel.sendall(json.dumps(cleared(4)).encode() + b"\n")
    found = {}
    limit = time.monotonic() + 120
    while len(found) < 4 and time.monotonic() < limit:
        watch._clocks["look"].last = -1e9
        watch._turn()
        rows = watch._state.execute("SELECT line FROM alerts").fetchall()
        found = {each["host"]["name"]: each for each in (json.loads(row["line"]) for row in rows)}
    assert set(found) == {"srv-1", "srv-2", "srv-3", "srv-4"}
    assert found["srv-1"]["rule"]["name"] == "Journal effacé"
    assert found["srv-3"]["rempart"]["incident"].startswith("I-")
    whole = json.loads(found["srv-4"]["event"]["original"])["event"]
    assert whole["SubjectUserName"] == "intrus"
    assert whole["EventRecordID"] == "4"
