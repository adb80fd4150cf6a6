from datetime import timedelta

import pytest

from rempart.measurement.verdict import Status
from tests.directory.controls.child import CHILD_DN, CHILD_SID, add_child_domain, add_child_user
from tests.directory.maker import AT, DN, DOMAIN_SID, sid_bytes

ADMIN = f"CN=Administrateur,CN=Users,{DN}"
DISABLED = 0x202


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def test_warning_admincount_fails_for_former_administrators(maker, judge):
    former = maker.user("ancien-admin", adminCount=1)
    maker.user("parti", adminCount=1, userAccountControl=DISABLED)
    maker.group("Anciens admins", adminCount=1)
    verdict = judge(maker, "warning_admincount")
    assert names(verdict) == ["Anciens admins", "ancien-admin", "parti"]
    assert maker.sid_of(former) in verdict.subjects["key"].to_list()
    assert set(verdict.subjects["value"]) == {"1"}


def test_warning_admincount_passes_for_who_is_protected(maker, judge):
    """The Administrator, krbtgt and the group of read-only controllers are marked by Windows."""
    maker.change(maker.domain[521], adminCount=1)
    maker.change(maker.controller, adminCount=1)
    maker.user("agent")
    assert judge(maker, "warning_admincount").status is Status.SATISFIED


def test_nobody_is_an_orphan_where_privileged_groups_were_not_read(maker, judge):
    maker.user("peut-être", adminCount=1)
    del maker.records[maker.domain[512]]
    assert judge(maker, "warning_admincount").status is Status.NOT_EVALUATED


def test_warning_admincount_0_fails_for_erased_marks(maker, judge):
    maker.user("ancien-admin", adminCount=0)
    maker.user("admin", adminCount=0, groups=["Admins du domaine"])
    assert names(judge(maker, "warning_admincount_0")) == ["admin", "ancien-admin"]


def test_warning_admincount_0_passes_without_marks(maker, judge):
    maker.user("agent")
    maker.user("ancien-admin", adminCount=1)
    assert judge(maker, "warning_admincount_0").status is Status.SATISFIED


def test_warning_dont_expire_fails_for_a_single_account(maker, judge):
    maker.user("service", userAccountControl=0x10200)
    maker.user("parti", userAccountControl=0x10202)
    for number in range(20):
        maker.user(f"agent{number}")
    verdict = judge(maker, "warning_dont_expire")
    assert names(verdict) == ["service"]
    assert verdict.measured == {"accounts": 1}
    assert judge(maker, "vuln_dont_expire").status is Status.SATISFIED


def test_warning_dont_expire_passes(maker, judge):
    maker.user("agent")
    maker.user("parti", userAccountControl=0x10202)
    assert judge(maker, "warning_dont_expire").status is Status.SATISFIED


def test_warning_password_change_fails_after_three_years(maker, judge):
    maker.user("agent", pwdLastSet=AT - timedelta(days=1097))
    maker.user("jamais", pwdLastSet=0, whenCreated="20200101000000.0Z")
    assert names(judge(maker, "warning_password_change")) == ["agent", "jamais"]


def test_warning_password_change_passes_for_the_recent_the_disabled_and_the_others(maker, judge):
    old = AT - timedelta(days=2000)
    maker.user("agent", pwdLastSet=AT - timedelta(days=1096))
    maker.user("parti", pwdLastSet=old, userAccountControl=DISABLED)
    maker.user("chef", pwdLastSet=old, groups=["Admins du domaine"])
    maker.user("APPRO$", pwdLastSet=old, userAccountControl=0x820)
    maker.computer("POSTE", pwdLastSet=old)
    assert judge(maker, "warning_password_change").status is Status.SATISFIED


def test_warning_reversible_password_fails(maker, judge):
    maker.user("agent", userAccountControl=0x280)
    maker.user("parti", userAccountControl=0x282)
    verdict = judge(maker, "warning_reversible_password")
    assert names(verdict) == ["agent", "parti"]
    assert sorted(verdict.subjects["value"]) == ["640", "642"]


def test_warning_reversible_password_passes_and_leaves_the_privileged_to_their_point(maker, judge):
    maker.user("chef", userAccountControl=0x280, groups=["Admins du domaine"])
    maker.user("agent")
    assert judge(maker, "warning_reversible_password").status is Status.SATISFIED
    assert names(judge(maker, "vuln_reversible_password_priv_uac")) == ["chef"]


