from datetime import timedelta

import pytest

from rempart.directory.audit import judged
from rempart.directory.catalogue import catalogue
from rempart.measurement.verdict import Status
from tests.directory.controls.child import add_child_domain, add_child_user
from tests.directory.maker import AT, DN, Maker, sid_bytes

PSOS = f"CN=Password Settings Container,CN=System,{DN}"
ADMINS = "Admins du domaine"
NO_PREAUTH, DES_ONLY = 0x400000, 0x200000
ENABLED, DISABLED = 0x200, 0x202
SPN = ["MSSQLSvc/bdd.hopital.test:1433"]
AES, AES_AND_RC4 = 0x18, 0x1C
AGES = timedelta(days=1096)


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def strong_policy(maker, applies_to, **attributes):
    """A PSO that ANSSI tolerates, last changed 100 days ago."""
    values = {
        "msDS_PasswordSettingsPrecedence": 10,
        "msDS_MinimumPasswordLength": 33,
        "msDS_MaximumPasswordAge": AGES,
        "msDS_PSOAppliesTo": applies_to,
        "whenChanged": (AT - timedelta(days=100)).strftime("%Y%m%d%H%M%S.0Z"),
        **attributes,
    }
    return maker.add(f"CN=PSO{len(maker.records)},{PSOS}", ["msDS-PasswordSettings"], **values)


def roastable(maker: Maker, kind: str, name: str = "svc", **attributes) -> str:
    """A user that only a strong policy can excuse for `kind`: spn (privileged) or preauth."""
    values = {"msDS_SupportedEncryptionTypes": AES, "pwdLastSet": AT - timedelta(days=50), **attributes}
    if kind == "spn":
        return maker.user(name, groups=[ADMINS], servicePrincipalName=SPN, **values)
    return maker.user(name, userAccountControl=ENABLED | NO_PREAUTH, **values)


POINTS = {"spn": "vuln_spn_priv", "preauth": "vuln_kerberos_properties_preauth"}
both = pytest.mark.parametrize("kind", ["spn", "preauth"])


def test_vuln_kerberos_properties_preauth_priv_fails(maker, judge):
    maker.user("chef", groups=[ADMINS], userAccountControl=ENABLED | NO_PREAUTH)
    maker.user("agent", userAccountControl=ENABLED | NO_PREAUTH)
    verdict = judge(maker, "vuln_kerberos_properties_preauth_priv")
    assert verdict.level == 1
    assert names(verdict) == ["chef"]


def test_vuln_kerberos_properties_preauth_priv_passes(maker, judge):
    maker.user("ancien", groups=[ADMINS], userAccountControl=DISABLED | NO_PREAUTH)
    assert judge(maker, "vuln_kerberos_properties_preauth_priv").status is Status.SATISFIED


def test_privileged_account_without_preauthentication_is_never_tolerated(maker, judge):
    chief = maker.user(
        "chef",
        groups=[ADMINS],
        userAccountControl=ENABLED | NO_PREAUTH,
        msDS_SupportedEncryptionTypes=AES,
    )
    strong_policy(maker, [chief])
    assert names(judge(maker, "vuln_kerberos_properties_preauth_priv")) == ["chef"]


def test_vuln_kerberos_properties_preauth_fails(maker, judge):
    maker.user("agent", userAccountControl=ENABLED | NO_PREAUTH)
    maker.computer("POSTE", userAccountControl=0x1000 | NO_PREAUTH)
    verdict = judge(maker, "vuln_kerberos_properties_preauth")
    assert verdict.level == 2
    assert names(verdict) == ["POSTE$", "agent"]


def test_vuln_kerberos_properties_preauth_passes(maker, judge):
    maker.user("ancien", userAccountControl=DISABLED | NO_PREAUTH)
    strong_policy(maker, [roastable(maker, "preauth")])
    assert judge(maker, "vuln_kerberos_properties_preauth").status is Status.SATISFIED


