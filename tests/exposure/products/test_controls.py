"""The frame of products from raw answers, and what the controls make of it."""

import pytest

from rempart.exposure.facts.product_texts import readers
from rempart.measurement.verdict import Status
from tests.exposure.conftest import Judge
from tests.exposure.maker import Maker

CONSOLES = {
    "edge": (b"Content-Type: text/html", b"<title>FortiGate</title>"),
    "hypervisor": (b"Content-Type: text/html", b"<title>pve1 - Proxmox Virtual Environment</title>"),
    "backup": (b"Content-Type: text/html", b"<title>Veeam Backup Enterprise Manager</title>"),
    "camera": (b'WWW-Authenticate: Digest realm="AXIS_ACCC8E000000", nonce="1"', b""),
    "printer": (b"Server: CUPS/2.4 IPP/2.1", b""),
    "monitoring": (b"Set-Cookie: zbx_session=abc; HttpOnly", b"<title>valmont: Zabbix</title>"),
}


def answer(header: bytes = b"Server: nginx/1.22.1", body: bytes = b"<title>CH de Valmont</title>") -> bytes:
    length = str(len(body)).encode()
    return b"HTTP/1.1 200 OK\r\n" + header + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body


def fails(maker: Maker, judge: Judge, family: str) -> None:
    maker.observed("identify.http", answer(*CONSOLES[family]))
    verdict = judge(maker, f"vuln_service_console_{family}")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["key"][0].startswith("192.0.2.10:443/tcp ")


def passes(maker: Maker, judge: Judge, family: str) -> None:
    maker.observed("identify.http", answer())
    assert judge(maker, f"vuln_service_console_{family}").status is Status.SATISFIED


@pytest.mark.parametrize("family", sorted(CONSOLES))
def test_a_console_that_may_be_behind_a_time_out_is_not_evaluated(maker: Maker, judge: Judge, family: str):
    maker.observed("identify.http", answer())
    maker.observed("identify.http", outcome="timeout", port=8443)
    assert judge(maker, f"vuln_service_console_{family}").status is Status.NOT_EVALUATED


def test_a_console_is_not_applicable_where_nothing_speaks(maker: Maker, judge: Judge):
    assert judge(maker, "vuln_service_console_edge").status is Status.NOT_APPLICABLE


def test_vuln_service_console_edge_fails_on_its_console(maker: Maker, judge: Judge):
    fails(maker, judge, "edge")


def test_vuln_service_console_edge_passes_on_a_plain_site(maker: Maker, judge: Judge):
    passes(maker, judge, "edge")


def test_vuln_service_console_hypervisor_fails_on_its_console(maker: Maker, judge: Judge):
    fails(maker, judge, "hypervisor")


def test_vuln_service_console_hypervisor_passes_on_a_plain_site(maker: Maker, judge: Judge):
    passes(maker, judge, "hypervisor")


def test_vuln_service_console_backup_fails_on_its_console(maker: Maker, judge: Judge):
    fails(maker, judge, "backup")


def test_vuln_service_console_backup_passes_on_a_plain_site(maker: Maker, judge: Judge):
    passes(maker, judge, "backup")


def test_vuln_service_console_camera_fails_on_its_console(maker: Maker, judge: Judge):
    fails(maker, judge, "camera")


def test_vuln_service_console_camera_passes_on_a_plain_site(maker: Maker, judge: Judge):
    passes(maker, judge, "camera")


def test_vuln_service_console_printer_fails_on_its_console(maker: Maker, judge: Judge):
    fails(maker, judge, "printer")


def test_vuln_service_console_printer_passes_on_a_plain_site(maker: Maker, judge: Judge):
    passes(maker, judge, "printer")


def test_vuln_service_console_monitoring_fails_on_its_console(maker: Maker, judge: Judge):
    fails(maker, judge, "monitoring")


def test_vuln_service_console_monitoring_passes_on_a_plain_site(maker: Maker, judge: Judge):
    passes(maker, judge, "monitoring")


