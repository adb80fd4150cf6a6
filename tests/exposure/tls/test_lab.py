"""The survey on real servers: what it finds, and in how many connections."""

import hashlib

import pytest

from rempart.exposure.protocols.tls import registry as reg
from rempart.measurement.verdict import Status
from tests.exposure.tls.conftest import CUT, DUAL, EXPIRED, GOOD, LONG, NAME, OTHER_NAME, SELF, WEAK
from tests.exposure.tls.measured import measured, service, survey


def counts(maker) -> dict[str, int]:
    return dict(maker.surface().facts("tls_suites").group_by("version").len().iter_rows())


@pytest.mark.usefixtures("web")
def test_a_good_server_is_known_in_few_connections():
    seen = survey([service(GOOD, name=NAME)])
    suites = 6
    assert len(seen) <= suites + 30
    assert {each.outcome for each in seen} <= {"answered", "closed"}


def test_a_good_server_has_nothing_to_hide(web, judge):
    maker = measured([service(GOOD, name=NAME)])
    assert counts(maker) == {"TLS 1.3": 3, "TLS 1.2": 3}
    row = maker.surface().facts("tls_services").row(0, named=True)
    assert (row["tls"], row["tested"], row["trusted"], row["server_order"], row["fallback"]) == (True,) * 5
    certificates = maker.surface().facts("certificates").filter(named=True, first=True)
    assert certificates["fingerprint"].to_list() == [hashlib.sha256(web[GOOD].der).hexdigest()]
    for control in ("vuln_tls_ssl", "vuln_tls_old_versions", "vuln_tls_null", "vuln_tls_name", "vuln_tls_trust"):
        assert judge(maker, control).status is Status.SATISFIED


@pytest.mark.usefixtures("web")
def test_a_weak_server_shows_all_its_suites(judge):
    maker = measured([service(WEAK)])
    found = counts(maker)
    assert set(found) == {"TLS 1.0", "TLS 1.1", "TLS 1.2"}
    suites = sum(found.values())
    assert suites > 80
    assert len(maker.rows["observations"]) <= suites + 30
    assert judge(maker, "vuln_tls_null").subjects["completed"].to_list() == [True]
    assert judge(maker, "vuln_tls_anonymous").subjects["completed"].to_list() == [True]
    assert judge(maker, "vuln_tls_old_versions").subjects["completed"].to_list() == [True]
    assert judge(maker, "vuln_tls_dh", level=3).subjects["dh_bits"].to_list() == [1024]
    assert judge(maker, "vuln_tls_key_size", level=3).subjects["key_bits"].to_list() == [1024]


@pytest.mark.parametrize(
    ("address", "control"),
    [
        (EXPIRED, "vuln_tls_expired"),
        (OTHER_NAME, "vuln_tls_name"),
        (SELF, "vuln_tls_trust"),
        (CUT, "vuln_tls_chain"),
        (LONG, "warning_tls_validity"),
    ],
)
@pytest.mark.usefixtures("web")
def test_each_bad_certificate_is_found(judge, address, control):
    maker = measured([service(address)])
    assert judge(maker, control).status is Status.FAILED


@pytest.mark.usefixtures("web")
def test_both_certificates_of_a_server_are_seen():
    found = measured([service(DUAL)]).surface().facts("certificates").filter(first=True)
    assert set(found["algorithm"]) == {"RSA", "EC"}


def test_an_old_server_is_offered_but_not_completed(old, judge):
    maker = measured([service(*old)])
    assert set(counts(maker)) == {"SSL 3.0", "TLS 1.0"}
    verdict = judge(maker, "vuln_tls_ssl")
    assert verdict.subjects.select("versions", "completed").rows() == [("SSL 3.0", None)]
    assert "TLS_RSA_WITH_RC4_128_SHA" in judge(maker, "vuln_tls_rc4").subjects["suites"][0]
    assert judge(maker, "vuln_tls_des", level=3).status is Status.FAILED


@pytest.mark.parametrize("dialect", ["smtp", "imap", "pop3", "ldap", "ftp", "rdp"])
def test_servers_that_turn_to_tls(turning, dialect, judge):
    address, port = turning[dialect]
    maker = measured([service(address, port, dialect)])
    row = maker.surface().facts("tls_services").row(0, named=True)
    assert (row["tls"], row["tested"]) == (True, True)
    assert reg.TLS12 in counts(maker)
    assert judge(maker, "vuln_tls_trust").status is Status.SATISFIED
    suites = sum(counts(maker).values())
    assert len(maker.rows["observations"]) <= suites + 36  # one that breaks on DHE is asked twice
