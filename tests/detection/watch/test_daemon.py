"""The daemon as it runs: reload, metrics, signals, bounds, what it tells systemd, what it never logs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from rempart.detection.watch.daemon import Daemon
from rempart.detection.watch.settings import open_settings
from rempart.detection.watch.state import connect, lock
from rempart.measurement.errors import InputError
from tests.detection.watch.standin import TOOLS
from tests.detection.watch.test_killed import ROOT, START, alerts, configuration, event


@pytest.fixture
def daemon(tmp_path):
    path = configuration(tmp_path)
    made = []

    def make(extra="", log=b""):
        path.write_text(path.read_text(encoding="utf-8") + extra, encoding="utf-8")
        (tmp_path / "logs" / "a.log").write_bytes(log)
        found = Daemon(open_settings(path), TOOLS, now=(START + timedelta(hours=1)).timestamp)
        found._first_look()
        made.append(found)
        return found

    yield make
    for each in made:
        each.journal.close()
        if each.endpoint:
            each.endpoint.close()
        each._state.close()
        each._lock.close()


def always():
    return True


def turn(daemon, until=always):
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        for clock in daemon._clocks.values():
            clock.last = -1e9
        if not daemon._turn() and until():
            return
    raise AssertionError


def value(daemon, name, **labels):
    return daemon.figures.registry.get_sample_value(f"rempart_watch_{name}", labels)


def test_a_new_rule_is_taken_up_while_it_runs(daemon, tmp_path):
    watch = daemon(log=event(1, "attack one"))
    turn(watch)
    (tmp_path / "rules" / "exfiltration.yml").write_text("rule", encoding="utf-8")
    turn(watch, lambda: value(watch, "reloads_total", outcome="done") == 1)
    with (tmp_path / "logs" / "a.log").open("ab") as stream:
        stream.write(event(2, "exfiltration two"))
    turn(watch)
    assert set(alerts(tmp_path)) == {("attack", "attack one"), ("exfiltration", "exfiltration two")}


@pytest.mark.parametrize("content", ["broken", None])
def test_a_broken_set_leaves_the_old_one_running_and_is_told(daemon, tmp_path, content):
    watch = daemon()
    if content:
        (tmp_path / "rules" / "bad.yml").write_text(content, encoding="utf-8")
    else:
        for path in (tmp_path / "rules").iterdir():
            path.unlink()
    turn(watch, lambda: value(watch, "reloads_total", outcome="failed") == 1)
    with (tmp_path / "logs" / "a.log").open("ab") as stream:
        stream.write(event(2, "attack two"))
    turn(watch)
    assert set(alerts(tmp_path)) == {("attack", "attack two")}


def test_a_burst_goes_on_through_a_reload_and_a_restart_and_is_told_once(daemon, tmp_path):
    watch = daemon(log=event(1, "failure a") + event(2, "failure b"))
    turn(watch)
    (tmp_path / "rules" / "aaa.yml").write_text("rule", encoding="utf-8")
    turn(watch, lambda: value(watch, "reloads_total", outcome="done") == 1)
    with (tmp_path / "logs" / "a.log").open("ab") as stream:
        stream.write(event(3, "failure c"))
    turn(watch)
    watch._state.close()
    watch._lock.close()
    again = Daemon(watch.settings, TOOLS, now=watch._now)
    again._tail.load(again._state)
    with (tmp_path / "logs" / "a.log").open("ab") as stream:
        stream.write(event(4, "failure d"))
    turn(again)
    again.journal.close()
    again._state.close()
    again._lock.close()
    assert alerts(tmp_path) == {("burst", "failure a"): 1}


def test_state_is_bounded_and_evictions_are_counted(daemon, tmp_path):
    lines = b"".join(event(number / 100, f"failure {number}", f"srv-{number}") for number in range(3000))
    watch = daemon()
    watch._work.sifter._most = 1000
    (tmp_path / "logs" / "a.log").write_bytes(lines)
    turn(watch)
    assert watch._work.sifter.kept.num_rows <= 1000
    assert watch._state.execute("SELECT count(*) FROM kept").fetchone()[0] == watch._work.sifter.kept.num_rows
    assert value(watch, "evictions_total") >= 1900


def test_metrics_are_served_and_hold_no_name(daemon):
    watch = daemon("[metrics]\nport = 0\n", log=event(1, "attack one", "srv-secret") + b"{broken\n")
    turn(watch)
    page = urllib.request.urlopen(f"http://127.0.0.1:{watch.endpoint.port}/metrics", timeout=5).read().decode()
    for line in (
        'rempart_watch_events_total{source="linux/syslog"} 1.0', 'rempart_watch_alerts_total{level="critical"} 1.0',
        "rempart_watch_flaws_total 1.0", 'rempart_watch_rules{state="loaded"} 3.0', "rempart_watch_lag_bytes 0.0",
        "rempart_watch_incidents_unanswered 1.0", "rempart_watch_checkpoint_timestamp_seconds",
    ):  # fmt: skip
        assert line in page
    assert "srv-secret" not in page


def test_the_ledger_counts_what_came(daemon):
    watch = daemon(log=event(1, "quiet", "A") + event(2, "quiet", "b") + event(3, "quiet", "a"))
    turn(watch)
    row = watch._state.execute("SELECT * FROM ledger_days").fetchone()
    assert (row["day"], row["source"], row["events"], row["hours"]) == ("2026-11-24", "linux/syslog", 3, 1 << 3)
    assert row["delays"] == 3
    assert [host for (host,) in watch._state.execute("SELECT host FROM ledger_hosts")] == ["a", "b"]
    facts = dict(watch._state.execute("SELECT fact, value FROM ledger_facts").fetchall())
    assert facts["rules"] == 3


def test_a_block_that_breaks_a_reader_is_told_and_passed_over_alone(daemon, tmp_path):
    watch = daemon(log=b'valmont {"time": 5, "host": 3}\n')
    (tmp_path / "logs" / "b.log").write_bytes(event(1, "attack one"))
    turn(watch)
    assert set(alerts(tmp_path)) == {("attack", "attack one")}
    assert value(watch, "flaws_total") == 1


def test_two_watches_never_share_a_state(tmp_path):
    connect(tmp_path).close()
    held = lock(tmp_path)
    with pytest.raises(InputError, match="another watch"):
        lock(tmp_path)
    held.close()


def test_a_rotated_alert_file_is_begun_anew(daemon, tmp_path):
    watch = daemon(log=event(1, "attack one"))
    turn(watch)
    path = tmp_path / "state" / "alerts.jsonl"
    path.rename(tmp_path / "old.jsonl")
    with (tmp_path / "logs" / "a.log").open("ab") as stream:
        stream.write(event(2, "attack two"))
    turn(watch)
    assert [json.loads(line)["message"] for line in path.read_bytes().splitlines()] == ["attack two"]


def test_it_tells_systemd_reloads_on_hangup_and_ends_well_on_term(tmp_path):
    path = configuration(tmp_path)
    (tmp_path / "logs" / "a.log").write_bytes(event(1, "attack password=Azerty123 one"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd, (tmp_path / "log").open("wb") as log:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        environment = {
            **os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "WATCHDOG_USEC": "600000",
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.detection.watch.standin", str(path)], cwd=ROOT, stderr=log, env=environment
        )
        assert systemd.recv(200).startswith(b"READY=1")
        assert systemd.recv(200) == b"WATCHDOG=1"
        process.send_signal(signal.SIGHUP)
        assert systemd.recv(200) == b"WATCHDOG=1"
        process.terminate()
        while systemd.recv(200) != b"STOPPING=1":
            pass
        assert process.wait(30) == 0
    told = (tmp_path / "log").read_text(encoding="utf-8")
    assert "event=watching" in told
    assert "event=stopped" in told
    assert "Azerty" not in told
    assert set(alerts(tmp_path)) == {("attack", "attack password=Azerty123 one")}


def test_mistakes_of_the_configuration_are_all_told(tmp_path):
    path = tmp_path / "detection.toml"
    path.write_text(
        'state = "s"\nspeed = 9\n[follow]\npaths = ["x"]\nevery = 0\n[[listen]]\ntransport = "tls"\nport = 1\n'
        '[webhook]\nurl = "http://soc.example/"\nsecret_file = "x"\n[escalation]\ndelay = "soon"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as raised:
        open_settings(path)
    told = str(raised.value)
    for part in ("speed", "follow.every", "listen.0", "needs certificate and key", "use https", "15m, 2h"):
        assert part in told


def test_paths_are_taken_from_the_folder_of_the_file(tmp_path):
    settings = open_settings(configuration(tmp_path))
    assert settings.state == tmp_path / "state"
    assert settings.follow.paths == (str(tmp_path / "logs"),)


def test_the_day_of_start_is_written_once(daemon):
    watch = daemon()
    began = watch._state.execute("SELECT value FROM meta WHERE key = 'began'").fetchone()[0]
    assert datetime.fromtimestamp(float(began), UTC) == START + timedelta(hours=1)


def test_the_roster_is_read_again_when_it_changes_and_a_broken_one_is_refused(daemon, tmp_path):
    roster = tmp_path / "roster.toml"
    whole = '[[person]]\nid = "{0}"\nname = "{0}"\n[[period]]\npeople = ["{0}"]\n'
    roster.write_text(whole.format("anne"), encoding="utf-8")
    path = tmp_path / "detection.toml"
    path.write_text('roster = "roster.toml"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    watch = daemon()
    for content, name in ((whole.format("bob"), "bob"), ("[[person]]\n", "bob")):
        roster.write_text(content, encoding="utf-8")
        os.utime(roster, ns=(time.time_ns(), time.time_ns()))
        turn(watch)
        assert watch._tellers.roster.people[0].id == name
