import pytest

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
