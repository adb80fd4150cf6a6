import pytest

from rempart.directory.controls.privileged_permissions import protected_like_adminsdholder
from rempart.measurement.verdict import Status
from tests.directory.maker import CONTROL_ACCESS, DN, FULL_CONTROL, READ, WRITE_DACL, WRITE_PROPERTY

HOLDER = f"CN=AdminSDHolder,CN=System,{DN}"
ADMIN = f"CN=Administrateur,CN=Users,{DN}"
RESET = "00299570-246d-11d0-a768-00aa006e0529"
SERVICE_NAME = "f3a64788-5306-11d1-a9c5-0000f80367c1"
SEND_TO = "ab721a55-1e2f-11d0-9819-00aa0040529b"
SELF = "S-1-5-10"


def held(verdict):
    """Who, by which right, on what."""
    return list(verdict.subjects.select("principal", "right", "target").iter_rows())


@pytest.fixture
def desk(maker):
    """The SID of an ordinary account of the help desk."""
    return maker.sid_of(maker.user("assistance"))


@pytest.fixture
def backup(maker):
    """A service account in Backup Operators, whose descriptor is an ordinary one."""
    account = maker.user("sauvegarde")
    maker.join(account, maker.builtin[551])
    return account


def test_vuln_privileged_members_perm_fails_for_resetting_a_password(maker, judge, desk, backup):
    maker.protect(backup, [("A", CONTROL_ACCESS, desk, {"object": RESET})])
    for level in (1, 2):
        verdict = judge(maker, "vuln_privileged_members_perm", level=level)
        assert verdict.status is Status.FAILED
        assert held(verdict) == [("assistance", "ForceChangePassword", backup)]


def test_vuln_privileged_members_perm_passes(maker, judge, desk, backup):
    maker.protect(backup, [("A", READ, desk)])
    for level in (1, 2):
        assert judge(maker, "vuln_privileged_members_perm", level=level).status is Status.SATISFIED


def test_a_service_name_counts_at_level_2_only(maker, judge, desk, backup):
    maker.protect(backup, [("A", WRITE_PROPERTY, desk, {"object": SERVICE_NAME})])
    assert judge(maker, "vuln_privileged_members_perm", level=1).status is Status.SATISFIED
    assert held(judge(maker, "vuln_privileged_members_perm", level=2)) == [("assistance", "WriteSPN", backup)]


def test_the_group_itself_counts(maker, judge, desk):
    group = maker.builtin[551]
    maker.protect(group, [("A", WRITE_DACL, desk)])
    assert held(judge(maker, "vuln_privileged_members_perm", level=1)) == [("assistance", "WriteDacl", group)]


@pytest.mark.usefixtures("backup")
def test_the_unit_of_an_unprotected_account_is_a_path(maker, judge, desk):
    users = f"CN=Users,{DN}"
    maker.protect(users, [("A", WRITE_DACL, desk)])
    assert ("assistance", "WriteDacl", users) in held(judge(maker, "vuln_privileged_members_perm", level=1))


def test_a_right_copied_from_adminsdholder_is_the_matter_of_its_own_point(maker, judge, desk):
    for dn in (HOLDER, ADMIN):
        maker.protect(dn, [("A", FULL_CONTROL, desk)], protected=True)
    assert judge(maker, "vuln_privileged_members_perm", level=1).status is Status.SATISFIED
    assert judge(maker, "vuln_permissions_adminsdholder", level=1).status is Status.FAILED


def test_cutting_inheritance_is_not_enough(maker, judge, desk):
    maker.protect(ADMIN, [("A", FULL_CONTROL, desk)], protected=True)
    assert held(judge(maker, "vuln_privileged_members_perm", level=1)) == [("assistance", "GenericAll", ADMIN)]


def test_admincount_is_not_the_test(maker, judge, desk, backup):
    maker.change(backup, adminCount=1)
    maker.protect(backup, [("A", FULL_CONTROL, desk)])
    assert judge(maker, "vuln_privileged_members_perm", level=1).status is Status.FAILED


def test_the_owner_of_a_protected_account_still_counts(maker, judge, desk):
    maker.protect(ADMIN, [], owner=desk, protected=True)
    assert held(judge(maker, "vuln_privileged_members_perm", level=1)) == [("assistance", "Owns", ADMIN)]


def test_domain_controllers_have_their_own_point(maker, judge, desk):
    maker.protect(maker.controller, [("A", FULL_CONTROL, desk)])
    assert judge(maker, "vuln_privileged_members_perm", level=2).status is Status.SATISFIED


# -- "as adminSDHolder protects" ---------------------------------------------------------------------------------------


def protected(maker):
    forest = maker.forest()
    return set(forest.rows(protected_like_adminsdholder(forest))["dn"])


def test_harmless_rules_do_not_break_the_protection(maker):
    maker.protect(
        ADMIN,
        [("A", FULL_CONTROL, SELF), ("A", READ, "S-1-5-9"), ("A", CONTROL_ACCESS, "S-1-1-0", {"object": SEND_TO})],
        protected=True,
    )
    assert ADMIN in protected(maker)


def test_the_same_rule_with_other_flags_is_another_rule(maker, desk):
    maker.protect(HOLDER, [("A", READ, desk)], protected=True)
    maker.protect(ADMIN, [("A", READ, desk, {"flags": 2})], protected=True)
    assert ADMIN not in protected(maker)


def test_a_group_is_protected_when_its_members_are(maker, backup):
    group, schema = maker.builtin[551], maker.domain[518]
    for dn in (group, schema):
        maker.protect(dn, [], protected=True)
    assert group not in protected(maker)
    assert schema in protected(maker)
    maker.protect(backup, [], protected=True)
    assert group in protected(maker)


def test_a_group_with_a_sub_group_is_not_protected(maker):
    group = maker.builtin[551]
    maker.protect(group, [], protected=True)
    nested = maker.group("Sous-groupe")
    maker.protect(nested, [], protected=True)
    maker.join(nested, group)
    assert group not in protected(maker)
