from datetime import timedelta

import pytest

from rempart.measurement.verdict import Status
from tests.directory.controls.child import add_child_domain, add_child_user, child_group
from tests.directory.maker import AT, DN, sid_bytes

ADMINISTRATOR = f"CN=Administrateur,CN=Users,{DN}"
ADMINS = "Admins du domaine"
DISABLED = 0x202
PSOS = f"CN=Password Settings Container,CN=System,{DN}"
SILO = f"CN=Tier0,CN=AuthN Silos,CN=AuthN Policy Configuration,CN=Services,CN=Configuration,{DN}"


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def crowd(maker, count):
    for number in range(count):
        maker.user(f"admin{number:03}", groups=[ADMINS])


def test_vuln_privileged_members_fails_at_both_levels(maker, judge):
    crowd(maker, 50)
    maker.user("parti", groups=[ADMINS], userAccountControl=DISABLED)
    for level in (1, 2):
        verdict = judge(maker, "vuln_privileged_members", level=level)
        assert len(names(verdict)) == 51
        assert verdict.measured == {"accounts": 51, "limit": 50, "domains": 1}
        assert "Administrateur" not in names(verdict)
        assert "DC1$" not in names(verdict)


def test_vuln_privileged_members_fails_at_level_2_only_when_names_repeat(maker, judge):
    add_child_domain(maker)
    crowd(maker, 50)
    maker.join(add_child_user(maker, "ADMIN000", rid=1105), child_group(544))
    assert judge(maker, "vuln_privileged_members", level=1).status is Status.SATISFIED
    verdict = judge(maker, "vuln_privileged_members", level=2)
    assert verdict.measured == {"accounts": 51, "limit": 50, "domains": 2}
    assert "ADMIN000" in names(verdict)


def test_vuln_privileged_members_passes(maker, judge):
    crowd(maker, 50)
    maker.join(f"CN=admin000,CN=Users,{DN}", maker.builtin[551])
    for level in (1, 2):
        verdict = judge(maker, "vuln_privileged_members", level=level)
        assert verdict.status is Status.SATISFIED
        assert verdict.measured["accounts"] == 50


def test_a_forest_of_many_domains_may_have_three_times_as_many(maker, judge):
    for number in range(16):
        maker.add(
            f"CN=D{number},CN=Partitions,CN=Configuration,{DN}",
            ["crossRef"],
            nCName=f"DC=d{number},{DN}",
            systemFlags=3,
        )
    crowd(maker, 51)
    verdict = judge(maker, "vuln_privileged_members", level=2)
    assert verdict.status is Status.SATISFIED
    assert verdict.measured == {"accounts": 51, "limit": 51, "domains": 17}


def pso(maker, applies_to, **attributes):
    values = {
        "msDS_PasswordSettingsPrecedence": 10,
        "msDS_MinimumPasswordLength": 14,
        "msDS_MaximumPasswordAge": timedelta(days=365),
        "msDS_PSOAppliesTo": applies_to,
        **attributes,
    }
    return maker.add(f"CN=PSO{len(maker.records)},{PSOS}", ["msDS-PasswordSettings"], **values)


@pytest.mark.parametrize(
    ("weakness", "shown"),
    [
        ({"minPwdLength": 7}, "7 ; 365 j"),
        ({"maxPwdAge": timedelta(days=1097)}, "14 ; 1097 j"),
        ({"maxPwdAge": 0}, "14 ; ∞"),
    ],
)
def test_vuln_privileged_members_password_fails(maker, judge, weakness, shown):
    maker.change(DN, **weakness)
    maker.user("agent")
    verdict = judge(maker, "vuln_privileged_members_password")
    assert verdict.level == 2
    assert names(verdict) == ["Administrateur"]
    assert verdict.subjects["value"].to_list() == [f"{shown} ; {DN}"]


def test_vuln_privileged_members_password_passes(maker, judge):
    maker.change(DN, minPwdLength=8, maxPwdAge=timedelta(days=1096))
    assert judge(maker, "vuln_privileged_members_password").status is Status.SATISFIED


def test_policy_of_a_group_replaces_the_one_of_the_domain(maker, judge):
    maker.change(DN, minPwdLength=4)
    maker.user("chef", groups=[ADMINS])
    pso(maker, [maker.domain[512]])
    assert judge(maker, "vuln_privileged_members_password").status is Status.SATISFIED
    weak = pso(maker, [f"CN=chef,CN=Users,{DN}"], msDS_MinimumPasswordLength=6, msDS_PasswordSettingsPrecedence=99)
    verdict = judge(maker, "vuln_privileged_members_password")
    assert names(verdict) == ["chef"]
    assert verdict.subjects["value"].to_list() == [f"6 ; 365 j ; {weak}"]


def test_privileged_primary_group_brings_its_policy(maker, judge):
    maker.change(DN, minPwdLength=4)
    maker.user("cache", primaryGroupID=512)
    pso(maker, [maker.domain[512]])
    assert judge(maker, "vuln_privileged_members_password").status is Status.SATISFIED


def test_each_domain_has_its_own_policy(maker, judge):
    add_child_domain(maker)
    maker.join(add_child_user(maker, "site", rid=1105), child_group(512))
    maker.change(DN, minPwdLength=4)
    assert names(judge(maker, "vuln_privileged_members_password")) == ["Administrateur"]


def test_unreadable_policies_are_no_verdict_on_privileged_members(maker, judge):
    del maker.records[PSOS]
    maker.change(DN, minPwdLength=4)
    verdict = judge(maker, "vuln_privileged_members_password")
    assert verdict.status is Status.NOT_EVALUATED
    assert "Administrateur" in verdict.reason.fr


