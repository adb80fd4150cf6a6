"""Logs that grow: alerts come with the lines, a correlation when its condition holds."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from rempart.detection.census import Census
from rempart.detection.collect.follow import Grown
from rempart.detection.collect.sources import Declarations
from rempart.detection.following import Following
from rempart.detection.rules.load import load

RULES = """
title: Refus de connexion
id: 6c7b3f0e-7d5c-4d2f-9b5f-000000000001
name: refused
status: test
level: low
logsource: {product: linux, service: sshd}
detection:
  words: ['Failed password']
  condition: words
---
title: Refus en rafale
id: 6c7b3f0e-7d5c-4d2f-9b5f-000000000002
status: test
level: high
correlation:
  type: event_count
  rules: [refused]
  group-by: [host]
  timespan: 5m
  condition: {gte: 3}
"""


def line(second: int) -> bytes:
    return (
        f"<38>Nov 24 03:00:{second:02d} srv-01 sshd[1]: Failed password for root from 192.0.2.7 port 22 ssh2\n".encode()
    )


@pytest.fixture
def rules(tmp_path) -> Path:
    path = tmp_path / "rules.yml"
    path.write_text(RULES, encoding="utf-8")
    return path


def test_a_burst_is_told_when_its_third_event_comes_and_once(rules):
    compiled = load([rules])
    assert not compiled.refusals
    following = Following(compiled, Declarations(), Census())
    offset, told = 0, []
    for second in (1, 2, 3, 4):
        told.append([alert.about.title for alert in following.take(Grown("a.log", offset, line(second), second == 1))])
        offset += len(line(second))
    bursts = [titles.count("Refus en rafale") for titles in told]
    assert bursts[:2] == [0, 0]
    assert sum(bursts) == 1


def test_the_command_tells_alerts_while_a_file_grows_and_ends_on_request(rules, tmp_path):
    rules.write_text(RULES.partition("---")[0], encoding="utf-8")
    log, kept = tmp_path / "a.log", tmp_path / "alerts.jsonl"
    log.write_bytes(line(1))
    command = [Path(sys.executable).with_name("rempart"), "detection", "run", str(log), "--follow", "--no-pack"]
    with subprocess.Popen([*command, "--rules", str(rules), "--jsonl", str(kept)], stdout=subprocess.PIPE) as running:
        until = time.monotonic() + 60
        for count in (1, 2):
            while not kept.exists() or kept.read_bytes().count(b"\n") < count:
                assert time.monotonic() < until
                time.sleep(0.1)
            if count == 1:
                with log.open("ab") as file:
                    file.write(line(2))
        running.terminate()
        told = running.communicate(timeout=30)[0].decode()
    assert running.returncode == 0
    assert told.count("Refus de connexion") == 2
