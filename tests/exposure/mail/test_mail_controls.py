"""Each control of mail, on domains that a made world publishes and the real survey asks."""

import base64

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rempart.exposure.snapshot import Outcome
from rempart.measurement.verdict import Status
from tests.exposure.lab.zones import rsa_key
from tests.exposure.mail.test_keys_and_transport import POLICY
from tests.exposure.mail.world import VALMONT, dmarc, spf, world

FAILED, SATISFIED, NOT_APPLICABLE, UNSEEN = (
    Status.FAILED,
    Status.SATISFIED,
    Status.NOT_APPLICABLE,
    Status.NOT_EVALUATED,
)
STS = {(f"_mta-sts.{VALMONT}", "TXT"): ['"v=STSv1; id=1"'], (f"mta-sts.{VALMONT}", "A"): ["192.0.2.80"]}
FOUND = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
NO_MAIL = {(VALMONT, "MX"): ["0 ."]}


def key(bits=2048, more="", selector="selector1"):
    der = rsa_key(bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = f"v=DKIM1; {more}p={base64.b64encode(der).decode()}"
    return {
        (f"{selector}._domainkey.{VALMONT}", "TXT"): [
            " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))
        ]
    }


@pytest.fixture
def status(judge):
    def run(control, *parts, level=None, names=(VALMONT,), **more):
        return judge(world(*parts, **more).observed(names), control, level).status

    return run


def test_vuln_mail_spf_missing_fails_without_a_record(status):
    assert status("vuln_mail_spf_missing") is FAILED


def test_vuln_mail_spf_missing_passes_with_one_and_is_not_evaluated_in_silence(status):
    assert status("vuln_mail_spf_missing", spf("v=spf1 -all"), NO_MAIL) is SATISFIED
    assert status("vuln_mail_spf_missing", silent={VALMONT}) is UNSEEN


def test_vuln_mail_spf_open_fails_on_anybody_and_on_perhaps(status):
    assert status("vuln_mail_spf_open", spf("v=spf1 +all"), level=2) is FAILED
    assert status("vuln_mail_spf_open", spf("v=spf1 a/0 -all"), level=2) is FAILED
    assert status("vuln_mail_spf_open", spf("v=spf1 ?all"), level=2) is SATISFIED
    assert status("vuln_mail_spf_open", spf("v=spf1 ?all"), level=3) is FAILED
    assert status("vuln_mail_spf_open", spf("v=spf1 mx"), level=3) is FAILED


def test_vuln_mail_spf_open_passes_on_an_end(status):
    for level in (2, 3):
        assert status("vuln_mail_spf_open", spf("v=spf1 mx ~all"), level=level) is SATISFIED
        assert status("vuln_mail_spf_open", level=level) is NOT_APPLICABLE


def test_vuln_mail_spf_invalid_fails_on_a_fault(status):
    assert status("vuln_mail_spf_invalid", spf("v=spf1 ipv4:192.0.2.1 -all")) is FAILED
    assert status("vuln_mail_spf_invalid", {(VALMONT, "TXT"): ['"v=spf1 -all"', '"v=spf1 ~all"']}) is FAILED


def test_vuln_mail_spf_invalid_passes_and_is_not_evaluated_when_an_include_is_silent(status):
    assert status("vuln_mail_spf_invalid", spf("v=spf1 mx -all")) is SATISFIED
    assert status("vuln_mail_spf_invalid", spf("v=spf1 include:s.test -all"), silent={"s.test"}) is UNSEEN


def test_warning_mail_spf_softfail_fails_on_a_tilde(status):
    assert status("warning_mail_spf_softfail", spf("v=spf1 ~all")) is FAILED


def test_warning_mail_spf_softfail_passes_on_a_dash(status):
    assert status("warning_mail_spf_softfail", spf("v=spf1 -all")) is SATISFIED


def test_warning_mail_spf_ptr_fails_on_ptr(status):
    assert status("warning_mail_spf_ptr", spf("v=spf1 ptr -all")) is FAILED


def test_warning_mail_spf_ptr_passes_without(status):
    assert status("warning_mail_spf_ptr", spf("v=spf1 -all")) is SATISFIED


def test_info_mail_senders_fails_by_listing_third_parties(status):
    assert status("info_mail_senders", spf("v=spf1 include:p.test -all"), spf("v=spf1 -all", "p.test")) is FAILED


def test_info_mail_senders_passes_without_any(status):
    assert status("info_mail_senders", spf("v=spf1 mx -all")) is SATISFIED


def test_vuln_mail_dmarc_missing_fails_without_and_with_two(status):
    assert status("vuln_mail_dmarc_missing") is FAILED
    two = {(f"_dmarc.{VALMONT}", "TXT"): ['"v=DMARC1; p=reject"', '"v=DMARC1; p=none"']}
    assert status("vuln_mail_dmarc_missing", two) is FAILED


def test_vuln_mail_dmarc_missing_passes_with_any_and_is_not_evaluated_in_silence(status):
    assert status("vuln_mail_dmarc_missing", dmarc("v=DMARC1; p=none")) is SATISFIED
    assert status("vuln_mail_dmarc_missing", silent={f"_dmarc.{VALMONT}"}) is UNSEEN


def test_vuln_mail_dmarc_enforced_fails_on_none_and_on_test_mode(status):
    assert status("vuln_mail_dmarc_enforced", dmarc("v=DMARC1; p=none"), level=3) is FAILED
    assert status("vuln_mail_dmarc_enforced", dmarc("v=DMARC1; p=reject; t=y"), level=3) is FAILED
    assert status("vuln_mail_dmarc_enforced", dmarc("v=DMARC1; rua=mailto:a@valmont.test"), level=3) is FAILED
    assert status("vuln_mail_dmarc_enforced", dmarc("v=DMARC1; p=quarantine"), level=4) is FAILED


def test_vuln_mail_dmarc_enforced_passes_on_a_policy(status):
    assert status("vuln_mail_dmarc_enforced", dmarc("v=DMARC1; p=quarantine"), level=3) is SATISFIED
    assert status("vuln_mail_dmarc_enforced", dmarc("v=DMARC1; p=reject; pct=10"), level=4) is SATISFIED


def test_vuln_mail_dmarc_subdomains_fails_when_they_are_left_out(status):
    assert status("vuln_mail_dmarc_subdomains", dmarc("v=DMARC1; p=reject; sp=none")) is FAILED
    assert status("vuln_mail_dmarc_subdomains", dmarc("v=DMARC1; p=reject; np=none")) is FAILED


def test_vuln_mail_dmarc_subdomains_passes_when_they_inherit(status):
    assert status("vuln_mail_dmarc_subdomains", dmarc("v=DMARC1; p=reject")) is SATISFIED
    assert status("vuln_mail_dmarc_subdomains", dmarc("v=DMARC1; p=none")) is NOT_APPLICABLE


def test_vuln_mail_dmarc_invalid_fails_on_a_fault(status):
    assert status("vuln_mail_dmarc_invalid", dmarc("v=DMARC1; p=block")) is FAILED


def test_vuln_mail_dmarc_invalid_passes_with_unknown_names(status):
    assert status("vuln_mail_dmarc_invalid", dmarc("v=DMARC1; p=none; colour=blue")) is SATISFIED
    assert status("vuln_mail_dmarc_invalid") is NOT_APPLICABLE


def test_warning_mail_dmarc_obsolete_fails_on_pct(status):
    assert status("warning_mail_dmarc_obsolete", dmarc("v=DMARC1; p=reject; pct=100")) is FAILED


def test_warning_mail_dmarc_obsolete_passes_without(status):
    assert status("warning_mail_dmarc_obsolete", dmarc("v=DMARC1; p=reject; t=n")) is SATISFIED


def test_warning_mail_dmarc_reports_fails_when_they_reach_nobody(status):
    assert status("warning_mail_dmarc_reports", dmarc("v=DMARC1; p=reject")) is FAILED
    assert status("warning_mail_dmarc_reports", dmarc("v=DMARC1; p=reject; rua=mailto:a@other.test")) is FAILED


def test_warning_mail_dmarc_reports_passes_at_home(status):
    assert status("warning_mail_dmarc_reports", dmarc("v=DMARC1; p=none; rua=mailto:a@valmont.test")) is SATISFIED


def test_vuln_mail_dkim_weak_fails_on_a_short_key(status):
    assert status("vuln_mail_dkim_weak", key(1024), level=3) is FAILED
    assert status("vuln_mail_dkim_weak", key(1024), level=2) is SATISFIED


def test_vuln_mail_dkim_weak_passes_on_2048_bits_and_says_nothing_of_what_it_did_not_find(status):
    assert status("vuln_mail_dkim_weak", key(2048), level=3) is SATISFIED
    assert status("vuln_mail_dkim_weak", level=3) is NOT_APPLICABLE


def test_warning_mail_dkim_unusable_fails_on_test_mode(status):
    assert status("warning_mail_dkim_unusable", key(more="t=y; ")) is FAILED
    assert status("warning_mail_dkim_unusable", key(more="h=sha1; ")) is FAILED


def test_warning_mail_dkim_unusable_passes_on_a_usual_key(status):
    assert status("warning_mail_dkim_unusable", key()) is SATISFIED


def test_info_mail_dkim_not_found_fails_without_ever_saying_absent(judge):
    verdict = judge(world(spf("v=spf1 mx -all")).observed(), "info_mail_dkim_not_found")
    assert verdict.status is FAILED
    assert verdict.subjects["tried"].to_list() == [25]


def test_info_mail_dkim_not_found_passes_when_found_and_for_who_sends_nothing(status):
    assert status("info_mail_dkim_not_found", key()) is SATISFIED
    assert status("info_mail_dkim_not_found", spf("v=spf1 -all"), NO_MAIL) is NOT_APPLICABLE
    assert status("info_mail_dkim_not_found", silent={f"selector1._domainkey.{VALMONT}"}) is UNSEEN


def test_warning_mail_mx_fails_on_an_alias_and_on_a_name_without_address(status):
    assert status("warning_mail_mx", {(VALMONT, "MX"): ["10 gone.test."]}) is FAILED
    alias = {(VALMONT, "MX"): ["10 a.test."], ("a.test", "CNAME"): ["mx.valmont.test."]}
    assert status("warning_mail_mx", alias) is FAILED


def test_warning_mail_mx_passes_on_a_name_with_an_address_and_on_none_at_all(status):
    assert status("warning_mail_mx") is SATISFIED
    assert status("warning_mail_mx", NO_MAIL) is SATISFIED
    assert status("warning_mail_mx", silent={VALMONT}) is UNSEEN


def test_vuln_mail_mta_sts_fails_without_or_not_in_force(status):
    assert status("vuln_mail_mta_sts") is FAILED
    assert status("vuln_mail_mta_sts", STS, policy=Outcome.FAILED) is FAILED
    assert status("vuln_mail_mta_sts", STS, policy=FOUND + POLICY.replace(b"enforce", b"testing")) is FAILED


def test_vuln_mail_mta_sts_passes_in_force_and_is_not_evaluated_in_silence(status):
    assert status("vuln_mail_mta_sts", STS, policy=FOUND + POLICY) is SATISFIED
    assert status("vuln_mail_mta_sts", STS, policy=Outcome.TIMEOUT) is UNSEEN
    assert status("vuln_mail_mta_sts", NO_MAIL) is NOT_APPLICABLE


def test_warning_mail_mta_sts_broken_fails_when_a_server_is_left_out(judge):
    others = FOUND + POLICY.replace(b"mx.valmont.test", b"other.test")
    verdict = judge(world(STS, policy=others).observed(), "warning_mail_mta_sts_broken")
    assert verdict.status is FAILED
    assert verdict.subjects["unmatched"].to_list() == [["mx.valmont.test"]]


def test_warning_mail_mta_sts_broken_fails_on_an_unreadable_policy(status):
    assert status("warning_mail_mta_sts_broken", STS, policy=b"HTTP/1.1 404 Not Found\r\n\r\n") is FAILED
    assert status("warning_mail_mta_sts_broken", STS, policy=FOUND + POLICY.replace(b"604800", b"60")) is FAILED


def test_warning_mail_mta_sts_broken_passes_when_all_is_well(status):
    assert status("warning_mail_mta_sts_broken", STS, policy=FOUND + POLICY) is SATISFIED
    assert status("warning_mail_mta_sts_broken", STS, policy=Outcome.TIMEOUT) is UNSEEN
    assert status("warning_mail_mta_sts_broken") is NOT_APPLICABLE


def test_warning_mail_tls_rpt_fails_without_and_when_badly_written(status):
    assert status("warning_mail_tls_rpt") is FAILED
    assert status("warning_mail_tls_rpt", {(f"_smtp._tls.{VALMONT}", "TXT"): ['"v=TLSRPTv1; rua=x"']}) is FAILED


def test_warning_mail_tls_rpt_passes_with_an_address(status):
    there = {(f"_smtp._tls.{VALMONT}", "TXT"): ['"v=TLSRPTv1; rua=mailto:a@valmont.test"']}
    assert status("warning_mail_tls_rpt", there) is SATISFIED
    assert status("warning_mail_tls_rpt", NO_MAIL) is NOT_APPLICABLE


def test_vuln_mail_dane_fails_without_tlsa_and_outside_dnssec(status):
    assert status("vuln_mail_dane") is FAILED
    assert status("vuln_mail_dane", {("_25._tcp.mx.valmont.test", "TLSA"): [f"3 1 1 {'ab' * 32}"]}) is FAILED
    assert status("vuln_mail_dane", silent={"_25._tcp.mx.valmont.test"}) is UNSEEN


def test_warning_mail_dane_broken_fails_outside_dnssec(status):
    there = {("_25._tcp.mx.valmont.test", "TLSA"): [f"3 1 1 {'ab' * 32}"]}
    assert status("warning_mail_dane_broken", there) is FAILED


def test_info_mail_bimi_fails_by_listing_the_logo(status):
    logo = {(f"default._bimi.{VALMONT}", "TXT"): ['"v=BIMI1; l=https://valmont.test/logo.svg"']}
    assert status("info_mail_bimi", logo) is FAILED


def test_info_mail_bimi_passes_over_a_domain_without_any(status):
    assert status("info_mail_bimi") is NOT_APPLICABLE


def smtp(maker, talk):
    maker.service(25, "smtp")
    if talk:
        maker.observed("smtp.ehlo", talk, port=25)
    return maker


TALK = b"220 mx.valmont.test ESMTP\r\n250-mx\r\n250 STARTTLS\r\n"


def test_vuln_mail_starttls_fails_without_it(maker, judge):
    assert judge(smtp(maker, TALK.replace(b"STARTTLS", b"SIZE 1")), "vuln_mail_starttls").status is FAILED


def test_vuln_mail_starttls_passes_when_offered(maker, judge):
    assert judge(smtp(maker, TALK), "vuln_mail_starttls").status is SATISFIED


def test_vuln_mail_starttls_is_not_evaluated_in_silence(maker, judge):
    assert judge(smtp(maker, b""), "vuln_mail_starttls").status is UNSEEN
    refusing = smtp(type(maker)(), b"554 go away\r\n")
    assert judge(refusing, "vuln_mail_starttls").status is UNSEEN


def test_vuln_mail_auth_clear_fails_when_passwords_are_asked_in_clear(maker, judge):
    talk = TALK.replace(b"250 STARTTLS", b"250-STARTTLS\r\n250 AUTH PLAIN LOGIN")
    assert judge(smtp(maker, talk), "vuln_mail_auth_clear").status is FAILED


def test_vuln_mail_auth_clear_passes_when_they_are_not(maker, judge):
    talk = TALK.replace(b"250 STARTTLS", b"250-STARTTLS\r\n250 AUTH GSSAPI")
    assert judge(smtp(maker, talk), "vuln_mail_auth_clear").status is SATISFIED


def test_info_mail_banner_fails_on_a_version(maker, judge):
    assert judge(smtp(maker, TALK.replace(b"ESMTP", b"ESMTP Exim 4.96")), "info_mail_banner").status is FAILED


def test_info_mail_banner_passes_on_a_quiet_one(maker, judge):
    assert judge(smtp(maker, TALK), "info_mail_banner").status is SATISFIED


def test_hosts_and_aliases_are_not_judged_for_mail():
    www = {("www.valmont.test", "CNAME"): ["valmont.test."]}
    surface = world(www).observed(["www.valmont.test"]).surface()
    assert surface.facts("spf").is_empty()


def test_a_host_whose_mx_nobody_gave_is_unknown_not_left_out(status):
    assert status("vuln_mail_spf_missing", silent={"dpi.valmont.test"}, names=["dpi.valmont.test"]) is UNSEEN
