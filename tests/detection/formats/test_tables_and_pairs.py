"""CEF, LEEF, key=value, access logs, W3C, squid, CSV: their fields, their escapes, their moments."""

from datetime import UTC, datetime

from rempart.detection.collect.sources import Declared
from tests.detection.formats.reading import fields, read
from tests.detection.formats.samples import (
    ACCESS,
    APACHE_ERRORS,
    BIND,
    CEF,
    CSV,
    FORTIGATE,
    IIS,
    NGINX_ERRORS,
    OPENVPN,
    PAIRS,
    PROXY,
    SQUID,
    UNBOUND,
    VIEWER,
)

AT = datetime(2026, 11, 24, 18, 47, 38, tzinfo=UTC)


def test_cef_undoes_escapes_and_names_what_labels_name():
    rows, _ = read("cef", CEF)
    first = rows[0]
    assert (first["@source"], first["@code"], first["@time"]) == ("valmont/antivirus", "100", AT)
    assert (first["name"], first["msg"]) == ("Menace | neutralisée", "ligne un\nligne a=b")
    assert (first["cs1"], first["Lieu"], first["user"]) == ("Salle 3", "Salle 3", "alice")
    wall = rows[1]
    assert (wall["@source"], wall["src_ip"], wall["dst_port"], wall["action"], wall["@time"]) == (
        "network/firewall",
        "203.0.113.7",
        "3389",
        "block",
        AT,
    )


def test_leef_takes_tabs_or_what_it_declares():
    rows, _ = read("cef", CEF)
    assert [(row["user"], row["src_ip"], row["@source"]) for row in rows[2:]] == [
        ("bob", "203.0.113.9", "valmont/bastion"),
        ("carole", "203.0.113.9", "valmont/bastion"),
    ]


def test_pairs_undo_quotes_and_keep_empty_values():
    rows, _ = read("pairs", PAIRS)
    assert rows[0]["msg"] == 'dossier ouvert par "alice"'
    assert rows[1]["vide"] == ""
    assert (rows[0]["@time"], rows[0]["@source"]) == (AT, "unknown")
    rows, _ = read("pairs", PAIRS, Declared(files=("*",), source="hospital/records", code="level"))
    assert {(row["@source"], row["@code"]) for row in rows} == {
        ("hospital/records", "info"),
        ("hospital/records", "warn"),
    }


def test_pairs_may_be_parted_by_commas():
    rows, _ = read("pairs", b'a=1,b="x, y",c=3\na=2,b=z,c=4\n')
    assert [(row["a"], row["b"], row["c"]) for row in rows] == [("1", "x, y", "3"), ("2", "z", "4")]


def test_fortigate_is_sorted_by_what_it_tells():
    rows, _ = read("pairs", FORTIGATE)
    wall, refused, opened, changed = rows
    assert (wall["@source"], wall["src_ip"], wall["dst_port"], wall["action"], wall["host"]) == (
        "network/firewall",
        "10.1.2.3",
        "104",
        "deny",
        "FGT-VALMONT",
    )
    assert wall["@time"] == datetime(2026, 11, 24, 17, 47, 38, tzinfo=UTC)
    assert (refused["@source"], refused["user"], refused["src_ip"], refused["outcome"]) == (
        "hospital/vpn",
        "bob",
        "203.0.113.9",
        "failure",
    )
    assert (opened["outcome"], opened["country"]) == ("success", "France")
    assert (changed["@source"], changed["cfgpath"], changed["msg"]) == (
        "fortigate/event",
        "system.admin",
        'Add system.admin "secours"',
    )


def test_access_logs_have_the_names_of_w3c():
    rows, _ = read("access", ACCESS)
    assert fields(rows[0]) == {
        "c-ip": "203.0.113.7",
        "cs-username": "alice",
        "cs-method": "GET",
        "cs-uri-stem": "/portail.php",
        "cs-uri-query": "id=1%27%20OR",
        "cs-version": "HTTP/1.1",
        "sc-status": "200",
        "sc-bytes": "512",
        "cs-referer": "https://www.valmont.example/",
        "cs-user-agent": 'Mozilla/5.0 "test"',
    }
    assert rows[0]["@time"] == datetime(2026, 11, 24, 17, 47, 38, tzinfo=UTC)
    assert (rows[1]["cs-host"], rows[1]["c-ip"]) == ("www.valmont.example", "192.0.2.9")
    assert rows[2]["cs-uri-stem"] == "\\x16\\x03\\x01"
    assert "cs-user-agent" not in rows[3]


def test_iis_may_change_its_columns():
    rows, _ = read("w3c", IIS)
    assert (rows[0]["cs-user-agent"], rows[0]["cs-uri-query"], rows[0]["@time"]) == ("Mozilla/5.0 (Windows)", "a=1", AT)
    assert "cs-username" not in rows[0]
    assert fields(rows[1]) == {
        "date": "2026-11-24",
        "time": "18:47:39",
        "c-ip": "203.0.113.8",
        "cs-method": "POST",
        "cs-uri-stem": "/ecp/",
    }
    assert {row["@source"] for row in rows} == {"web/access"}


def test_a_line_of_another_width_is_unknown_and_counted():
    rows, census = read("w3c", IIS + b"2026-11-24 trop court\r\n")
    assert (rows[-1]["@source"], census.flawed) == ("unknown", 1)