def test_vuln_spn_priv_fails(maker, judge):
    maker.user("svc", groups=[ADMINS], servicePrincipalName=SPN)
    maker.user("ancien", groups=[ADMINS], servicePrincipalName=SPN, userAccountControl=DISABLED)
    maker.user("ordinaire", servicePrincipalName=SPN)
    verdict = judge(maker, "vuln_spn_priv")
    assert verdict.level == 1
    assert names(verdict) == ["ancien", "svc"]
    assert set(verdict.subjects["value"]) == set(SPN)


def test_vuln_spn_priv_passes(maker, judge):
    strong_policy(maker, [roastable(maker, "spn")])
    gmsa = maker.add(
        f"CN=gmsa,CN=Users,{DN}",
        ["user", "computer", "msDS-GroupManagedServiceAccount"],
        objectSid=sid_bytes(maker.next_sid()),
        sAMAccountName="gmsa$",
        userAccountControl=0x1000,
        servicePrincipalName=SPN,
    )
    maker.join(gmsa, maker.domain[512])
    maker.join(maker.computer("SRV", servicePrincipalName=["HOST/srv"]), maker.domain[512])
    maker.change(maker.controller, servicePrincipalName=["ldap/dc1.hopital.test"])
    assert judge(maker, "vuln_spn_priv").status is Status.SATISFIED


@both
@pytest.mark.parametrize(
    "weakness",
    [
        {"msDS_MinimumPasswordLength": 32},
        {"msDS_MaximumPasswordAge": AGES + timedelta(days=1)},
        {"msDS_MaximumPasswordAge": None},
        {"whenChanged": (AT - timedelta(days=20)).strftime("%Y%m%d%H%M%S.0Z")},
    ],
)
def test_policy_that_misses_one_condition_excuses_nobody(maker, judge, kind, weakness):
    strong_policy(maker, [roastable(maker, kind)], **weakness)
    assert names(judge(maker, POINTS[kind])) == ["svc"]


@both
@pytest.mark.parametrize("weakness", [{"msDS_SupportedEncryptionTypes": AES_AND_RC4}, {"pwdLastSet": 0}])
def test_account_that_misses_one_condition_is_not_excused(maker, judge, kind, weakness):
    strong_policy(maker, [roastable(maker, kind, **weakness)])
    assert names(judge(maker, POINTS[kind])) == ["svc"]


def test_account_limited_to_des_is_not_excused(maker, judge):
    account = roastable(maker, "spn", userAccountControl=ENABLED | DES_ONLY)
    strong_policy(maker, [account])
    assert names(judge(maker, "vuln_spn_priv")) == ["svc"]


def test_policy_rules_the_accounts_of_its_domain_only(maker, judge):
    add_child_domain(maker)
    account = add_child_user(
        maker, "site", rid=1105, userAccountControl=ENABLED | NO_PREAUTH, msDS_SupportedEncryptionTypes=AES
    )
    strong_policy(maker, [maker.group("Services", members=[account])])
    assert names(judge(maker, "vuln_kerberos_properties_preauth")) == ["site"]


@both
def test_unset_algorithms_are_not_aes_only(maker, judge, kind):
    account = roastable(maker, kind)
    maker.change(account, msDS_SupportedEncryptionTypes=None)
    strong_policy(maker, [account])
    assert names(judge(maker, POINTS[kind])) == ["svc"]


@both
def test_policy_reaches_through_nested_global_groups_only(maker, judge, kind):
    inner = maker.group("Services", members=[roastable(maker, kind)])
    outer = maker.group("Robots", members=[inner])
    strong_policy(maker, [outer])
    assert judge(maker, POINTS[kind]).status is Status.SATISFIED
    maker.change(outer, groupType=-2147483644)
    assert names(judge(maker, POINTS[kind])) == ["svc"]


@both
def test_policy_linked_to_the_account_beats_the_one_of_its_group(maker, judge, kind):
    account = roastable(maker, kind)
    group = maker.group("Services", members=[account])
    strong_policy(maker, [group], msDS_MinimumPasswordLength=12, msDS_PasswordSettingsPrecedence=1)
    strong_policy(maker, [account], msDS_PasswordSettingsPrecedence=50)
    assert judge(maker, POINTS[kind]).status is Status.SATISFIED


