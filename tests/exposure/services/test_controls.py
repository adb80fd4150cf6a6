"""Each control about services, failing, passing, and when it could not look."""

from datetime import timedelta

import pytest

from rempart.exposure.collect.ports import usual_ports as ports_of_a_sweep
from rempart.exposure.collect.question import NEVER
from rempart.exposure.controls.service_rows import usual_ports, watched
from rempart.measurement.verdict import Status
from tests.exposure.maker import ADDRESS, AT
from tests.exposure.services import answers


def open_service(maker, port, protocol, received=None, *, probe="", **columns):
    """Add an open service, and the answer to its question when there is one."""
    transport = columns.pop("transport", "tcp")
    maker.service(port, protocol, transport=transport, tls=columns.pop("tls", ""))
    if received is not None:
        maker.observed(probe or f"service.{protocol}", received, port=port, transport=transport, **columns)
    return maker


def failed(judge, maker, control, level=None):
    verdict = judge(maker, control, level)
    assert verdict.status is Status.FAILED
    return verdict


def passed(judge, maker, control, level=None):
    assert judge(maker, control, level).status is Status.SATISFIED


def unsure(judge, maker, control, level=None):
    assert judge(maker, control, level).status is Status.NOT_EVALUATED


def swept(maker):
    """Add every port that a point needs, tried and closed."""
    groups = {name: ports for name, ports in watched().items() if name != "usual"}
    needed = {int(port) for ports in groups.values() for port in ports} | usual_ports(*watched()["usual"])
    for port in sorted(needed):
        maker.service(port, state="closed")
    return maker


def some_web(maker):
    return open_service(swept(maker), 443, "http", tls="direct")


EXPOSED = {
    "vuln_service_rdp_exposed": (3389, "rdp"),
    "vuln_service_vnc_exposed": (5900, "vnc"),
    "vuln_service_telnet": (23, "telnet"),
    "vuln_service_remote_shells": (513, ""),
    "vuln_service_maintenance": (5938, ""),
    "vuln_service_consoles": (9392, ""),
    "vuln_service_smb_exposed": (445, "smb"),
    "vuln_service_ldap_exposed": (389, "ldap"),
    "vuln_service_network_files": (2049, "nfs"),
    "vuln_service_printing": (515, ""),
    "vuln_service_database_exposed": (3306, "mysql"),
    "warning_service_database_ports": (1521, ""),
    "vuln_service_broker_exposed": (1883, "mqtt"),
    "warning_service_voice": (5060, "sip"),
    "warning_service_cameras": (554, "rtsp"),
    "vuln_health_dicom_exposed": (104, "dicom"),
}
"""Controls that an open service fails by being there."""


@pytest.mark.parametrize("control", EXPOSED)
def test_what_is_there_fails_and_names_its_place(maker, judge, control):
    port, protocol = EXPOSED[control]
    verdict = failed(judge, open_service(maker, port, protocol), control)
    assert verdict.subjects["key"].to_list() == [f"192.0.2.10:{port}/tcp"]
    deduced = protocol == ""
    assert verdict.subjects["certainty"].to_list() == ["deduced" if deduced else "observed"]
    assert not deduced or verdict.subjects["usual_product"].to_list() != [""]


@pytest.mark.parametrize("control", EXPOSED)
def test_what_is_elsewhere_passes_and_what_was_not_tried_is_a_doubt(maker, judge, control):
    some_web(maker)
    passed(judge, maker, control)
    maker.service(EXPOSED[control][0], state="filtered")
    passed(judge, maker, control)
    maker.service(EXPOSED[control][0], state="unknown", address="192.0.2.11")
    unsure(judge, maker, control)


@pytest.mark.parametrize("control", EXPOSED)
@pytest.mark.parametrize("tried", [(), (443,)], ids=["nothing", "another port"])
def test_what_was_tried_nowhere_is_no_pass(maker, judge, control, tried):
    for port in tried:
        maker.service(port, "http")
    unsure(judge, maker, control)


def test_a_sweep_tries_every_port_that_a_point_needs():
    groups = {name: {int(port) for port in ports} for name, ports in watched().items() if name != "usual"}
    assert groups.pop("industrial") <= NEVER
    assert set().union(*groups.values(), usual_ports(*watched()["usual"])) <= set(ports_of_a_sweep())


# one pair a control, by name


def test_vuln_service_rdp_exposed_fails_whatever_the_port(maker, judge):
    failed(judge, open_service(maker, 40389, "rdp"), "vuln_service_rdp_exposed")


def test_vuln_service_rdp_exposed_passes_without_any(maker, judge):
    passed(judge, some_web(maker), "vuln_service_rdp_exposed")


