import pytest

from rempart.directory.controls.collection import root_domains
from rempart.measurement.verdict import Status
from tests.directory.maker import DN, DOMAIN_SID, sid_bytes

ADMIN = f"CN=Administrateur,CN=Users,{DN}"


def test_vuln_critical_objects_passes(maker, judge):
    assert judge(maker, "vuln_critical_objects").status is Status.SATISFIED


@pytest.mark.parametrize("rid", [500, 502, 512, 518, 519])
def test_vuln_critical_objects_fails_when_one_is_missing(maker, judge, rid):
    dn = next(
        dn for dn, values in maker.records.items() if values.get("objectSid") == [sid_bytes(f"{DOMAIN_SID}-{rid}")]
    )
    del maker.records[dn]
    verdict = judge(maker, "vuln_critical_objects")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["key"].to_list() == [f"{DOMAIN_SID}-{rid}"]
    assert f"RID {rid}" in verdict.subjects["name"].item()


def test_a_missing_adminsdholder_is_critical(maker, judge):
    del maker.records[f"CN=AdminSDHolder,CN=System,{DN}"]
    verdict = judge(maker, "vuln_critical_objects")
    assert verdict.subjects["name"].to_list() == ["AdminSDHolder, hopital.test"]


def test_only_the_root_domain_owes_schema_and_enterprise_admins(maker, judge):
    child = f"DC=site,{DN}"
    sid = "S-1-5-21-4-5-6"
    maker.add(child, ["domain", "domainDNS"], objectSid=sid_bytes(sid))
    maker.add(f"CN=AdminSDHolder,CN=System,{child}", ["container"])
    maker.add(f"CN=Administrator,CN=Users,{child}", ["user"], objectSid=sid_bytes(f"{sid}-500"))
    maker.add(f"CN=Domain Admins,CN=Users,{child}", ["group"], objectSid=sid_bytes(f"{sid}-512"))
    verdict = judge(maker, "vuln_critical_objects")
    assert verdict.subjects["name"].to_list() == ["krbtgt (RID 502), site.hopital.test"]


def add_domain(maker, dn, sid):
    """Another domain with all it needs but the groups of a root; returns its denied group."""
    maker.add(dn, ["domain", "domainDNS"], objectSid=sid_bytes(sid))
    maker.add(f"CN=AdminSDHolder,CN=System,{dn}", ["container"])
    for rid, classes in ((500, ["user"]), (502, ["user"]), (512, ["group"]), (572, ["group"])):
        maker.add(f"CN={rid},CN=Users,{dn}", classes, objectSid=sid_bytes(f"{sid}-{rid}"))
    maker.records[f"CN=572,CN=Users,{dn}"]["member"] = [f"CN={rid},CN=Users,{dn}".encode() for rid in (502, 512)]
    return f"CN=572,CN=Users,{dn}"


@pytest.mark.parametrize("dn", [f"DC=site,{DN}", "DC=arbre,DC=test"])
def test_a_child_or_another_tree_shares_the_root_of_its_forest(maker, dn):
    add_domain(maker, dn, "S-1-5-21-4-5-6")
    assert set(root_domains(maker.forest()).values()) == {"hopital.test"}


def test_each_forest_of_one_source_has_its_own_root(maker, judge):
    denied = add_domain(maker, "DC=voisin,DC=test", "S-1-5-21-4-5-6")
    maker.add("CN=Configuration,DC=voisin,DC=test", ["configuration"])
    assert root_domains(maker.forest()) == {"hopital.test": "hopital.test", "voisin.test": "voisin.test"}
    missing = judge(maker, "vuln_critical_objects")
    assert missing.subjects["key"].to_list() == ["S-1-5-21-4-5-6-518", "S-1-5-21-4-5-6-519"]
    verdict = judge(maker, "vuln_rodc_denied_group")
    assert verdict.status is Status.NOT_EVALUATED
    assert denied in verdict.reason.fr


def test_without_the_configuration_the_root_shows_by_its_groups(maker):
    add_domain(maker, f"DC=site,{DN}", "S-1-5-21-4-5-6")
    for dn in [dn for dn in maker.records if "CN=Configuration," in dn]:
        del maker.records[dn]
    assert root_domains(maker.forest()) == {"hopital.test": "hopital.test", "site.hopital.test": "hopital.test"}


def test_vuln_sd_failed_sd_read_on_priv_passes(maker, judge):
    assert judge(maker, "vuln_sd_failed_sd_read_on_priv").status is Status.SATISFIED


def test_vuln_sd_failed_sd_read_on_priv_fails(maker, judge):
    maker.user("chef", groups=["Admins du domaine"])
    maker.change(f"CN=chef,CN=Users,{DN}", nTSecurityDescriptor=None, userAccountControl=None)
    verdict = judge(maker, "vuln_sd_failed_sd_read_on_priv")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["chef", "chef"]
    assert set(verdict.subjects["attribute"]) == {"nTSecurityDescriptor", "userAccountControl"}


def test_an_ordinary_account_without_descriptor_is_left_aside(maker, judge):
    maker.user("agent")
    maker.records[f"CN=agent,CN=Users,{DN}"].pop("nTSecurityDescriptor")
    assert judge(maker, "vuln_sd_failed_sd_read_on_priv").status is Status.SATISFIED


def test_a_source_without_descriptors_is_not_evaluated(maker, judge):
    for record in maker.records.values():
        record.pop("nTSecurityDescriptor")
    assert judge(maker, "vuln_sd_failed_sd_read_on_priv").status is Status.NOT_EVALUATED
