"""Syslog: headers of both kinds, what programs say inside, and devices that speak through it."""

from datetime import UTC, datetime

import pytest

from rempart.detection.collect.sources import Declared
from tests.detection.formats.reading import fields, read
from tests.detection.formats.samples import COUNTED, DEVICES, MODERN, SYSLOG


def by(rows, **wanted):
    found = [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]
    assert len(found) == 1, found
    return found[0]


def one(line, declared=None):
    rows, _ = read("syslog", line if isinstance(line, bytes) else line.encode(), declared)
    assert len(rows) == 1
    return rows[0]


def test_ssh_says_who_from_where_and_how_it_ended():
    rows, _ = read("syslog", SYSLOG)
    failed = by(rows, **{"@code": "sshd"}, outcome="failure")
    assert fields(failed) == {
        "host": "web1",
        "program": "sshd",
        "pid": "1234",
        "facility": "auth",
        "severity": "info",
        "message": "Failed password for invalid user admin from 203.0.113.7 port 52344 ssh2",
        "user": "admin",
        "src_ip": "203.0.113.7",
        "src_port": "52344",
        "method": "password",
        "action": "login",
        "outcome": "failure",
    }
    accepted = by(rows, program="sshd-session")
    assert (accepted["@code"], accepted["user"], accepted["method"], accepted["outcome"]) == (
        "sshd",
        "alice",
        "publickey",
        "success",
    )


def test_sudo_cron_su_pam_systemd_and_groups_give_their_fields():
    rows, _ = read("syslog", SYSLOG)
    allowed = by(rows, **{"@code": "sudo"}, outcome="success")
    assert (allowed["user"], allowed["USER"], allowed["COMMAND"]) == ("alice", "root", "/bin/bash -c id")
    assert by(rows, **{"@code": "sudo"}, outcome="failure")["reason"] == "user NOT in sudoers"
    assert by(rows, **{"@code": "cron"})["command"] == "/usr/local/bin/sauvegarde --tout"
    assert by(rows, **{"@code": "su"})["target_user"] == "root"
    assert by(rows, **{"@code": "systemd"})["unit"] == "ssh.service"
    assert by(rows, **{"@code": "gdm"})["user"] == "carole"
    assert by(rows, pam_type="session")["action"] == "opened"
    assert by(rows, **{"@code": "usermod"})["group"] == "sudo"


def test_structured_data_become_fields_and_the_mark_before_the_message_goes():
    rows, census = read("syslog", MODERN)
    assert fields(rows[0]) == {
        "host": "dpi.valmont.example",
        "program": "dpi",
        "pid": "111",
        "msgid": "ID47",
        "facility": "auth",
        "severity": "crit",
        "patient": '12"3',
        "unit": "a]b\\c",
        "ip": "192.0.2.5",
        "message": "Dossier ouvert : été",
    }
    assert rows[0]["@time"] == datetime(2026, 11, 24, 18, 47, 38, 3000, UTC)
    assert rows[1]["@time"] == datetime(2026, 11, 24, 18, 47, 38, tzinfo=UTC)
    assert "@time" not in rows[2]
    assert census.flawed == 0


def test_messages_counted_by_octets_are_taken_apart_wherever_a_chunk_ends():
    rows, _ = read("syslog", COUNTED, size=20)
    assert [row["message"] for row in rows] == ["one two", "three", "four"]
    assert [COUNTED[row["@offset"] :][:8] for row in rows] == [b"<34>1 20"] * 3