def test_a_proxy_gives_the_names_rules_on_proxies_read():
    row = read("w3c", PROXY)[0][0]
    assert row["@source"] == "web/proxy"
    assert (row["c-uri"], row["c-uri-extension"], row["c-useragent"]) == (
        "http://evil.example/a/b.exe?x=1",
        "exe",
        "Mozilla 5 test",
    )
    assert (row["src_ip"], row["dst_ip"], row["cs-host"], row["sc-status"]) == (
        "10.0.0.7",
        "203.0.113.9",
        "evil.example",
        "200",
    )
    plain, tunnel = read("squid", SQUID)[0]
    assert (plain["c-uri"], plain["c-uri-query"], plain["cs-host"], plain["cs-username"]) == (
        "http://evil.example/a.exe?x=1",
        "x=1",
        "evil.example",
        "alice",
    )
    assert (tunnel["cs-host"], tunnel["cs-uri-port"], tunnel["cs-method"], tunnel["sc-status"]) == (
        "drive.example",
        "443",
        "CONNECT",
        "403",
    )
    assert "dst_ip" not in tunnel


RECORDS = Declared(
    files=("*.csv",),
    source="hospital/records",
    code="action",
    zone="Europe/Paris",
    time="Date",
    time_format="%d/%m/%Y %H:%M:%S",
    fields={"Agent": "user", "Poste": "host", "Patient": "patient", "Action": "action"},
    values={"action": {"Lecture": "read", "Export": "export"}},
)


def test_a_declared_csv_has_native_names_values_and_moments():
    for data in (CSV, CSV.decode().encode("cp1252"), b"\xef\xbb\xbf" + CSV, CSV.replace(b"\n", b"\r\n")):
        rows, census = read("csv", data, RECORDS)
        assert [(row["@source"], row["@code"], row["user"]) for row in rows] == [
            ("hospital/records", "read", "alice"),
            ("hospital/records", rows[1]["action"], "bob"),
            ("hospital/records", "export", "hélène"),
        ]
        assert rows[0]["@time"] == datetime(2026, 11, 24, 17, 47, 38, tzinfo=UTC)
        assert rows[1]["patient"] == "12;4"
        assert rows[1]["action"].replace("\r", "") == 'Dit "urgent"\nsur deux lignes'
        assert census.flawed == 0
        assert data[rows[2]["@offset"] :].startswith(b"24/11/2026 18:47:40")


def test_a_csv_nobody_declared_is_unknown_under_its_own_names():
    row = read("csv", CSV)[0][0]
    assert (row["@source"], row["Agent"], row["Patient"]) == ("unknown", "alice", "123")


def test_a_csv_may_have_no_header_and_records_too_long():
    declared = Declared(files=("*",), header=("user", "patient"), separator="|", source="hospital/records")
    rows, census = read("csv", b"bob|12\nalice|13\ncarole|14|15|16\n", declared)
    assert [(row["user"], row["patient"]) for row in rows] == [("bob", "12"), ("alice", "13"), ("carole", "14")]
    assert census.flawed == 1


def test_a_quote_that_is_never_closed_is_a_character():
    rows, _ = read("csv", b'a;b\n1;"x\n2;y\n' + b"3;z\n" * 400_000, size=1 << 20)
    assert (rows[0]["b"], rows[1]["b"]) == ('"x', "y")


def test_event_viewer_says_the_channel_by_the_provider():
    sysmon, security = read("csv", VIEWER, Declared(zone="Europe/Paris"))[0]
    assert (sysmon["@source"], sysmon["@code"]) == ("windows/sysmon", "1")
    assert sysmon["CommandLine"] == "vssadmin delete shadows /all"
    assert sysmon["@time"] == datetime(2026, 11, 24, 17, 47, 38, tzinfo=UTC)
    assert (security["@source"], security["@code"]) == ("windows/security", "4625")
    assert "Échec" in security["Message"]


def test_lines_of_their_own_form_are_read_by_a_declared_pattern():
    declared = Declared(
        format="lines",
        files=("*",),
        source="hospital/hl7",
        code="action",
        time="at",
        pattern=r"^(?P<at>\S+) (?P<action>RECV|SEND) (?P<sender>\S+)$",
    )
    rows, census = read("lines", b"2026-11-24T18:47:38Z RECV labo\n???\n", declared)
    assert (rows[0]["@source"], rows[0]["@code"], rows[0]["sender"], rows[0]["@time"]) == (
        "hospital/hl7",
        "RECV",
        "labo",
        AT,
    )
    assert census.flawed == 1


def test_programs_that_write_their_own_file_say_what_they_say_in_syslog():
    rows, _ = read("daemon", BIND)
    assert [(row["@source"], row["query"], row["record_type"], row["src_ip"]) for row in rows] == [
        ("network/dns", "c2.evil.example", "A", "10.1.2.3"),
        ("network/dns", "c2.evil.example", "AAAA", "10.1.2.4"),
    ]
    assert rows[0]["@time"].microsecond == 123000
    assert read("daemon", UNBOUND)[0][0]["query"] == "c2.evil.example"
    rows, _ = read("daemon", OPENVPN, Declared(zone="Europe/Paris"))
    assert [(row["@source"], row.get("outcome"), row.get("user")) for row in rows] == [
        ("hospital/vpn", None, None),
        ("hospital/vpn", "success", "alice"),
        ("hospital/vpn", "failure", None),
    ]
    assert rows[0]["@time"].hour == 17
    errors = read("daemon", NGINX_ERRORS)[0] + read("daemon", APACHE_ERRORS)[0]
    assert [(row["@source"], row.get("src_ip"), row["level"]) for row in errors] == [
        ("web/error", "203.0.113.7", "error"),
        ("web/error", "203.0.113.7", "error"),
        ("web/error", None, "notice"),
    ]