def rdp_server(maker, standard, tls, nla):
    open_service(maker, 3389, "rdp", answers.rdp(nla), question="offers TLS and NLA")
    maker.observed("service.rdp", answers.rdp(standard), port=3389, question="offers standard security only")
    maker.observed("service.rdp", answers.rdp(tls), port=3389, question="offers TLS only")
    return maker


def test_vuln_service_rdp_security_fails_on_standard_security_and_on_tls_alone(maker, judge):
    rdp_server(maker, 0, 1, 1)
    failed(judge, maker, "vuln_service_rdp_security", 1)
    failed(judge, maker, "vuln_service_rdp_security", 2)


def test_vuln_service_rdp_security_passes_with_nla_only(maker, judge):
    rdp_server(maker, None, None, 2)
    passed(judge, maker, "vuln_service_rdp_security", 1)
    passed(judge, maker, "vuln_service_rdp_security", 2)
    assert maker.surface().facts("rdp")["nla"].to_list() == [True]


def test_an_rdp_server_that_did_not_answer_is_a_doubt(maker, judge):
    unsure(judge, open_service(maker, 3389, "rdp"), "vuln_service_rdp_security", 1)


def test_vuln_service_vnc_exposed_fails(maker, judge):
    failed(judge, open_service(maker, 5901, "vnc"), "vuln_service_vnc_exposed")


def test_vuln_service_vnc_exposed_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_vnc_exposed")


def test_vuln_service_vnc_open_fails_on_type_none(maker, judge):
    verdict = failed(judge, open_service(maker, 5900, "vnc", answers.vnc(2, 1)), "vuln_service_vnc_open")
    assert verdict.subjects["security_types"].to_list() == ["VNC password, None"]


def test_vuln_service_vnc_open_passes_with_a_password(maker, judge):
    passed(judge, open_service(maker, 5900, "vnc", answers.vnc(2, 19)), "vuln_service_vnc_open")


def test_a_vnc_server_that_locks_us_out_is_a_doubt(maker, judge):
    refusal = b"RFB 003.008\n\x00\x00\x00\x00\x1aToo many security failures"
    unsure(judge, open_service(maker, 5900, "vnc", refusal), "vuln_service_vnc_open")


def test_vuln_service_telnet_fails(maker, judge):
    failed(judge, open_service(maker, 2323, "telnet"), "vuln_service_telnet")


def test_vuln_service_telnet_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_telnet")


def test_vuln_service_remote_shells_fails(maker, judge):
    assert (
        failed(judge, open_service(maker, 514, ""), "vuln_service_remote_shells").subjects["usual_product"][0] == "rsh"
    )


def test_vuln_service_remote_shells_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_remote_shells")


def test_vuln_service_maintenance_fails(maker, judge):
    failed(judge, open_service(maker, 4899, ""), "vuln_service_maintenance")


def test_vuln_service_maintenance_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_maintenance")


def test_vuln_service_consoles_fails(maker, judge):
    failed(judge, open_service(maker, 8006, "http", tls="direct"), "vuln_service_consoles")


def test_vuln_service_consoles_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_consoles")


def ssh_server(maker, **kinds):
    return open_service(maker, 22, "ssh", answers.ssh(**kinds))


def test_vuln_service_ssh_protocol_1_fails(maker, judge):
    failed(judge, ssh_server(maker, version="1.99", software="Cisco-1.25"), "vuln_service_ssh_protocol_1")


def test_vuln_service_ssh_protocol_1_passes(maker, judge):
    passed(judge, ssh_server(maker), "vuln_service_ssh_protocol_1")


SSH = {
    "vuln_service_ssh_kex": ("kex", "diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1"),
    "vuln_service_ssh_ciphers": ("cipher", "arcfour", "aes128-cbc"),
    "vuln_service_ssh_macs": ("mac", "hmac-md5", "hmac-sha1"),
    "vuln_service_ssh_host_keys": ("host_key", "ssh-dss", "ssh-rsa"),
}


def ssh_fails(maker, judge, control):
    kind, broken, weak = SSH[control]
    ssh_server(maker, **{kind: f"good,{weak}"})
    passed(judge, maker, control, 2)
    assert failed(judge, maker, control, 3).subjects["ssh_algorithms"].to_list() == [weak]
    maker.observed("service.ssh", answers.ssh(**{kind: broken}), port=22, address="192.0.2.11")
    assert failed(judge, maker, control, 2).subjects["key"].to_list() == ["192.0.2.11:22/tcp"]


