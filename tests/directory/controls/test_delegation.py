import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import DN, make_descriptor

KRBTGT = f"CN=krbtgt,CN=Users,{DN}"
TRANSITION = 0x1000000
OPEN = 0x80000


def names(verdict):
    return verdict.subjects["name"].to_list()


def values(verdict):
    return verdict.subjects["value"].to_list()


# -- unconstrained ------------------------------------------------------------------------------------------------


def test_vuln_delegation_t4d_passes(maker, judge):
    assert judge(maker, "vuln_delegation_t4d").status is Status.SATISFIED


def test_vuln_delegation_t4d_fails(maker, judge):
    maker.computer("SRV1", userAccountControl=0x1000 | OPEN)
    maker.user("svc-web", userAccountControl=0x200 | OPEN)
    maker.user("svc-vieux", userAccountControl=0x202 | OPEN)
    verdict = judge(maker, "vuln_delegation_t4d")
    assert verdict.status is Status.FAILED
    assert names(verdict) == ["SRV1$", "svc-web"]


def test_a_read_only_controller_must_not_have_it(maker, judge):
    maker.computer("RODC1", userAccountControl=0x5001000 | OPEN, primaryGroupID=521)
    assert names(judge(maker, "vuln_delegation_t4d")) == ["RODC1$"]


# -- constrained --------------------------------------------------------------------------------------------------


def test_vuln_delegation_a2d2_passes(maker, judge):
    maker.computer("SRV1", msDS_AllowedToDelegateTo=["http/intranet.hopital.test", "cifs/srv-dc1.hopital.test"])
    assert judge(maker, "vuln_delegation_a2d2").status is Status.SATISFIED


@pytest.mark.parametrize(
    "service",
    [
        "cifs/dc1.hopital.test",
        "CIFS/DC1.HOPITAL.TEST",
        "ldap/DC1",
        "ldap/dc1.hopital.test:389",
        "ldap/dc1.hopital.test/hopital.test",
        "http/proxy.hopital.test/dc1.hopital.test",
        "krbtgt/HOPITAL.TEST",
        "krbtgt",
        "ldap/annuaire.hopital.test",
    ],
)
def test_vuln_delegation_a2d2_fails_on_a_controller_service(maker, judge, service):
    maker.change(maker.controller, servicePrincipalName=["HOST/dc1.hopital.test", "ldap/annuaire.hopital.test"])
    maker.computer("SRV1", msDS_AllowedToDelegateTo=["http/intranet.hopital.test", service])
    verdict = judge(maker, "vuln_delegation_a2d2")
    assert verdict.status is Status.FAILED
    assert names(verdict) == ["SRV1$"]
    assert values(verdict) == [service]
    assert verdict.subjects["attribute"].to_list() == ["msDS-AllowedToDelegateTo"]


def test_each_service_is_a_subject_and_disabled_accounts_are_left_aside(maker, judge):
    maker.user("svc", msDS_AllowedToDelegateTo=["cifs/dc1", "ldap/dc1"])
    maker.user("ancien", userAccountControl=0x202, msDS_AllowedToDelegateTo=["cifs/dc1"])
    verdict = judge(maker, "vuln_delegation_a2d2")
    assert names(verdict) == ["svc", "svc"]
    assert values(verdict) == ["cifs/dc1", "ldap/dc1"]


def test_vuln_delegation_t2a4d_passes_without_transition(maker, judge):
    maker.user("svc", msDS_AllowedToDelegateTo=["cifs/dc1"])
    assert judge(maker, "vuln_delegation_t2a4d").status is Status.SATISFIED


def test_vuln_delegation_t2a4d_fails(maker, judge):
    maker.user("svc", userAccountControl=0x200 | TRANSITION, msDS_AllowedToDelegateTo=["cifs/dc1.hopital.test"])
    maker.user("autre", userAccountControl=0x200 | TRANSITION, msDS_AllowedToDelegateTo=["http/intranet"])
    verdict = judge(maker, "vuln_delegation_t2a4d")
    assert verdict.status is Status.FAILED
    assert names(verdict) == ["svc"]
    assert judge(maker, "vuln_delegation_a2d2").status is Status.FAILED


# -- resource based -----------------------------------------------------------------------------------------------


def test_vuln_delegation_sourcedeleg_passes(maker, judge):
    maker.computer("SRV1", msDS_AllowedToActOnBehalfOfOtherIdentity=make_descriptor())
    assert judge(maker, "vuln_delegation_sourcedeleg").status is Status.SATISFIED


def test_vuln_delegation_sourcedeleg_fails(maker, judge):
    admin = maker.user("chef", groups=["Admins du domaine"])
    descriptor = make_descriptor()
    for dn in (maker.controller, KRBTGT, admin):
        maker.change(dn, msDS_AllowedToActOnBehalfOfOtherIdentity=descriptor)
    verdict = judge(maker, "vuln_delegation_sourcedeleg")
    assert verdict.status is Status.FAILED
    assert sorted(names(verdict)) == ["DC1$", "chef", "krbtgt"]
    assert bytes.fromhex(values(verdict)[0]) == descriptor


@pytest.mark.parametrize("point", ["vuln_delegation_t4d", "vuln_delegation_a2d2", "vuln_delegation_t2a4d"])
def test_an_account_whose_flags_are_hidden_may_delegate(maker, judge, point):
    maker.user("caché", userAccountControl=None)
    assert judge(maker, point).status is Status.NOT_EVALUATED
