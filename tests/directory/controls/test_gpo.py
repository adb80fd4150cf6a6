import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import DN, FULL_CONTROL, READ, WRITE_DACL, WRITE_PROPERTY

CONTROLLERS = f"OU=Domain Controllers,{DN}"
SITE = f"CN=Paris,CN=Sites,CN=Configuration,{DN}"
GP_LINK = "f30e3bbe-9ff0-11d1-b603-0000f80367c1"
GP_PATH = "f30e3bc1-9ff0-11d1-b603-0000f80367c1"
DISABLED, ENFORCED = 1, 2
BLOCK = 1


def held(verdict):
    """Who, by which right, on what."""
    return list(verdict.subjects.select("principal", "right", "target").iter_rows())


@pytest.fixture
def desk(maker):
    """The SID of a help desk group with one member, which is not privileged."""
    return maker.sid_of(maker.group("Assistance", members=[maker.user("alice")]))


@pytest.fixture
def tier0(maker):
    """A unit that holds one more domain administrator."""
    unit = maker.ou("Tier0")
    admin = maker.user("admin2", groups=["Admins du domaine"])
    maker.records[f"CN=admin2,{unit}"] = maker.records.pop(admin)
    group = maker.domain[512]
    maker.change(group, member=[*(v.decode() for v in maker.records[group]["member"][:-1]), f"CN=admin2,{unit}"])
    return unit


# -- policies that apply to privileged accounts ------------------------------------------------------------------------


@pytest.mark.parametrize("place", [DN, CONTROLLERS, SITE])
def test_vuln_permissions_gpo_priv_fails_for_a_policy_of_controllers(maker, judge, desk, place):
    policy = maker.gpo("Durcissement", place)
    maker.protect(policy, [("A", WRITE_PROPERTY, desk, {"object": GP_PATH})])
    verdict = judge(maker, "vuln_permissions_gpo_priv")
    assert (verdict.status, verdict.level) == (Status.FAILED, 1)
    assert held(verdict) == [("Assistance", "WriteGPOContent", policy)]
    assert verdict.subjects["name"].to_list() == ["Assistance → Durcissement"]


def test_vuln_permissions_gpo_priv_passes(maker, judge, desk):
    maker.protect(maker.gpo("Durcissement", DN), [("A", READ, desk)])
    maker.protect(maker.gpo("Services", maker.ou("Urgences")), [("A", FULL_CONTROL, desk)])
    maker.protect(maker.gpo("Orpheline"), [("A", FULL_CONTROL, desk)])
    assert judge(maker, "vuln_permissions_gpo_priv").status is Status.SATISFIED


def test_a_disabled_link_applies_nothing(maker, judge, desk):
    maker.protect(maker.gpo("Ancienne", DN, options=DISABLED), [("A", FULL_CONTROL, desk)])
    assert judge(maker, "vuln_permissions_gpo_priv").status is Status.SATISFIED


def test_a_unit_that_blocks_inheritance_stops_ordinary_links_only(maker, judge, desk, tier0):
    maker.change(tier0, gPOptions=BLOCK)
    maker.change(f"CN=Users,{DN}", gPOptions=BLOCK)
    maker.change(CONTROLLERS, gPOptions=BLOCK)
    maker.protect(maker.gpo("Ordinaire", DN), [("A", FULL_CONTROL, desk)])
    assert judge(maker, "vuln_permissions_gpo_priv").status is Status.SATISFIED
    enforced = maker.gpo("Imposée", DN, options=ENFORCED)
    maker.protect(enforced, [("A", FULL_CONTROL, desk)])
    assert held(judge(maker, "vuln_permissions_gpo_priv")) == [("Assistance", "GenericAll", enforced)]


def test_the_policy_of_an_administrators_unit_counts(maker, judge, desk, tier0):
    policy = maker.gpo("Session des administrateurs", tier0)
    maker.protect(policy, [("A", WRITE_DACL, desk)])
    assert held(judge(maker, "vuln_permissions_gpo_priv")) == [("Assistance", "WriteDacl", policy)]


@pytest.mark.parametrize("folder", [f"CN=Policies,CN=System,{DN}", f"CN=System,{DN}"])
def test_the_folder_of_policies_gives_them_all(maker, judge, desk, folder):
    maker.gpo("Durcissement", DN)
    maker.protect(folder, [("A", WRITE_DACL, desk)])
    assert held(judge(maker, "vuln_permissions_gpo_priv")) == [("Assistance", "WriteDacl", folder)]


def test_an_unreadable_policy_is_never_a_pass(maker, judge):
    maker.change(maker.gpo("Cachée", DN), nTSecurityDescriptor=None)
    verdict = judge(maker, "vuln_permissions_gpo_priv")
    assert verdict.status is Status.NOT_EVALUATED
    assert "1" in verdict.reason.fr


# -- places where policies are linked ----------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [DN, CONTROLLERS, SITE])
def test_vuln_permissions_gpo_container_priv_fails_for_linking(maker, judge, desk, place):
    maker.protect(place, [("A", WRITE_PROPERTY, desk, {"object": GP_LINK})])
    verdict = judge(maker, "vuln_permissions_gpo_container_priv")
    assert (verdict.status, verdict.level) == (Status.FAILED, 2)
    assert held(verdict) == [("Assistance", "WriteGPLink", place)]


def test_vuln_permissions_gpo_container_priv_passes_for_an_ordinary_unit(maker, judge, desk):
    maker.protect(maker.ou("Urgences"), [("A", FULL_CONTROL, desk)])
    other = maker.add(f"CN=Lyon,CN=Sites,CN=Configuration,{DN}", ["site"])
    maker.protect(other, [("A", FULL_CONTROL, desk)])
    assert judge(maker, "vuln_permissions_gpo_container_priv").status is Status.SATISFIED


def test_the_unit_of_an_administrator_counts_and_stronger_rights_too(maker, judge, desk, tier0):
    maker.protect(tier0, [("A", WRITE_DACL, desk)])
    assert held(judge(maker, "vuln_permissions_gpo_container_priv")) == [("Assistance", "WriteDacl", tier0)]


def test_without_the_sites_nothing_can_be_passed(maker, judge):
    for dn in [dn for dn in maker.records if ",CN=Sites," in dn]:
        del maker.records[dn]
    verdict = judge(maker, "vuln_permissions_gpo_container_priv")
    assert verdict.status is Status.NOT_EVALUATED


def test_a_unit_whose_rights_are_hidden_is_never_a_pass(maker, judge, tier0):
    maker.change(tier0, nTSecurityDescriptor=None)
    for point, level in [("vuln_permissions_gpo_container_priv", 2), ("vuln_privileged_members_perm", 1)]:
        assert judge(maker, point, level=level).status is Status.NOT_EVALUATED
