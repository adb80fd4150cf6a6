"""Each control of DNS, on a made world; those of DNSSEC stand on the real one (`test_lab.py`)."""

import pytest

from rempart.exposure.snapshot import Outcome
from rempart.measurement.verdict import Status
from tests.exposure.mail.world import VALMONT, world

FAILED, SATISFIED, NOT_APPLICABLE, UNSEEN = (
    Status.FAILED,
    Status.SATISFIED,
    Status.NOT_APPLICABLE,
    Status.NOT_EVALUATED,
)
ONE, TWO = "192.0.2.1", "198.51.100.1"
BOTH = {ONE: "authoritative", TWO: "authoritative"}


@pytest.fixture
def status(judge):
    def run(control, *parts, level=None, names=(VALMONT,), **more):
        return judge(world(*parts, **more).observed(names), control, level).status

    return run


def test_vuln_dns_nameservers_fails_in_one_network(status):
    assert status("vuln_dns_nameservers", {("ns2.valmont.test", "A"): ["192.0.2.9"]}) is FAILED
    assert status("vuln_dns_nameservers", {(VALMONT, "NS"): ["ns1.valmont.test."]}) is FAILED


def test_vuln_dns_nameservers_fails_when_only_the_families_differ(status):
    six = {("ns2.valmont.test", "A"): ["192.0.2.9"], ("ns2.valmont.test", "AAAA"): ["2001:db8::1"]}
    assert status("vuln_dns_nameservers", six) is FAILED


def test_vuln_dns_nameservers_passes_in_two(status):
    assert status("vuln_dns_nameservers") is SATISFIED
    assert status("vuln_dns_nameservers", silent={"ns2.valmont.test"}) is UNSEEN
    assert status("vuln_dns_nameservers", silent={VALMONT}) is UNSEEN


def test_vuln_dns_lame_fails_on_a_server_that_does_not_know_the_zone(status):
    assert status("vuln_dns_lame", direct=BOTH | {TWO: "lame"}, level=3) is FAILED
    assert status("vuln_dns_lame", direct=BOTH | {TWO: "lame"}, level=2) is SATISFIED


def test_vuln_dns_lame_fails_on_a_server_that_can_be_bought(status):
    ghost = {(VALMONT, "NS"): ["ns1.valmont.test.", "ns.nobody.example."]}
    assert status("vuln_dns_lame", ghost, direct=BOTH, level=2) is FAILED
    somebody = {("nobody.example", "SOA"): ["a. b. 1 1 1 1 1"]}
    assert status("vuln_dns_lame", ghost, somebody, direct=BOTH, level=2) is SATISFIED
    assert status("vuln_dns_lame", ghost, somebody, direct=BOTH, level=3) is FAILED


def test_vuln_dns_lame_passes_when_all_answer(status):
    for level in (2, 3):
        assert status("vuln_dns_lame", direct=BOTH, level=level) is SATISFIED
    assert status("vuln_dns_lame", direct=BOTH | {TWO: "silent"}, level=3) is UNSEEN


def test_servers_outside_the_perimeter_are_not_touched_and_not_judged(status):
    outside = {ONE: Outcome.SKIPPED, TWO: Outcome.SKIPPED}
    for control, level in (("vuln_dns_lame", 3), ("vuln_dns_axfr", 2), ("vuln_dns_recursion", 2)):
        assert status(control, direct=outside, level=level) is NOT_APPLICABLE


def test_warning_dns_serial_fails_on_two_versions(status):
    assert status("warning_dns_serial", direct=BOTH, serials={TWO: 6}) is FAILED


def test_warning_dns_serial_passes_on_one(status):
    assert status("warning_dns_serial", direct=BOTH) is SATISFIED


def test_vuln_dns_axfr_fails_when_the_zone_is_given(judge):
    verdict = judge(world(direct=BOTH | {TWO: "open"}).observed(), "vuln_dns_axfr")
    assert verdict.status is FAILED
    assert verdict.subjects.select("server", "transferred").rows() == [("ns2.valmont.test", 12)]


def test_vuln_dns_axfr_passes_when_it_is_refused(status):
    assert status("vuln_dns_axfr", direct=BOTH) is SATISFIED
    assert status("vuln_dns_axfr", direct=BOTH | {TWO: "silent"}) is UNSEEN
    assert status("vuln_dns_axfr", silent={VALMONT}) is UNSEEN


