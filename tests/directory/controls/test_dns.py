import struct

import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import DN

DOMAIN_ZONES = f"CN=MicrosoftDNS,DC=DomainDnsZones,{DN}"
FOREST_ZONES = f"CN=MicrosoftDNS,DC=ForestDnsZones,{DN}"
ZONE_TYPE, ALLOW_UPDATE, AGING = 1, 2, 0x40


def prop(kind, value, *, length=1):
    """One dnsProperty (MS-DNSP 2.3.2.1): lengths, flag, version, id, data, and the unused name byte."""
    return struct.pack("<5I", length, 1, 0, 1, kind) + value.to_bytes(length, "little") + b"\0"


def add_zone(maker, name, update, *, folder=DOMAIN_ZONES, length=1):
    properties = [prop(ZONE_TYPE, 1, length=4), prop(ALLOW_UPDATE, update, length=length), prop(AGING, 1, length=4)]
    return maker.add(f"DC={name},{folder}", ["dnsZone"], dNSProperty=properties)


def names(verdict):
    return verdict.subjects["name"].to_list()


def test_vuln_dnszone_bad_prop_passes(maker, judge):
    add_zone(maker, "hopital.test", 2)
    add_zone(maker, "_msdcs.hopital.test", 0, folder=FOREST_ZONES)
    for level in (1, 3):
        assert judge(maker, "vuln_dnszone_bad_prop", level=level).status is Status.SATISFIED


@pytest.mark.parametrize(
    ("zone", "folder", "failed"),
    [
        ("hopital.test", DOMAIN_ZONES, {1, 3}),
        ("HOPITAL.TEST", DOMAIN_ZONES, {1, 3}),
        ("_msdcs.hopital.test", FOREST_ZONES, {1, 3}),
        ("hopital.test", f"CN=MicrosoftDNS,CN=System,{DN}", {1, 3}),
        ("imagerie.test", DOMAIN_ZONES, {3}),
        ("10.in-addr.arpa", DOMAIN_ZONES, {3}),
    ],
)
def test_vuln_dnszone_bad_prop_fails_by_zone(maker, judge, zone, folder, failed):
    add_zone(maker, zone, 1, folder=folder)
    add_zone(maker, "sure.test", 2)
    found = {level: judge(maker, "vuln_dnszone_bad_prop", level=level) for level in (1, 3)}
    assert {level for level, verdict in found.items() if verdict.status is Status.FAILED} == failed
    assert all(names(found[level]) == [zone] for level in failed)


def test_a_zone_of_a_domain_only_declared_counts_at_level_1(maker, judge):
    maker.add(f"CN=SITE,CN=Partitions,CN=Configuration,{DN}", ["crossRef"], nCName=f"DC=site,{DN}", systemFlags=3)
    add_zone(maker, "site.hopital.test", 1)
    assert names(judge(maker, "vuln_dnszone_bad_prop", level=1)) == ["site.hopital.test"]


def test_four_byte_data_reads_the_same(maker, judge):
    add_zone(maker, "hopital.test", 1, length=4)
    assert judge(maker, "vuln_dnszone_bad_prop", level=1).status is Status.FAILED


def test_an_empty_property_means_no_update(maker, judge):
    maker.add(f"DC=hopital.test,{DOMAIN_ZONES}", ["dnsZone"], dNSProperty=[prop(ALLOW_UPDATE, 0, length=0)])
    assert judge(maker, "vuln_dnszone_bad_prop", level=1).status is Status.SATISFIED


def test_another_property_of_value_one_is_not_an_opening(maker, judge):
    maker.add(f"DC=hopital.test,{DOMAIN_ZONES}", ["dnsZone"], dNSProperty=[prop(ZONE_TYPE, 1), prop(ALLOW_UPDATE, 2)])
    assert judge(maker, "vuln_dnszone_bad_prop", level=1).status is Status.SATISFIED


@pytest.mark.parametrize("properties", [None, [b"\x01\x02"]])
def test_an_unread_zone_is_not_a_pass(maker, judge, properties):
    maker.change(add_zone(maker, "hopital.test", 2), dNSProperty=properties)
    assert judge(maker, "vuln_dnszone_bad_prop", level=1).status is Status.NOT_EVALUATED


def test_stores_of_the_server_are_no_zones(maker, judge):
    add_zone(maker, "hopital.test", 2)
    maker.add(f"DC=RootDNSServers,{DOMAIN_ZONES}", ["dnsZone"])
    maker.add(f"DC=..TrustAnchors,{FOREST_ZONES}", ["dnsZone"])
    assert judge(maker, "vuln_dnszone_bad_prop", level=3).status is Status.SATISFIED


def test_a_directory_without_zones_has_no_matter(maker, judge):
    assert judge(maker, "vuln_dnszone_bad_prop", level=1).status is Status.NOT_APPLICABLE


def test_a_declared_partition_that_was_not_read_is_not_a_pass(maker, judge):
    maker.add(f"CN=dns2,CN=Partitions,CN=Configuration,{DN}", ["crossRef"], nCName=f"DC=DomainDnsZones,DC=site,{DN}")
    add_zone(maker, "hopital.test", 2)
    verdict = judge(maker, "vuln_dnszone_bad_prop", level=3)
    assert verdict.status is Status.NOT_EVALUATED
    assert "dc=domaindnszones,dc=site" in verdict.reason.fr
    add_zone(maker, "ouverte.test", 1)
    assert judge(maker, "vuln_dnszone_bad_prop", level=3).status is Status.FAILED