def ssh_passes(maker, judge, control):
    ssh_server(maker)
    passed(judge, maker, control, 2)
    passed(judge, maker, control, 3)


@pytest.mark.parametrize("control", SSH)
def test_an_ssh_server_without_its_list_is_a_doubt(maker, judge, control):
    unsure(judge, open_service(maker, 22, "ssh", b"SSH-2.0-x\r\n"), control, 2)


def test_vuln_service_ssh_kex_fails(maker, judge):
    ssh_fails(maker, judge, "vuln_service_ssh_kex")


def test_vuln_service_ssh_kex_passes(maker, judge):
    ssh_passes(maker, judge, "vuln_service_ssh_kex")


def test_vuln_service_ssh_ciphers_fails(maker, judge):
    ssh_fails(maker, judge, "vuln_service_ssh_ciphers")


def test_vuln_service_ssh_ciphers_passes(maker, judge):
    ssh_passes(maker, judge, "vuln_service_ssh_ciphers")


def test_vuln_service_ssh_macs_fails(maker, judge):
    ssh_fails(maker, judge, "vuln_service_ssh_macs")


def test_vuln_service_ssh_macs_passes(maker, judge):
    ssh_passes(maker, judge, "vuln_service_ssh_macs")


def test_vuln_service_ssh_host_keys_fails(maker, judge):
    ssh_fails(maker, judge, "vuln_service_ssh_host_keys")


def test_vuln_service_ssh_host_keys_passes(maker, judge):
    ssh_passes(maker, judge, "vuln_service_ssh_host_keys")


def test_vuln_service_ssh_post_quantum_fails(maker, judge):
    failed(judge, ssh_server(maker, kex="curve25519-sha256"), "vuln_service_ssh_post_quantum")


def test_vuln_service_ssh_post_quantum_passes(maker, judge):
    passed(judge, ssh_server(maker), "vuln_service_ssh_post_quantum")


def smb_server(maker, received_1, received_2):
    open_service(maker, 445, "smb", received_2, question="offers SMB 2.0.2 to 3.1.1")
    maker.observed("service.smb", received_1, port=445, question="offers SMB 1 only")
    return maker


def test_vuln_service_smb_exposed_fails(maker, judge):
    failed(judge, open_service(maker, 445, "smb"), "vuln_service_smb_exposed")


def test_vuln_service_smb_exposed_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_smb_exposed")


def test_vuln_service_smb_1_fails(maker, judge):
    failed(judge, smb_server(maker, answers.smb1(taken=True), answers.smb2(signing=True)), "vuln_service_smb_1")


def test_vuln_service_smb_1_passes(maker, judge):
    passed(judge, smb_server(maker, answers.smb1(taken=False), answers.smb2(signing=True)), "vuln_service_smb_1")


def test_vuln_service_smb_signing_fails(maker, judge):
    smb_server(maker, answers.smb1(taken=False), answers.smb2(signing=False))
    assert failed(judge, maker, "vuln_service_smb_signing").subjects["dialect"].to_list() == ["3.1.1"]


def test_vuln_service_smb_signing_passes(maker, judge):
    passed(judge, smb_server(maker, answers.smb1(taken=False), answers.smb2(signing=True)), "vuln_service_smb_signing")


def test_an_smb_server_that_hangs_up_on_smb_1_is_a_doubt(maker, judge):
    open_service(maker, 445, "smb", answers.smb2(signing=True), question="offers SMB 2.0.2 to 3.1.1")
    maker.observed("service.smb", b"", port=445, question="offers SMB 1 only", outcome="timeout")
    unsure(judge, maker, "vuln_service_smb_1")
    passed(judge, maker, "vuln_service_smb_signing")


def ftp_server(maker, *codes, tls):
    open_service(maker, 21, "ftp", answers.ftp(tls=tls), tls="ftp")
    maker.observed("service.ftp_anonymous", answers.ftp_visitor(*codes), port=21)
    return maker


def test_vuln_service_ftp_clear_fails_without_tls_and_when_a_password_is_asked_in_clear(maker, judge):
    failed(judge, ftp_server(maker, 530, tls=False), "vuln_service_ftp_clear")


def test_vuln_service_ftp_clear_fails_when_a_password_is_asked_in_clear(maker, judge):
    failed(judge, ftp_server(maker, 331, 530, tls=True), "vuln_service_ftp_clear")


def test_vuln_service_ftp_clear_passes_when_tls_is_required(maker, judge):
    passed(judge, ftp_server(maker, 530, tls=True), "vuln_service_ftp_clear")


