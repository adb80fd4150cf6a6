"""Surveys, facts and controls on real daemons, well and badly set."""

import pytest

from rempart.exposure.collect.question import Endpoint, Transport
from rempart.exposure.collect.surveys import Service
from rempart.measurement.verdict import Status
from tests.exposure.lab import services as lab
from tests.exposure.lab.namespace import Namespace
from tests.exposure.services.lab_talks import surveyed
from tests.exposure.services.snapshots import maker_of

BAD, GOOD = "127.0.2.1", "127.0.2.2"
OLD_SSH = (
    "KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group14-sha256",
    "Ciphers 3des-cbc,aes128-cbc,aes128-ctr",
    "MACs hmac-md5,hmac-sha1,hmac-sha2-256",
    "HostKeyAlgorithms ssh-rsa,rsa-sha2-256",
)
NEW_SSH = (
    "KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256",
    "Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com",
    "MACs hmac-sha2-256-etm@openssh.com",
    "HostKeyAlgorithms ssh-ed25519,rsa-sha2-512",
)
PROTOCOLS = {
    22: "ssh",
    21: "ftp",
    389: "ldap",
    445: "smb",
    3389: "rdp",
    5900: "vnc",
    6379: "redis",
    11211: "memcached",
    1883: "mqtt",
}
STARTTLS = {"ftp": "ftp", "ldap": "ldap", "rdp": "rdp"}


def service(address: str, port: int) -> Service:
    protocol = PROTOCOLS[port]
    return Service(Endpoint(address, port), protocol, STARTTLS.get(protocol, ""))


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey")
    with Namespace("survey", addresses=[BAD, GOOD]) as ns:
        lab.sshd(ns, folder, BAD, *OLD_SSH)
        lab.sshd(ns, folder, GOOD, *NEW_SSH)
        lab.vsftpd(ns, folder, BAD, anonymous=True)
        lab.vsftpd(ns, folder, GOOD, anonymous=False)
        lab.slapd(ns, folder, BAD)
        lab.slapd(ns, folder, GOOD, 'access to dn.base="" attrs=namingContexts by users read', "access to * by * read")
        lab.smbd(ns, folder, BAD, "server min protocol = NT1", "server signing = auto")
        lab.smbd(ns, folder, GOOD, "server min protocol = SMB3", "server signing = mandatory")
        lab.xrdp(ns, folder, BAD, security="negotiate")
        lab.xrdp(ns, folder, GOOD, security="tls")
        lab.vnc(ns, folder, BAD, display=73, security="None")
        lab.vnc(ns, folder, GOOD, display=74, security="TLSVnc")
        lab.redis(ns, folder, BAD)
        lab.redis(ns, folder, GOOD, password="lab")
        lab.memcached(ns, folder, BAD)
        lab.mosquitto(ns, folder, BAD, open_to_all=True)
        lab.mosquitto(ns, folder, GOOD, open_to_all=False)
        lab.snmpd(ns, folder, BAD)
        yield ns


@pytest.fixture(scope="module")
def seen(network):
    """The observations of the badly and of the well set host, each as a maker."""
    found = {}
    for address in (BAD, GOOD):
        ports = [port for port in PROTOCOLS if network.listens(address, port)]
        services = [service(address, port) for port in ports]
        if address == BAD:
            services.append(Service(Endpoint(address, 161, Transport.UDP), "snmp"))
        found[address] = maker_of(network.run(surveyed, services, ["services"]), services)
    return found


LABELS = {
    "vuln_service_ssh_kex": (2, 3),
    "vuln_service_ssh_ciphers": (2, 3),
    "vuln_service_ssh_macs": (2, 3),
    "vuln_service_ssh_post_quantum": (5,),
    "vuln_service_smb_1": (1,),
    "vuln_service_smb_signing": (2,),
    "vuln_service_rdp_security": (1, 2),
    "vuln_service_ftp_anonymous": (2,),
    "vuln_service_vnc_open": (1,),
    "vuln_service_cache_open": (1,),
    "vuln_service_broker_open": (1,),
}


@pytest.mark.parametrize("control", LABELS)
def test_the_badly_set_host_fails(control, seen, judge):
    for level in LABELS[control]:
        assert judge(seen[BAD], control, level).status is Status.FAILED, level


