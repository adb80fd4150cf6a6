from datetime import timedelta

import pytest

from rempart.measurement.verdict import Status
from tests.directory.controls.child import CHILD_DN, CHILD_SID, add_child_domain
from tests.directory.maker import AT, DN, DOMAIN_SID, sid_bytes

GUEST = f"CN=Invité,CN=Users,{DN}"
DISABLED = 0x202
OTHER_DOMAIN = "S-1-5-21-123-456-789"


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def test_vuln_guest_fails(maker, judge):
    maker.change(GUEST, userAccountControl=0x200, sAMAccountName="visiteur")
    verdict = judge(maker, "vuln_guest")
    assert verdict.level == 2
    assert names(verdict) == ["visiteur"]


def test_vuln_guest_passes(maker, judge):
    maker.user("Guest")
    assert judge(maker, "vuln_guest").status is Status.SATISFIED


def test_guest_must_be_seen_in_every_domain(maker, judge):
    add_child_domain(maker)
    assert judge(maker, "vuln_guest").status is Status.SATISFIED
    del maker.records[f"CN=Invité-site,CN=Users,{CHILD_DN}"]
    verdict = judge(maker, "vuln_guest")
    assert verdict.status is Status.NOT_EVALUATED
    assert "site.hopital.test" in verdict.reason.fr


def sleeper(maker, name, *, password=1097, logon=366, make=None, **attributes):
    moment = 0 if logon is None else AT - timedelta(days=logon)
    values = {"pwdLastSet": AT - timedelta(days=password), "lastLogonTimestamp": moment, **attributes}
    return (make or maker.user)(name, **values)


def test_vuln_user_accounts_dormant_fails(maker, judge):
    sleeper(maker, "parti")
    # enabled: the Administrator, the controller, `parti`: one in three
    verdict = judge(maker, "vuln_user_accounts_dormant")
    assert verdict.level == 1
    assert names(verdict) == ["parti"]
    assert verdict.measured == {"accounts": 1, "enabled": 3, "percent": 33.3}


def test_vuln_user_accounts_dormant_passes(maker, judge):
    sleeper(maker, "parti")
    maker.user("agent")
    verdict = judge(maker, "vuln_user_accounts_dormant")
    assert verdict.status is Status.SATISFIED
    assert verdict.measured == {"accounts": 1, "enabled": 4, "percent": 25.0}


@pytest.mark.parametrize(
    "sign",
    [
        {"password": 1096},
        {"logon": 365},
        {"lastLogon": AT - timedelta(days=3)},
        {"userAccountControl": DISABLED},
    ],
)
def test_a_sign_of_life_is_enough_to_be_awake(maker, judge, sign):
    sleeper(maker, "agent", **sign)
    assert judge(maker, "vuln_user_accounts_dormant").status is Status.SATISFIED


def test_accounts_never_seen_sleep_once_they_are_a_year_old(maker, judge):
    young = sleeper(maker, "jamais", logon=None)
    maker.change(young, whenCreated="20260101000000.0Z")
    assert judge(maker, "vuln_user_accounts_dormant").status is Status.SATISFIED
    maker.change(young, whenCreated="20240101000000.0Z")
    sleeper(maker, "POSTE", make=maker.computer)
    assert names(judge(maker, "vuln_user_accounts_dormant")) == ["POSTE$", "jamais"]


def test_vuln_user_accounts_machineaccountquota_fails(maker, judge):
    add_child_domain(maker)
    maker.change(CHILD_DN, ms_DS_MachineAccountQuota=10, name="site")
    verdict = judge(maker, "vuln_user_accounts_machineaccountquota")
    assert verdict.level == 4
    assert names(verdict) == ["site"]
    assert verdict.subjects["value"].to_list() == ["10"]


def test_vuln_user_accounts_machineaccountquota_passes(maker, judge):
    assert judge(maker, "vuln_user_accounts_machineaccountquota").status is Status.SATISFIED


def test_unknown_quota_is_no_pass(maker, judge):
    maker.change(DN, ms_DS_MachineAccountQuota=None)
    assert judge(maker, "vuln_user_accounts_machineaccountquota").status is Status.NOT_EVALUATED


