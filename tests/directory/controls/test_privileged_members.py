from datetime import timedelta

import pytest

from rempart.measurement.verdict import Status
from tests.directory.controls.child import add_child_domain, add_child_user, child_group
from tests.directory.maker import AT, DN, sid_bytes

DOMAIN_ADMINS = "Admins du domaine"
STRANGER = "S-1-5-21-7-8-9-1234"


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def test_warning_logonscript_priv_fails(maker, judge):
    maker.user("chef", groups=[DOMAIN_ADMINS], scriptPath="ouverture.bat")
    verdict = judge(maker, "warning_logonscript_priv")
    assert names(verdict) == ["chef"]
    assert verdict.subjects["value"].to_list() == ["ouverture.bat"]


def test_warning_logonscript_priv_passes(maker, judge):
    maker.user("agent", scriptPath="ouverture.bat")
    maker.user("chef", groups=[DOMAIN_ADMINS], scriptPath=" ")
    assert judge(maker, "warning_logonscript_priv").status is Status.SATISFIED


def managed(maker, name, *groups, **attributes):
    dn = maker.add(
        f"CN={name},CN=Users,{DN}",
        ["user", "computer", "msDS-GroupManagedServiceAccount"],
        objectSid=sid_bytes(maker.next_sid()),
        sAMAccountName=name,
        userAccountControl=0x1000,
        **attributes,
    )
    for group in groups:
        maker.join(dn, group)


def test_warning_spn_priv_fails_even_for_what_the_point_tolerates(maker, judge):
    managed(maker, "gmsa$", maker.domain[512], servicePrincipalName="sql/srv")
    maker.user("chef", groups=[DOMAIN_ADMINS], servicePrincipalName="http/srv")
    assert names(judge(maker, "warning_spn_priv")) == ["chef", "gmsa$"]
    assert names(judge(maker, "vuln_spn_priv")) == ["chef"]


def test_warning_spn_priv_passes(maker, judge):
    managed(maker, "gmsa$", servicePrincipalName="sql/srv")
    maker.computer("SRV", groups=[DOMAIN_ADMINS], servicePrincipalName="HOST/srv")
    maker.user("chef", groups=[DOMAIN_ADMINS])
    assert judge(maker, "warning_spn_priv").status is Status.SATISFIED


def crowd(maker, count):
    for number in range(count):
        maker.user(f"chef{number:02}", groups=[DOMAIN_ADMINS])


def test_warning_privileged_members_fails_beyond_ten(maker, judge):
    crowd(maker, 11)
    add_child_domain(maker)
    maker.join(add_child_user(maker, "chef-site", rid=1200), child_group(512))
    verdict = judge(maker, "warning_privileged_members")
    assert names(verdict) == [f"chef{number:02}" for number in range(11)]
    assert verdict.measured == {"accounts": 12, "limit": 10}


def test_warning_privileged_members_passes_at_ten(maker, judge):
    crowd(maker, 10)
    assert judge(maker, "warning_privileged_members").status is Status.SATISFIED


def builtin(maker, rid, *members):
    dn = f"CN=Intégré {rid},CN=Builtin,{DN}"
    maker.add(dn, ["group"], sAMAccountName=f"Intégré {rid}", objectSid=sid_bytes(f"S-1-5-32-{rid}"))
    for member in members:
        maker.join(member, dn)
    return dn


def test_warning_privileged_members_builtin_notpriv_fails(maker, judge):
    group = builtin(maker, 580, maker.user("technicien"))
    maker.join(maker.user("auteur"), maker.domain[520])
    verdict = judge(maker, "warning_privileged_members_builtin_notpriv")
    assert names(verdict) == ["auteur", "technicien"]
    assert set(verdict.subjects["value"]) == {group, maker.domain[520]}


def test_warning_privileged_members_builtin_notpriv_passes(maker, judge):
    builtin(maker, 555, maker.user("chef", groups=[DOMAIN_ADMINS]))
    builtin(maker, 573, maker.user("superviseur"))
    maker.join(f"CN=Administrateur,CN=Users,{DN}", maker.domain[520])
    assert judge(maker, "warning_privileged_members_builtin_notpriv").status is Status.SATISFIED


def test_warning_privileged_members_expired_disabled_fails(maker, judge):
    maker.user("désactivé", groups=[DOMAIN_ADMINS], userAccountControl=0x202)
    maker.user("expiré", groups=[DOMAIN_ADMINS], accountExpires=AT - timedelta(seconds=1))
    verdict = judge(maker, "warning_privileged_members_expired_disabled")
    assert names(verdict) == ["désactivé", "expiré"]
    assert sorted(verdict.subjects["value"]) == ["2026-11-23T11:59:59Z", "514"]


def test_warning_privileged_members_expired_disabled_passes(maker, judge):
    maker.user("chef", groups=[DOMAIN_ADMINS], accountExpires=AT + timedelta(days=1))
    maker.user("parti", userAccountControl=0x202)
    maker.change(f"CN=Administrateur,CN=Users,{DN}", userAccountControl=0x202)
    assert judge(maker, "warning_privileged_members_expired_disabled").status is Status.SATISFIED


