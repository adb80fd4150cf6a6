import pytest

from rempart.directory.builder import SnapshotBuilder
from rempart.directory.collect import open_source
from rempart.measurement.text import Text
from tests.directory.maker import AT, DN
from tests.shared_data import needs_data, shared_data

CONF = f"CN=Configuration,{DN}"


def gaps(maker, source="ldif"):
    return {(topic, domain) for topic, domain, *_ in maker.snapshot(source).gaps.rows()} - {("sysvol", None)}


def without(maker, fits):
    maker.records = {dn: record for dn, record in maker.records.items() if not fits(dn)}
    return maker


def test_a_whole_forest_lacks_nothing_but_sysvol(maker):
    assert gaps(maker) == set()


@pytest.mark.parametrize(
    ("place", "topic"),
    [
        (f"CN=Schema,{CONF}", "partition:schema"),
        (f"DC=DomainDnsZones,{DN}", "partition:domaindns"),
        (f"DC=ForestDnsZones,{DN}", "partition:forestdns"),
    ],
)
def test_a_partition_without_its_head_was_not_read(maker, place, topic):
    maker.add(f"CN=left,{place}", ["container"])
    assert gaps(without(maker, lambda dn: dn == place)) == {(topic, None)}


def test_each_domain_has_its_own_dns_partition(maker):
    child = f"DC=nord,{DN}"
    maker.add(child, ["domain", "domainDNS"])
    maker.add(f"CN=Password Settings Container,CN=System,{child}", ["msDS-PasswordSettingsContainer"])
    assert gaps(maker) == {("partition:domaindns", "nord.hopital.test")}


def test_domains_the_forest_tells_of_must_be_there(maker):
    partitions = f"CN=Partitions,{CONF}"
    maker.add(f"CN=NORD,{partitions}", ["crossRef"], nCName=f"DC=Nord, {DN}", systemFlags=3)
    maker.add(f"CN=DNS,{partitions}", ["crossRef"], nCName=f"DC=DomainDnsZones,{DN}", systemFlags=5)
    maker.add(f"CN=sud,CN=System,{DN}", ["trustedDomain"], trustPartner="SUD.hopital.test", trustAttributes=0x20)
    maker.add(f"CN=far,CN=System,{DN}", ["trustedDomain"], trustPartner="elsewhere.test", trustAttributes=8)
    assert gaps(maker) == {("domain", "nord.hopital.test"), ("domain", "sud.hopital.test")}


def test_descriptors_never_read_are_a_gap(maker):
    for dn in maker.records:
        maker.change(dn, nTSecurityDescriptor=None)
    assert gaps(maker) == {("descriptors", None)}
    assert ("descriptors", None) not in gaps(maker, "sharphound")


def test_a_domain_head_that_hides_its_descriptor_is_a_gap(maker):
    maker.change(DN, nTSecurityDescriptor=None)
    assert gaps(maker) == {("descriptors", "hopital.test")}


def test_descriptors_without_access_lists_are_a_gap(maker):
    for record in maker.records.values():
        raw = record["nTSecurityDescriptor"][0]
        record["nTSecurityDescriptor"] = [raw[:2] + b"\0\x80" + raw[4:]]
    assert gaps(maker) == {("descriptors", "hopital.test")}


def test_hidden_password_settings_are_a_gap(maker):
    assert gaps(without(maker, lambda dn: dn.startswith("CN=Password Settings"))) == {("pso", "hopital.test")}


def test_an_attribute_hidden_from_the_account_is_a_gap(maker):
    for dn in maker.records:
        maker.change(dn, userAccountControl=None)
    assert gaps(maker) == {("attribute:userAccountControl", "hopital.test")}


def test_an_export_of_chosen_attributes_lacks_the_others(maker):
    for dn in maker.records:
        maker.change(dn, instanceType=None)
    topics = {topic for topic, _ in gaps(maker)}
    assert {"attribute:instanceType", "attribute:sIDHistory"} <= topics
    assert "attribute:member" not in topics


def test_a_source_that_says_what_it_asked_is_believed(maker):
    builder = SnapshotBuilder("ldif")
    builder.asked(["MEMBER"])
    for dn, record in maker.records.items():
        builder.add(dn, record)
    topics = set(builder.finish(AT).gaps["topic"])
    assert "attribute:sIDHistory" in topics
    assert "attribute:member" not in topics


def test_what_the_source_told_itself_is_not_told_twice(maker):
    builder = SnapshotBuilder("ldif")
    builder.gap("sysvol", Text(fr="dit", en="told"))
    for dn, record in maker.records.items():
        builder.add(dn, record)
    assert builder.finish(AT).gaps["en"].to_list() == ["told"]


@pytest.mark.parametrize("place", ["directory/adexplorer-detectionlab/detectionlab.dat", "directory/goad-adalanche"])
@needs_data("directory")
def test_real_collections_raise_no_false_alarm(place):
    told = {topic for topic in open_source(shared_data(place)).gaps["topic"] if not topic.startswith("attribute:")}
    assert "descriptors" not in told
    assert "domain" not in told
    assert "partition:domain" not in told