def test_vuln_service_console_edge_passes_on_the_portal_of_users(maker: Maker, judge: Judge):
    maker.observed("identify.http", answer(b"Set-Cookie: SVPNCOOKIE=; path=/", b"<title>VPN</title>"))
    assert judge(maker, "vuln_service_console_edge").status is Status.SATISFIED


def test_info_version_disclosed_fails_on_a_version(maker: Maker, judge: Judge):
    maker.observed("service.ssh", b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", port=22)
    verdict = judge(maker, "info_version_disclosed")
    assert verdict.subjects.select("key", "version").rows() == [("192.0.2.10:22/tcp openssh", "9.2p1")]
    assert verdict.measured["products_listed"] == 1


def test_info_version_disclosed_passes_without_version(maker: Maker, judge: Judge):
    maker.observed("identify.http", answer(b"Server: nginx"))
    assert judge(maker, "info_version_disclosed").status is Status.SATISFIED


def test_info_version_products_fails_on_what_is_recognised(maker: Maker, judge: Judge):
    maker.observed("identify.http", answer())
    assert judge(maker, "info_version_products").subjects["product"].to_list() == ["nginx"]


def test_info_version_products_passes_on_the_unknown(maker: Maker, judge: Judge):
    maker.observed("identify.http", answer(b"Server: valmont"))
    assert judge(maker, "info_version_products").status is Status.SATISFIED


def test_info_version_unread_fails_without_version(maker: Maker, judge: Judge):
    maker.observed("identify.http", answer(b"Server: nginx"))
    assert judge(maker, "info_version_unread").subjects["product"].to_list() == ["nginx"]


def test_info_version_unread_passes_when_one_text_tells_it(maker: Maker, judge: Judge):
    maker.observed("identify.http", answer(b"Server: nginx"))
    maker.observed("identify.http", answer(b"Server: nginx/1.22.1"))
    assert judge(maker, "info_version_unread").status is Status.SATISFIED


def test_info_version_several_fails_on_two_versions(maker: Maker, judge: Judge):
    maker.observed("identify.http", answer(b"Server: nginx/1.22.1"))
    maker.observed("identify.http", answer(b"Server: nginx/1.18.0"), port=8443)
    assert judge(maker, "info_version_several").subjects["version"].to_list() == ["1.22.1", "1.18.0"]


def test_info_version_several_passes_on_one(maker: Maker, judge: Judge):
    maker.observed("identify.http", answer())
    assert judge(maker, "info_version_several").status is Status.SATISFIED


def test_products_are_read_from_every_kind_of_answer(maker: Maker):
    maker.observed("service.ftp", b"220 (vsFTPd 3.0.3)\r\n", port=21)
    maker.observed("service.smtp", b"220 mx.valmont.example ESMTP Exim 4.96 Mon\r\n", port=25)
    maker.observed("service.imap", b"* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.\r\n", port=143)
    maker.observed("service.memcached", b"VERSION 1.6.18\r\n", port=11211)
    maker.observed("service.rtsp", b"RTSP/1.0 200 OK\r\nServer: Dahua Rtsp Server\r\n\r\n", port=554)
    maker.observed("health.hl7", b"\x0bMSH|^~\\&|MIRTH|V|||20260101||ACK|1|T|2.5\r\x1c\r", port=2575)
    found = maker.surface().facts("products")
    assert found["id"].to_list() == ["vsftpd", "exim", "dovecot", "dahua", "mirth_connect", "memcached"]
    assert found["weight"].to_list() == [0.7, 1.0, 1.0, 0.4, 1.0, 0.7]
    assert found.filter(id="exim")["cpe"].item() == "cpe:2.3:a:exim:exim:4.96:*:*:*:*:*:*:*"


@pytest.mark.parametrize("probe", sorted(readers()))
@pytest.mark.parametrize("data", [b"\x00", b"\xff" * 300, b"220", b"HTTP/1.1 200", b"SSH-", b"\x30\x80", b"\x01" * 9])
def test_bytes_of_another_protocol_tell_no_product_and_raise_nothing(maker: Maker, probe: str, data: bytes):
    maker.observed(probe, data)
    assert maker.surface().facts("products").is_empty()