def odd_groups(maker):
    maker.user("admin-cache", primaryGroupID=512)
    maker.user("faux-poste", primaryGroupID=515)
    maker.user("parti", primaryGroupID=544, userAccountControl=DISABLED)
    maker.computer("FAUX-DC", primaryGroupID=516)
    maker.computer("RODC", primaryGroupID=516, userAccountControl=0x5001000)


def normal_groups(maker):
    maker.user("agent")
    maker.user("visiteur", primaryGroupID=514)
    maker.computer("POSTE")
    maker.computer("RODC2", primaryGroupID=521, userAccountControl=0x2000)
    maker.computer("RODC1", primaryGroupID=521, userAccountControl=0x5001000)
    maker.add(
        f"CN=gmsa,CN=Users,{DN}",
        ["user", "computer", "msDS-GroupManagedServiceAccount"],
        objectSid=sid_bytes(maker.next_sid()),
        userAccountControl=0x1000,
        primaryGroupID=515,
    )


def test_vuln_primary_group_id_1000_fails(maker, judge):
    odd_groups(maker)
    verdict = judge(maker, "vuln_primary_group_id_1000")
    assert verdict.level == 1
    assert names(verdict) == ["FAUX-DC$", "RODC$", "admin-cache", "faux-poste", "parti"]


def test_vuln_primary_group_id_1000_passes(maker, judge):
    normal_groups(maker)
    maker.user("informatique", primaryGroupID=1000)
    assert judge(maker, "vuln_primary_group_id_1000").status is Status.SATISFIED


def test_vuln_primary_group_id_nochange_fails(maker, judge):
    maker.user("informatique", primaryGroupID=1105)
    maker.user("limite", primaryGroupID=1000)
    maker.user("admin-cache", primaryGroupID=512)
    verdict = judge(maker, "vuln_primary_group_id_nochange")
    assert verdict.level == 3
    assert names(verdict) == ["admin-cache", "informatique", "limite"]
    assert sorted(verdict.subjects["value"]) == ["1000", "1105", "512"]


def test_vuln_primary_group_id_nochange_passes(maker, judge):
    normal_groups(maker)
    assert judge(maker, "vuln_primary_group_id_nochange").status is Status.SATISFIED


def test_unread_primary_group_is_no_pass(maker, judge):
    maker.change(maker.user("opaque"), primaryGroupID=None)
    assert judge(maker, "vuln_primary_group_id_1000").status is Status.NOT_EVALUATED


def history(maker, name, *sids, make=None):
    return (make or maker.user)(name, sIDHistory=[sid_bytes(sid) for sid in sids])


def test_vuln_sidhistory_dangerous_fails(maker, judge):
    history(maker, "enterprise", f"{OTHER_DOMAIN}-519", f"{OTHER_DOMAIN}-1200")
    history(maker, "integre", "S-1-5-32-544")
    history(maker, "systeme", "S-1-5-18")
    history(maker, "limite", f"{DOMAIN_SID}-999")
    history(maker, "groupe", f"{CHILD_SID}-512", make=maker.group)
    history(maker, "migre", f"{OTHER_DOMAIN}-1000")
    verdict = judge(maker, "vuln_sidhistory_dangerous")
    assert verdict.level == 2
    assert names(verdict) == ["enterprise", "groupe", "integre", "limite", "systeme"]
    shown = dict(verdict.subjects.select("name", "value").iter_rows())
    assert shown["enterprise"] == f"{OTHER_DOMAIN}-519"


def test_vuln_sidhistory_dangerous_passes(maker, judge):
    history(maker, "migre", f"{OTHER_DOMAIN}-1000", f"{OTHER_DOMAIN}-5001")
    assert judge(maker, "vuln_sidhistory_dangerous").status is Status.SATISFIED


def test_vuln_sidhistory_present_fails(maker, judge):
    history(maker, "migre", f"{OTHER_DOMAIN}-1000", f"{OTHER_DOMAIN}-5001")
    history(maker, "groupe", f"{OTHER_DOMAIN}-1001", make=maker.group)
    verdict = judge(maker, "vuln_sidhistory_present")
    assert verdict.level == 3
    assert names(verdict) == ["groupe", "migre"]
    assert f"{OTHER_DOMAIN}-1000 ; {OTHER_DOMAIN}-5001" in verdict.subjects["value"].to_list()


def test_vuln_sidhistory_present_passes(maker, judge):
    maker.user("agent")
    assert judge(maker, "vuln_sidhistory_present").status is Status.SATISFIED
