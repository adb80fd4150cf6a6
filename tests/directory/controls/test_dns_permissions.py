import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import DN, FULL_CONTROL, READ, SYSTEM, WRITE_DACL, WRITE_PROPERTY

SERVER = f"CN=MicrosoftDNS,CN=System,{DN}"
MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"


def held(verdict):
    """Who, by which right, on what."""
    return list(verdict.subjects.select("principal", "right", "target").iter_rows())


@pytest.fixture
def dns_admins(maker):
    """The group, empty, owned by the system and allowed to manage the DNS service, as Windows makes it."""
    group = maker.group("DnsAdmins")
    maker.protect(group, [], owner=SYSTEM)
    maker.protect(SERVER, [("A", FULL_CONTROL, maker.sid_of(group))])
    return group


# -- the group ---------------------------------------------------------------------------------------------------------


def test_vuln_dnsadmins_fails_for_a_member(maker, judge, dns_admins):
    maker.join(maker.user("alice"), dns_admins)
    verdict = judge(maker, "vuln_dnsadmins")
    assert (verdict.status, verdict.level) == (Status.FAILED, 1)
    assert held(verdict) == [("alice", "MemberOf", dns_admins)]
    assert verdict.measured == {"principals": 1, "rights": 1}


def test_vuln_dnsadmins_passes_when_empty_or_with_administrators(maker, judge, dns_admins):
    assert judge(maker, "vuln_dnsadmins").status is Status.SATISFIED
    maker.join(f"CN=Administrateur,CN=Users,{DN}", dns_admins)
    assert judge(maker, "vuln_dnsadmins").status is Status.SATISFIED


def test_a_nested_group_is_one_row_with_all_it_brings(maker, judge, dns_admins):
    team = maker.group("Réseau", members=[maker.user("alice"), maker.user("bob")])
    maker.join(team, dns_admins)
    verdict = judge(maker, "vuln_dnsadmins")
    assert held(verdict) == [("Réseau", "MemberOf", dns_admins)]
    assert verdict.subjects["reach"].to_list() == [2]


def test_who_can_join_the_group_counts(maker, judge, dns_admins):
    desk = maker.sid_of(maker.user("assistance"))
    maker.protect(dns_admins, [("A", WRITE_PROPERTY, desk, {"object": MEMBER})], owner=SYSTEM)
    assert held(judge(maker, "vuln_dnsadmins")) == [("assistance", "AddMember", dns_admins)]


def test_an_odd_owner_counts(maker, judge, dns_admins):
    maker.protect(dns_admins, [], owner=maker.sid_of(maker.user("ancien")))
    assert held(judge(maker, "vuln_dnsadmins")) == [("ancien", "Owns", dns_admins)]
    maker.protect(dns_admins, [], owner="S-1-5-32-551")
    assert [right for _, right, _ in held(judge(maker, "vuln_dnsadmins"))] == ["Owns"]


def test_a_renamed_group_is_known_by_its_rights(maker, judge):
    team = maker.group("Equipe DNS", members=[maker.user("alice")])
    maker.protect(SERVER, [("A", FULL_CONTROL, maker.sid_of(team))])
    assert held(judge(maker, "vuln_dnsadmins")) == [("alice", "MemberOf", team)]


def test_a_directory_without_the_group_has_nothing_to_judge(maker, judge):
    assert judge(maker, "vuln_dnsadmins").status is Status.NOT_APPLICABLE


# -- the service -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mask", "right"), [(WRITE_PROPERTY, "GenericWrite"), (WRITE_DACL, "WriteDacl")])
def test_vuln_permissions_msdns_fails_for_writing(maker, judge, mask, right):
    maker.protect(SERVER, [("A", mask, maker.sid_of(maker.user("alice")))])
    verdict = judge(maker, "vuln_permissions_msdns")
    assert (verdict.status, verdict.level) == (Status.FAILED, 1)
    assert held(verdict) == [("alice", right, SERVER)]


def test_vuln_permissions_msdns_passes_with_an_empty_dnsadmins(maker, judge, dns_admins):
    assert judge(maker, "vuln_permissions_msdns").status is Status.SATISFIED
    maker.protect(
        SERVER, [("A", READ, maker.sid_of(maker.user("alice"))), ("A", FULL_CONTROL, maker.sid_of(dns_admins))]
    )
    assert judge(maker, "vuln_permissions_msdns").status is Status.SATISFIED


def test_dnsadmins_counts_once_somebody_is_in_it(maker, judge, dns_admins):
    maker.join(maker.user("alice"), dns_admins)
    assert held(judge(maker, "vuln_permissions_msdns")) == [("DnsAdmins", "GenericAll", SERVER)]


def test_dnsadmins_counts_once_somebody_can_join_it(maker, judge, dns_admins):
    desk = maker.sid_of(maker.user("assistance"))
    maker.protect(dns_admins, [("A", WRITE_PROPERTY, desk, {"object": MEMBER})])
    assert held(judge(maker, "vuln_permissions_msdns")) == [("DnsAdmins", "GenericAll", SERVER)]


@pytest.mark.usefixtures("dns_admins")
def test_a_service_that_was_not_seen_is_never_a_pass(maker, judge):
    del maker.records[SERVER]
    assert judge(maker, "vuln_permissions_msdns").status is Status.NOT_EVALUATED


def test_a_directory_that_keeps_no_dns_has_nothing_to_judge(maker, judge):
    del maker.records[SERVER]
    assert judge(maker, "vuln_permissions_msdns").status is Status.NOT_APPLICABLE