def test_vuln_dns_recursion_fails_on_an_open_resolver(status):
    assert status("vuln_dns_recursion", direct=BOTH | {TWO: "open"}) is FAILED


def test_vuln_dns_recursion_passes_on_servers_of_their_zone_only(status):
    assert status("vuln_dns_recursion", direct=BOTH) is SATISFIED


OLD = "old.valmont.test"


def alias(target):
    return {(OLD, "CNAME"): [target]}


def test_vuln_dns_dangling_fails_on_a_free_domain_and_on_a_free_place(status):
    for target in ("gone.free.example.", "valmont-app.azurewebsites.net."):
        for level in (2, 3):
            assert status("vuln_dns_dangling", alias(target), names=[OLD], level=level) is FAILED


def test_vuln_dns_dangling_fails_on_a_page_that_says_so(status):
    there = {("valmont.github.io", "A"): ["192.0.2.99"]}
    page = b"HTTP/1.1 404 Not Found\r\n\r\nThere isn't a GitHub Pages site here."
    gone = status("vuln_dns_dangling", alias("valmont.github.io."), there, names=[OLD], level=2, page=page)
    used = status(
        "vuln_dns_dangling", alias("valmont.github.io."), there, names=[OLD], level=2, page=b"HTTP/1.1 200 OK"
    )
    assert (gone, used) == (FAILED, SATISFIED)


def test_vuln_dns_dangling_fails_at_level_3_only_where_nobody_can_take_the_place(status):
    owned = {("owned.example", "SOA"): ["a. b. 1 1 1 1 1"]}
    assert status("vuln_dns_dangling", alias("gone.owned.example."), owned, names=[OLD], level=2) is SATISFIED
    assert status("vuln_dns_dangling", alias("gone.owned.example."), owned, names=[OLD], level=3) is FAILED


def test_vuln_dns_dangling_passes_when_the_target_lives(status):
    for level in (2, 3):
        assert status("vuln_dns_dangling", alias("mx.valmont.test."), names=[OLD], level=level) is SATISFIED


def test_vuln_dns_caa_fails_without_and_passes_on_silence_for_unknown(status):
    assert status("vuln_dns_caa") is FAILED
    assert status("vuln_dns_caa", silent={"test"}) is UNSEEN


def test_vuln_dns_caa_passes_at_its_level_or_above(status):
    named = {(VALMONT, "CAA"): ['0 issue "letsencrypt.org"', '128 issue ";"']}
    assert status("vuln_dns_caa", named) is SATISFIED
    assert status("vuln_dns_caa", named, names=["dpi.valmont.test"]) is SATISFIED


def test_a_critical_property_that_nobody_knows_is_told():
    surface = world({(VALMONT, "CAA"): ['128 tbs "x"', '0 issuewild ";"']}).observed().surface()
    row = surface.facts("caa").row(0, named=True)
    assert (row["stopping"], row["wildcard_issuers"], row["issuers"]) == (["tbs"], [""], [])


def test_info_dns_wildcard_fails_when_every_name_exists(judge):
    made = world()
    good = made.answer

    def answer(query, name, rdtype):
        if name.startswith("rempart-"):
            made.records[name, "A"] = ["192.0.2.80"]
        return good(query, name, rdtype)

    made.answer = answer
    assert judge(made.observed(), "info_dns_wildcard").status is FAILED


def test_info_dns_wildcard_passes_when_it_does_not(status):
    assert status("info_dns_wildcard") is SATISFIED


def test_vuln_dns_dnssec_fails_on_an_unsigned_zone(status):
    assert status("vuln_dns_dnssec") is FAILED


def test_zones_without_dnssec_have_no_broken_signature(status):
    for control in ("vuln_dns_dnssec_broken", "vuln_dns_dnssec_weak", "warning_dns_dnssec_expiring"):
        assert status(control) is NOT_APPLICABLE
        assert status(control, silent={VALMONT}) is UNSEEN


def test_a_chain_of_aliases_without_end_is_cut():
    links = {(f"c{n}.test", "CNAME"): [f"c{n + 1}.test."] for n in range(1000)}
    made = world(links)
    surface = made.observed(["c0.test"]).surface()
    assert surface.facts("aliases")["state"].to_list() == ["resolves"]
    assert len(made.asked) < 200
