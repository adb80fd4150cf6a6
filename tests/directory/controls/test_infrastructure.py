import pytest

from rempart.measurement.verdict import Status
from tests.directory.controls.child import CHILD_DN, add_child_domain
from tests.directory.maker import DN

DOMAIN_ZONES = f"CN=MicrosoftDNS,DC=DomainDnsZones,{DN}"
FOREST_ZONES = f"CN=MicrosoftDNS,DC=ForestDnsZones,{DN}"
OLD_ZONES = f"CN=MicrosoftDNS,CN=System,{DN}"
CHILD_ZONES = f"CN=MicrosoftDNS,DC=DomainDnsZones,{CHILD_DN}"


def failed(verdict, column="name"):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects[column])


def zone(maker, name, place):
    return maker.add(f"DC={name},{place}", ["dnsZone"], name=name)


@pytest.mark.parametrize(
    "places", [(OLD_ZONES, DOMAIN_ZONES), (DOMAIN_ZONES, FOREST_ZONES), (CHILD_ZONES, FOREST_ZONES)]
)
def test_warning_dnszone_duplicated_zones_fails(maker, judge, places):
    add_child_domain(maker)
    twins = [zone(maker, "hopital.test", places[0]), zone(maker, "Hopital.test", places[1])]
    zone(maker, "autre.test", places[0])
    assert failed(judge(maker, "warning_dnszone_duplicated_zones"), "dn") == sorted(twins)


def test_a_conflict_of_replication_is_a_duplicate(maker, judge):
    zone(maker, "hopital.test", DOMAIN_ZONES)
    maker.add(
        f"DC=hopital.test\\0ACNF:6c1e7a4e-0000-4000-8000-000000000001,{DOMAIN_ZONES}",
        ["dnsZone"],
        name="hopital.test\nCNF:6c1e7a4e-0000-4000-8000-000000000001",
    )
    assert len(failed(judge(maker, "warning_dnszone_duplicated_zones"))) == 2


def test_warning_dnszone_duplicated_zones_passes(maker, judge):
    """Two domains may each have their zone of one name; the server's own stores are everywhere."""
    add_child_domain(maker)
    zone(maker, "commune.test", DOMAIN_ZONES)
    zone(maker, "commune.test", CHILD_ZONES)
    for place in (OLD_ZONES, DOMAIN_ZONES, FOREST_ZONES):
        zone(maker, "RootDNSServers", place)
        zone(maker, "..TrustAnchors", place)
    assert judge(maker, "warning_dnszone_duplicated_zones").status is Status.SATISFIED


def test_without_zones_there_is_no_duplicate(maker, judge):
    assert judge(maker, "warning_dnszone_duplicated_zones").status is Status.NOT_APPLICABLE


def second_controller(maker):
    return maker.computer("DC9", userAccountControl=0x82000, primaryGroupID=516)


def subscribe(maker, controller):
    settings = maker.add(f"CN=DFSR-LocalSettings,{controller}", ["msDFSR-LocalSettings"])
    maker.add(f"CN=Domain System Volume,{settings}", ["msDFSR-Subscriber"])


def test_warning_sysvol_no_repl_fails(maker, judge):
    subscribe(maker, maker.controller)
    lonely = second_controller(maker)
    maker.add(f"CN=Partage,CN=DFSR-LocalSettings,{lonely}", ["msDFSR-Subscriber"])
    assert failed(judge(maker, "warning_sysvol_no_repl"), "dn") == [lonely]


def test_warning_sysvol_no_repl_passes(maker, judge):
    subscribe(maker, maker.controller)
    old = second_controller(maker)
    maker.add(f"CN=Domain System Volume (SYSVOL share),CN=NTFRS Subscriptions,{old}", ["nTFRSSubscriber"])
    assert judge(maker, "warning_sysvol_no_repl").status is Status.SATISFIED


def test_no_subscription_at_all_is_not_told(maker, judge):
    assert judge(maker, "warning_sysvol_no_repl").status is Status.NOT_EVALUATED


def trust(maker, name, direction, attributes, **values):
    return maker.add(
        f"CN={name},CN=System,{DN}",
        ["trustedDomain"],
        name=name,
        trustDirection=direction,
        trustAttributes=attributes,
        **{"trustType": 2, **values},
    )


def test_warning_trusts_tgt_deleg_fails(maker, judge):
    trust(maker, "voisin.test", 3, 0x8)
    trust(maker, "ancien.test", 1, 0x4)
    verdict = judge(maker, "warning_trusts_tgt_deleg")
    assert failed(verdict) == ["ancien.test", "voisin.test"]
    assert sorted(verdict.subjects["value"]) == ["4", "8"]


def test_warning_trusts_tgt_deleg_passes(maker, judge):
    trust(maker, "refuse.test", 3, 0x208)
    trust(maker, "sortant.test", 2, 0x8)
    trust(maker, "accordé.test", 3, 0x808)
    trust(maker, "site.hopital.test", 3, 0x20)
    trust(maker, "realm.test", 3, 0x1, trustType=3)
    assert judge(maker, "warning_trusts_tgt_deleg").status is Status.SATISFIED


def test_without_a_trust_there_is_no_delegation(maker, judge):
    trust(maker, "site.hopital.test", 3, 0x20)
    assert judge(maker, "warning_trusts_tgt_deleg").status is Status.NOT_APPLICABLE
    trust(maker, "illisible.test", None, None)
    assert judge(maker, "warning_trusts_tgt_deleg").status is Status.NOT_EVALUATED