@pytest.mark.parametrize("attribute", ["lastLogonTimestamp", "lastLogon"])
def test_warning_rid500_fails_when_used_this_month(maker, judge, attribute):
    maker.change(ADMIN, lastLogonTimestamp=None, lastLogon=None, sAMAccountName="secours")
    maker.change(ADMIN, **{attribute: AT - timedelta(days=30)})
    verdict = judge(maker, "warning_rid500")
    assert names(verdict) == ["secours"]
    assert verdict.subjects["key"].to_list() == [f"{DOMAIN_SID}-500"]
    assert verdict.subjects["value"].to_list() == ["2026-10-24T12:00:00Z"]


def test_warning_rid500_passes_when_left_alone(maker, judge):
    maker.change(ADMIN, lastLogonTimestamp=AT - timedelta(days=31))
    maker.user("Administrator")
    assert judge(maker, "warning_rid500").status is Status.SATISFIED
    maker.change(ADMIN, lastLogonTimestamp=None)
    assert judge(maker, "warning_rid500").status is Status.SATISFIED


def test_the_administrator_of_every_domain_must_be_seen(maker, judge):
    maker.change(ADMIN, lastLogonTimestamp=None)
    add_child_domain(maker)
    assert judge(maker, "warning_rid500").status is Status.NOT_EVALUATED
    add_child_user(maker, "Administrateur-site", rid=500)
    verdict = judge(maker, "warning_rid500")
    assert verdict.subjects["key"].to_list() == [f"{CHILD_SID}-500"]
    assert CHILD_DN in verdict.subjects["dn"].item()


def account(maker, name, *, password, logon, make=None, **attributes):
    return (make or maker.user)(
        name,
        pwdLastSet=AT - timedelta(days=password),
        lastLogonTimestamp=AT - timedelta(days=logon),
        **attributes,
    )


def test_warning_user_accounts_dormant_fails_for_a_single_account(maker, judge):
    for number in range(10):
        maker.user(f"agent{number}")
    account(maker, "parti", password=1097, logon=366)
    account(maker, "VIEUX", password=1097, logon=366, make=maker.computer)
    verdict = judge(maker, "warning_user_accounts_dormant")
    assert names(verdict) == ["VIEUX$", "parti"]
    assert verdict.measured == {"accounts": 2, "enabled": 14}
    assert judge(maker, "vuln_user_accounts_dormant").status is Status.SATISFIED


def test_warning_user_accounts_dormant_passes(maker, judge):
    account(maker, "absent", password=1096, logon=366)
    account(maker, "présent", password=1097, logon=365)
    account(maker, "parti", password=1097, logon=366, userAccountControl=DISABLED)
    account(maker, "APPRO$", password=1097, logon=366, userAccountControl=0x820)
    assert judge(maker, "warning_user_accounts_dormant").status is Status.SATISFIED


def test_info_user_accounts_dormant_fails_to_list_the_silent(maker, judge):
    account(maker, "absent", password=400, logon=366)
    account(maker, "dormant", password=1097, logon=366)
    maker.add(
        f"CN=jamais,CN=Users,{DN}",
        ["user"],
        objectSid=sid_bytes(maker.next_sid()),
        sAMAccountName="jamais",
        userAccountControl=0x200,
        whenCreated="20250101000000.0Z",
    )
    assert names(judge(maker, "info_user_accounts_dormant")) == ["absent", "jamais"]


def test_info_user_accounts_dormant_passes(maker, judge):
    account(maker, "dormant", password=1097, logon=366)
    account(maker, "présent", password=400, logon=365)
    account(maker, "parti", password=400, logon=366, userAccountControl=DISABLED)
    assert judge(maker, "info_user_accounts_dormant").status is Status.SATISFIED


@pytest.mark.parametrize("entry", ["warning_dont_expire", "warning_password_change", "warning_reversible_password"])
def test_an_unreadable_account_is_no_pass(maker, judge, entry):
    maker.user("caché", userAccountControl=None)
    assert judge(maker, entry).status is Status.NOT_EVALUATED