@both
def test_lowest_precedence_wins_among_policies_of_groups(maker, judge, kind):
    group = maker.group("Services", members=[roastable(maker, kind)])
    strong_policy(maker, [group], msDS_PasswordSettingsPrecedence=50)
    strong_policy(maker, [group], msDS_MinimumPasswordLength=12, msDS_PasswordSettingsPrecedence=1)
    assert names(judge(maker, POINTS[kind])) == ["svc"]


@both
def test_unreadable_policies_leave_aes_accounts_unjudged(maker, judge, kind):
    del maker.records[PSOS]
    assert judge(maker, POINTS[kind]).status is Status.SATISFIED
    roastable(maker, kind)
    verdict = judge(maker, POINTS[kind])
    assert verdict.status is Status.NOT_EVALUATED
    assert "svc" in verdict.reason.fr
    roastable(maker, kind, name="rc4", msDS_SupportedEncryptionTypes=AES_AND_RC4)
    assert names(judge(maker, POINTS[kind])) == ["rc4"]


def test_vuln_kerberos_properties_deskey_fails(maker, judge):
    maker.user("vieux", userAccountControl=ENABLED | DES_ONLY)
    maker.user("ancien", userAccountControl=DISABLED | DES_ONLY)
    verdict = judge(maker, "vuln_kerberos_properties_deskey")
    assert verdict.level == 2
    assert names(verdict) == ["ancien", "vieux"]


def test_vuln_kerberos_properties_deskey_passes(maker, judge):
    maker.computer("POSTE", userAccountControl=0x1000 | DES_ONLY)
    assert judge(maker, "vuln_kerberos_properties_deskey").status is Status.SATISFIED


def test_vuln_kerberos_properties_encryption_fails(maker, judge):
    maker.user("vide", servicePrincipalName=SPN)
    maker.user("rc4", servicePrincipalName=SPN, msDS_SupportedEncryptionTypes=0x4)
    verdict = judge(maker, "vuln_kerberos_properties_encryption")
    assert verdict.level == 3
    assert names(verdict) == ["rc4", "vide"]
    assert sorted(verdict.subjects["value"]) == ["", "4"]


def test_vuln_kerberos_properties_encryption_passes(maker, judge):
    maker.user("explicite", servicePrincipalName=SPN, msDS_SupportedEncryptionTypes=AES_AND_RC4)
    maker.user("aes128", servicePrincipalName=SPN, msDS_SupportedEncryptionTypes=0x8)
    maker.user("ancien", servicePrincipalName=SPN, userAccountControl=DISABLED)
    maker.user("agent")
    maker.computer("SRV", servicePrincipalName=["HOST/srv"])
    maker.change(f"CN=krbtgt,CN=Users,{DN}", servicePrincipalName=["kadmin/changepw"], userAccountControl=ENABLED)
    assert judge(maker, "vuln_kerberos_properties_encryption").status is Status.SATISFIED


@pytest.mark.parametrize(
    ("control", "attribute"),
    [
        ("vuln_spn_priv", "servicePrincipalName"),
        ("vuln_kerberos_properties_preauth", "userAccountControl"),
        ("vuln_kerberos_properties_encryption", "msDS-SupportedEncryptionTypes"),
    ],
)
def test_export_of_chosen_attributes_is_no_pass(maker, control, attribute):
    maker.change(maker.controller, servicePrincipalName=["ldap/dc1.hopital.test"])
    for record in maker.records.values():
        record.pop("instanceType", None)
        record.pop(attribute, None)
    verdicts = list(judged([catalogue().controls[control]], maker.forest()))
    assert [verdict.status for verdict in verdicts] == [Status.NOT_EVALUATED]
    assert attribute in verdicts[0].reason.fr


@pytest.mark.parametrize(
    ("control", "bit"),
    [
        ("vuln_kerberos_properties_preauth_priv", "0x400000"),
        ("vuln_kerberos_properties_preauth", "0x400000"),
        ("vuln_kerberos_properties_deskey", "0x200000"),
        ("vuln_dont_expire_priv", "0x10000"),
        ("vuln_dont_expire", "0x10000"),
        ("vuln_reversible_password_priv_uac", "0x80"),
    ],
)
def test_bit_the_source_hides_is_no_pass(control, bit):
    assert f"uac:{bit}" in catalogue().controls[control].needs