def test_an_ftp_server_half_heard_is_a_doubt(maker, judge):
    open_service(maker, 21, "ftp", answers.ftp(tls=True))
    unsure(judge, maker, "vuln_service_ftp_clear")
    unsure(judge, maker, "vuln_service_ftp_anonymous")


def test_vuln_service_ftp_anonymous_fails(maker, judge):
    verdict = failed(judge, ftp_server(maker, 331, 230, tls=False), "vuln_service_ftp_anonymous")
    assert verdict.subjects["ftp_banner"].to_list() == ["FTP server"]


def test_vuln_service_ftp_anonymous_passes(maker, judge):
    passed(judge, ftp_server(maker, 331, 530, tls=False), "vuln_service_ftp_anonymous")


def test_vuln_service_ldap_exposed_fails(maker, judge):
    failed(judge, open_service(maker, 636, "ldap", tls="direct"), "vuln_service_ldap_exposed")


def test_vuln_service_ldap_exposed_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_ldap_exposed")


def test_warning_service_ldap_contexts_fails(maker, judge):
    open_service(maker, 389, "ldap", answers.root_dse("dc=valmont,dc=example"))
    failed(judge, maker, "warning_service_ldap_contexts")


def test_warning_service_ldap_contexts_passes(maker, judge):
    passed(judge, open_service(maker, 389, "ldap", answers.root_dse()), "warning_service_ldap_contexts")


def test_vuln_service_snmp_fails(maker, judge):
    verdict = failed(judge, open_service(maker, 161, "snmp", answers.snmp(), transport="udp"), "vuln_service_snmp")
    assert verdict.subjects["enterprise"].to_list() == [8072]


def test_vuln_service_snmp_passes_on_a_port_declared_filtered(maker, judge):
    maker.observed("service.snmp", port=161, transport="udp", outcome="timeout")
    maker.asset("vpn.valmont.example", ADDRESS)
    declared = maker.declared("vpn.valmont.example", port=161, filtered=True)
    passed(judge, maker, "vuln_service_snmp")
    declared["dated"] = AT.date() - timedelta(days=91)
    unsure(judge, maker, "vuln_service_snmp")


def test_vuln_service_snmp_passes_on_a_refusal_only(maker, judge):
    maker.observed("service.snmp", port=161, transport="udp", outcome="refused")
    passed(judge, maker, "vuln_service_snmp")


def test_a_silent_udp_port_is_a_doubt(maker, judge):
    maker.observed("service.snmp", port=161, transport="udp", outcome="timeout")
    unsure(judge, maker, "vuln_service_snmp")


def test_vuln_service_network_files_fails(maker, judge):
    failed(judge, open_service(maker, 873, "rsync"), "vuln_service_network_files")


def test_vuln_service_network_files_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_network_files")


def test_vuln_service_printing_fails(maker, judge):
    failed(judge, open_service(maker, 631, "http"), "vuln_service_printing")


def test_vuln_service_printing_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_printing")


def test_warning_service_untouched_fails_where_it_was_tried(maker, judge):
    verdict = failed(judge, open_service(maker, 502, ""), "warning_service_untouched")
    assert verdict.subjects["usual_product"].to_list() == ["Modbus TCP"]


def test_warning_service_untouched_passes_where_it_was_tried(maker, judge):
    passed(judge, swept(maker), "warning_service_untouched")


def test_industrial_ports_not_tried_are_no_pass(maker, judge):
    unsure(judge, open_service(maker, 443, "http"), "warning_service_untouched")


def test_warning_service_voice_fails(maker, judge):
    failed(judge, open_service(maker, 5060, "sip"), "warning_service_voice")


def test_warning_service_voice_passes(maker, judge):
    passed(judge, some_web(maker), "warning_service_voice")


def test_warning_service_cameras_fails(maker, judge):
    failed(judge, open_service(maker, 8554, "rtsp"), "warning_service_cameras")


def test_warning_service_cameras_passes(maker, judge):
    passed(judge, some_web(maker), "warning_service_cameras")


def test_info_service_inventory_fails_with_a_list(maker, judge):
    verdict = failed(judge, ssh_server(some_web(maker)), "info_service_inventory")
    assert verdict.subjects["service_protocol"].sort().to_list() == ["http", "ssh"]


def test_info_service_inventory_passes_with_nothing_open(maker, judge):
    maker.service(22, state="closed")
    passed(judge, maker, "info_service_inventory")


def test_warning_service_unknown_fails(maker, judge):
    failed(judge, open_service(maker, 7777, ""), "warning_service_unknown")


def test_warning_service_unknown_passes(maker, judge):
    passed(judge, some_web(maker), "warning_service_unknown")