@pytest.mark.parametrize(
    ("line", "source", "expected"),
    [
        (
            "filterlog[123]: 5",
            "network/firewall",
            {"action": "block", "src_ip": "203.0.113.7", "dst_port": "3389", "protocol": "tcp"},
        ),
        (
            "pf1 filterlog",
            "network/firewall",
            {"action": "pass", "src_ip": "2001:db8::7", "dst_ip": "2001:db8::1", "dst_port": "53"},
        ),
        (
            "FW-DROP",
            "network/firewall",
            {"action": "drop", "src_ip": "203.0.113.7", "dst_port": "22", "rule": "FW-DROP:"},
        ),
        ("106023", "network/firewall", {"action": "deny", "dst_ip": "10.1.1.1", "dst_port": "3389", "host": "asa1"}),
        ("Built inbound", "network/firewall", {"action": "accept", "src_ip": "203.0.113.7", "dst_ip": "10.1.1.1"}),
        ("Built outbound", "network/firewall", {"action": "accept", "src_ip": "10.1.1.1", "dst_ip": "203.0.113.7"}),
        ("113015", "hospital/vpn", {"user": "bob", "outcome": "failure", "src_ip": "203.0.113.9"}),
        ("113039", "hospital/vpn", {"user": "alice", "outcome": "success", "src_ip": "203.0.113.9"}),
        ("query[A]", "network/dns", {"query": "c2.evil.example", "record_type": "A", "src_ip": "10.0.0.5"}),
        ("reply c2", "network/dns", {"query": "c2.evil.example", "answer": "203.0.113.66"}),
        ("IN TXT", "network/dns", {"query": "c2.evil.example", "record_type": "TXT", "src_ip": "10.1.2.3"}),
        ("unbound", "network/dns", {"query": "c2.evil.example", "record_type": "A", "src_ip": "10.0.0.5"}),
        ("Peer Connection", "hospital/vpn", {"user": "alice", "outcome": "success", "src_ip": "203.0.113.7"}),
        ("verification failed", "hospital/vpn", {"outcome": "failure", "src_ip": "203.0.113.7"}),
        ("IKE_SA", "hospital/vpn", {"user": "alice@valmont.example", "outcome": "success", "src_ip": "203.0.113.7"}),
        (
            "Linux-Sysmon",
            "linux/sysmon",
            {
                "EventID": "1",
                "Image": "/usr/bin/curl",
                "CommandLine": "curl http://evil.example/?a=1&b=2",
                "RuleName": "",
            },
        ),
        (
            "CEF:0",
            "valmont/antivirus",
            {"src_ip": "192.0.2.10", "user": "alice", "Lieu": "Salle 3", "msg": "a=b", "name": "Menace | détectée"},
        ),
        (
            "USER_AUTH",
            "linux/auditd",
            {"acct": "root", "res": "failed", "addr": "203.0.113.7", "type": "USER_AUTH", "node": "srv1"},
        ),
    ],
)
def test_a_message_goes_where_it_belongs(line, source, expected):
    mine = [text for text in DEVICES.splitlines(keepends=True) if line.encode() in text]
    row = one(mine[0])
    assert row["@source"] == source
    assert {key: row.get(key) for key in expected} == expected
    assert f"{row['@time']:%F}" == "2026-11-24"


def test_a_moment_without_a_year_is_of_the_year_that_just_ended():
    december = one("Dec 31 23:59:59 srv app: x")
    assert december["@time"] == datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert one("Nov 25 00:00:01 srv app: x")["@time"].year == 2026
    assert one("Feb 29 12:00:00 srv app: x")["@time"] == datetime(2024, 2, 29, 12, tzinfo=UTC)


def test_a_moment_without_a_zone_is_of_the_declared_one_else_utc_and_counted():
    line = b"Jul 14 12:00:00 srv app: x\n"
    rows, census = read("syslog", line)
    assert (rows[0]["@time"].hour, census.unzoned) == (12, 1)
    rows, census = read("syslog", line, Declared(zone="Europe/Paris"))
    assert (rows[0]["@time"].hour, census.unzoned) == (10, 0)


def test_an_hour_that_summer_time_skips_or_repeats_has_a_moment():
    skipped = one("2026-03-29 02:30:00 srv app: x", Declared(zone="Europe/Paris"))
    assert skipped["@time"] == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    repeated = one("2025-10-26 02:30:00 srv app: x", Declared(zone="Europe/Paris"))
    assert repeated["@time"] == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_what_has_no_header_is_unknown_and_counted():
    rows, census = read("syslog", b"Nov 24 18:47:38 srv app: x\n\tat java.lang.Thread\n")
    assert [row["@source"] for row in rows] == ["linux/syslog", "unknown"]
    assert (census.flawed, census.flaws[0].place) == (1, "f.log:27")


def test_text_of_western_windows_is_read_and_its_places_stay():
    data = "Nov 24 18:47:38 srv app: mémoire à côté\nNov 24 18:47:39 srv app: x\n".encode("cp1252")
    rows, _ = read("syslog", data)
    assert rows[0]["message"] == "mémoire à côté"
    assert data[rows[1]["@offset"] :].startswith(b"Nov 24 18:47:39")


def test_a_program_the_hospital_declared_speaks_for_its_source():
    sender = Declared(
        programs=("bastion",),
        source="hospital/maintenance",
        pattern=r"user=(?P<user>\S+) (?P<outcome>\w+)",
        values={"outcome": {"ok": "success"}},
    )
    row = one("Nov 24 18:47:38 srv bastion[1]: session user=bob ok", Declared(senders=(sender,)))
    assert (row["@source"], row["user"], row["outcome"], row["host"]) == (
        "hospital/maintenance",
        "bob",
        "success",
        "srv",
    )