@pytest.mark.parametrize("control", [name for name in LABELS if name != "vuln_service_rdp_security"])
def test_the_well_set_host_passes(control, seen, judge):
    for level in LABELS[control]:
        assert judge(seen[GOOD], control, level).status is Status.SATISFIED, level


def test_ssh_algorithms_are_read_by_kind(seen):
    found = seen[BAD].surface().facts("ssh_algorithms")
    by_kind = dict(found.group_by("kind", maintain_order=True).agg("algorithm").iter_rows())
    assert by_kind["kex"][:2] == ["diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1"]
    assert by_kind["cipher"] == ["3des-cbc", "aes128-cbc", "aes128-ctr"]
    assert by_kind["mac"] == ["hmac-md5", "hmac-sha1", "hmac-sha2-256"]
    assert set(by_kind["host_key"]) == {"ssh-rsa", "rsa-sha2-256"}


def test_a_server_offering_ssh_rsa_is_weak_and_one_without_is_not(seen, judge):
    assert judge(seen[BAD], "vuln_service_ssh_host_keys", 2).status is Status.SATISFIED
    weak = judge(seen[BAD], "vuln_service_ssh_host_keys", 3)
    assert weak.subjects["ssh_algorithms"].to_list() == ["ssh-rsa"]
    assert judge(seen[GOOD], "vuln_service_ssh_host_keys", 3).status is Status.SATISFIED


def test_xrdp_tells_its_security(seen, judge):
    (bad,) = seen[BAD].surface().facts("rdp").to_dicts()
    (good,) = seen[GOOD].surface().facts("rdp").to_dicts()
    assert (bad["standard"], bad["tls"], bad["nla"]) == (True, True, False)
    assert (good["standard"], good["tls"], good["nla"]) == (False, True, False)
    assert judge(seen[GOOD], "vuln_service_rdp_security", 1).status is Status.SATISFIED
    assert judge(seen[GOOD], "vuln_service_rdp_security", 2).status is Status.FAILED


def test_smb_tells_its_dialects_and_signing(seen):
    (bad,) = seen[BAD].surface().facts("smb").to_dicts()
    (good,) = seen[GOOD].surface().facts("smb").to_dicts()
    assert (bad["smb1"], bad["dialect"], bad["requires"]) == (True, "3.1.1", False)
    assert (good["smb1"], good["dialect"], good["requires"]) == (False, "3.1.1", True)


def test_ftp_visitors_are_let_in_or_not_and_nothing_is_listed(seen):
    (bad,) = seen[BAD].surface().facts("ftp").to_dicts()
    (good,) = seen[GOOD].surface().facts("ftp").to_dicts()
    assert (bad["auth_tls"], bad["clear"], bad["anonymous"]) == (False, True, True)
    assert (good["auth_tls"], good["clear"], good["anonymous"]) == (False, True, False)
    talk = next(row for row in seen[BAD].rows["observations"] if row["probe"] == "service.ftp_anonymous")
    words = [line.split()[0] for line in talk["sent"].split(b"\r\n") if line]
    assert words == [b"USER", b"PASS", b"QUIT"]


def test_the_directory_shows_its_bases_or_not(seen, judge):
    assert judge(seen[BAD], "warning_service_ldap_contexts").subjects["naming_contexts"].to_list() == [
        "dc=valmont,dc=example"
    ]
    assert judge(seen[GOOD], "warning_service_ldap_contexts").status is Status.SATISFIED


def test_vnc_types_are_named(seen):
    assert seen[BAD].surface().facts("vnc")["types"].to_list() == [["None"]]
    assert seen[GOOD].surface().facts("vnc")["types"].to_list() == [["VeNCrypt"]]


def test_snmp_answers_without_any_community(seen, judge):
    verdict = judge(seen[BAD], "vuln_service_snmp")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["enterprise"].to_list() == [8072]  # Net-SNMP's own number
    assert all(b"public" not in row["sent"] for row in seen[BAD].rows["observations"])


def test_few_connections_are_made(seen):
    asked = [row for row in seen[BAD].rows["observations"] if row["port"] == 5900]
    assert len(asked) == 1
    assert len([row for row in seen[BAD].rows["observations"] if row["port"] == 3389]) == 3