def test_warning_privileged_members_foreign_fails(maker, judge):
    add_child_domain(maker)
    neighbour = add_child_user(maker, "voisin", rid=1200)
    stranger = maker.add(
        f"CN={STRANGER},CN=ForeignSecurityPrincipals,{DN}", ["foreignSecurityPrincipal"], objectSid=sid_bytes(STRANGER)
    )
    nested = maker.group("Prestataires", members=[neighbour])
    maker.join(nested, maker.builtin[544])
    maker.join(stranger, maker.builtin[551])
    verdict = judge(maker, "warning_privileged_members_foreign")
    assert names(verdict) == [STRANGER, "voisin"]
    assert dict(zip(verdict.subjects["dn"], verdict.subjects["value"], strict=True)) == {
        stranger: maker.builtin[551],
        neighbour: nested,
    }


def test_a_foreign_member_counts_even_when_its_object_was_not_collected(maker, judge):
    maker.join(f"CN={STRANGER},CN=ForeignSecurityPrincipals,{DN}", maker.builtin[544])
    assert names(judge(maker, "warning_privileged_members_foreign")) == [STRANGER]


def test_warning_privileged_members_foreign_passes(maker, judge):
    add_child_domain(maker)
    maker.join(maker.domain[519], child_group(544))
    maker.join(add_child_user(maker, "chef-site", rid=1200), child_group(512))
    assert judge(maker, "warning_privileged_members_foreign").status is Status.SATISFIED


def test_warning_privileged_members_no_adminsdholder_fails(maker, judge):
    maker.user("chef", groups=[DOMAIN_ADMINS])
    assert names(judge(maker, "warning_privileged_members_no_adminsdholder")) == ["chef"]


def test_warning_privileged_members_no_adminsdholder_passes(maker, judge):
    maker.protected_copy(maker.user("chef", groups=[DOMAIN_ADMINS]))
    maker.user("agent")
    assert judge(maker, "warning_privileged_members_no_adminsdholder").status is Status.SATISFIED


def test_an_unread_descriptor_protects_nobody(maker, judge):
    maker.user("chef", groups=[DOMAIN_ADMINS], nTSecurityDescriptor=None)
    assert judge(maker, "warning_privileged_members_no_adminsdholder").status is Status.NOT_EVALUATED


@pytest.mark.parametrize("rid", [548, 549, 550, 551, 552])
def test_warning_privileged_members_not_empty_fails(maker, judge, rid):
    maker.join(maker.user("opérateur"), maker.builtin[rid])
    verdict = judge(maker, "warning_privileged_members_not_empty")
    assert names(verdict) == ["opérateur"]
    assert verdict.subjects["value"].to_list() == [maker.builtin[rid]]


def test_schema_and_key_administrators_stay_out_too(maker, judge):
    for rid in (518, 526, 527):
        maker.join(maker.user(f"chef{rid}"), maker.domain[rid])
    assert names(judge(maker, "warning_privileged_members_not_empty")) == ["chef518", "chef526", "chef527"]


def test_warning_privileged_members_not_empty_passes(maker, judge):
    """The built-in Administrator is in Schema Admins by default."""
    maker.user("chef", groups=[DOMAIN_ADMINS])
    assert judge(maker, "warning_privileged_members_not_empty").status is Status.SATISFIED


def change(member, days, *, removed=False, attribute="member"):
    moment = (AT - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        "<DS_REPL_VALUE_META_DATA>\n"
        f"\t<pszAttributeName>{attribute}</pszAttributeName>\n"
        f"\t<pszObjectDn>{member.replace('&', '&amp;')}</pszObjectDn>\n"
        f"\t<ftimeDeleted>{moment if removed else '1601-01-01T00:00:00Z'}</ftimeDeleted>\n"
        "\t<ftimeCreated>2020-01-01T00:00:00Z</ftimeCreated>\n"
        f"\t<ftimeLastOriginatingChange>{moment}</ftimeLastOriginatingChange>\n"
        "</DS_REPL_VALUE_META_DATA>\n"
    )


def test_info_privileged_members_recent_changes_fails_to_list_them(maker, judge):
    entered = maker.user("Dupont & fils", groups=[DOMAIN_ADMINS])
    left = f"CN=parti,OU=Ailleurs,{DN}"
    maker.change(maker.domain[512], msDS_ReplValueMetaData=[change(entered, 30), change(left, 2, removed=True)])
    verdict = judge(maker, "info_privileged_members_recent_changes")
    assert dict(zip(verdict.subjects["name"], verdict.subjects["value"], strict=True)) == {
        "Dupont & fils": f"+ 2026-10-24T12:00:00Z {maker.domain[512]}",
        left: f"− 2026-11-21T12:00:00Z {maker.domain[512]}",
    }


def test_info_privileged_members_recent_changes_passes(maker, judge):
    chief = maker.user("chef", groups=[DOMAIN_ADMINS])
    ordinary = maker.group("Accueil", members=[chief], msDS_ReplValueMetaData=[change(chief, 1)])
    maker.change(
        maker.domain[512],
        msDS_ReplValueMetaData=[change(chief, 31), change(ordinary, 1, attribute="msDS-KeyCredentialLink")],
    )
    assert judge(maker, "info_privileged_members_recent_changes").status is Status.SATISFIED


def test_without_history_nothing_is_said_of_changes(maker, judge):
    verdict = judge(maker, "info_privileged_members_recent_changes")
    assert verdict.status is Status.NOT_EVALUATED
    assert "msDS-ReplValueMetaData" in verdict.reason.fr