def test_vuln_privileged_members_no_admincount_fails(maker, judge):
    maker.user("vide", groups=[ADMINS])
    maker.user("zero", groups=[ADMINS], adminCount=0)
    inner = maker.group("Informatique", members=[maker.user("nested", userAccountControl=DISABLED)])
    maker.join(inner, maker.builtin[544])
    maker.user("marque", groups=[ADMINS], adminCount=1)
    verdict = judge(maker, "vuln_privileged_members_no_admincount")
    assert verdict.level == 2
    assert names(verdict) == ["nested", "vide", "zero"]
    assert sorted(verdict.subjects["value"]) == ["", "", "0"]


def test_vuln_privileged_members_no_admincount_passes(maker, judge):
    maker.user("chef", groups=[ADMINS], adminCount=1)
    maker.user("sorti", adminCount=1)
    maker.user("agent")
    assert judge(maker, "vuln_privileged_members_no_admincount").status is Status.SATISFIED


def test_vuln_protected_users_fails(maker, judge):
    maker.user("chef", groups=[ADMINS])
    maker.user("parti", groups=[ADMINS], userAccountControl=DISABLED)
    maker.user("agent")
    verdict = judge(maker, "vuln_protected_users")
    assert verdict.level == 3
    assert names(verdict) == ["chef", "parti"]


def test_vuln_protected_users_passes(maker, judge):
    inner = maker.group("Protégés", members=[maker.user("chef", groups=[ADMINS])])
    maker.join(inner, maker.domain[525])
    assert judge(maker, "vuln_protected_users").status is Status.SATISFIED


def test_protected_users_group_of_another_domain_counts(maker, judge):
    add_child_domain(maker)
    site = add_child_user(maker, "site", rid=1105)
    maker.join(site, child_group(512))
    assert names(judge(maker, "vuln_protected_users")) == ["site"]
    maker.join(site, child_group(525))
    assert judge(maker, "vuln_protected_users").status is Status.SATISFIED


def silo_member(maker, name, *, assigned=True, listed=True):
    account = maker.user(name, groups=[ADMINS])
    if assigned:
        maker.change(account, msDS_AssignedAuthNPolicySilo=SILO)
    if listed:
        maker.records[SILO]["msDS-AuthNPolicySiloMembers"].append(account.encode())
    return account


def test_vuln_silo_priv_fails(maker, judge):
    silo_member(maker, "nulle-part", assigned=False, listed=False)
    silo_member(maker, "affecte", listed=False)
    silo_member(maker, "inscrit", assigned=False)
    verdict = judge(maker, "vuln_silo_priv")
    assert verdict.level == 4
    assert names(verdict) == ["affecte", "inscrit", "nulle-part"]


def test_vuln_silo_priv_passes(maker, judge):
    chief = silo_member(maker, "chef")
    maker.change(chief, msDS_AssignedAuthNPolicySilo=SILO.upper())
    maker.user("agent")
    assert judge(maker, "vuln_silo_priv").status is Status.SATISFIED


@pytest.mark.parametrize("enforced", [False, None])
def test_silo_in_audit_only_holds_nobody(maker, judge, enforced):
    maker.change(SILO, msDS_AuthNPolicySiloEnforced=enforced)
    assert names(judge(maker, "vuln_silo_priv")) == ["Administrateur"]


@pytest.mark.parametrize(
    "control",
    [
        "vuln_privileged_members",
        "vuln_privileged_members_password",
        "vuln_privileged_members_no_admincount",
        "vuln_protected_users",
        "vuln_silo_priv",
        "vuln_spn_priv",
        "vuln_password_change_priv",
        "vuln_kerberos_properties_preauth_priv",
        "vuln_reversible_password_priv_uac",
    ],
)
def test_domain_without_its_privileged_groups_is_no_pass(maker, judge, control):
    maker.records.pop(maker.builtin[544])
    level = 2 if control == "vuln_privileged_members" else None
    assert judge(maker, control, level=level).status is Status.NOT_EVALUATED


def test_foreign_member_of_a_privileged_group_is_privileged(maker, judge):
    add_child_domain(maker)
    account = add_child_user(maker, "site", rid=1105)
    sid = maker.sid_of(account)
    foreign = maker.add(
        f"CN={sid},CN=ForeignSecurityPrincipals,{DN}", ["foreignSecurityPrincipal"], objectSid=sid_bytes(sid)
    )
    maker.join(foreign, maker.builtin[544])
    maker.change(account, pwdLastSet=AT - timedelta(days=2000))
    assert names(judge(maker, "vuln_password_change_priv")) == ["site"]


def test_administrator_is_recognised_by_its_rid_not_its_name(maker, judge):
    maker.change(ADMINISTRATOR, sAMAccountName="jdupont", pwdLastSet=AT - timedelta(days=2000))
    for group in (512, 518, 519, 525):
        maker.change(maker.domain[group], member=None)
    assert names(judge(maker, "vuln_password_change_priv")) == ["jdupont"]


HIDDEN = {"userAccountControl": None, "pwdLastSet": None, "whenCreated": None}


@pytest.mark.parametrize(
    "control",
    [
        "vuln_privileged_members_no_admincount",
        "vuln_silo_priv",
        "vuln_spn_priv",
        "vuln_sidhistory_present",
        "vuln_sidhistory_dangerous",
        "vuln_kerberos_properties_encryption",
        "vuln_password_change_server_no_change_90",
        "vuln_password_change_inactive_servers",
    ],
)
def test_account_that_showed_nothing_is_neither_pass_nor_failure(maker, judge, control):
    maker.change(maker.user("opaque", groups=[ADMINS]), **HIDDEN)
    maker.change(maker.computer("CACHE"), **HIDDEN)
    assert judge(maker, control).status is Status.NOT_EVALUATED
