import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import (
    ADMINISTRATORS,
    ADMINS,
    CONTROL_ACCESS,
    DEFAULT_ACES,
    DN,
    DOMAIN_SID,
    FULL_CONTROL,
    READ,
    SELF_WRITE,
    SYSTEM,
    WRITE_DACL,
    WRITE_PROPERTY,
    make_descriptor,
)

HOLDER = f"CN=AdminSDHolder,CN=System,{DN}"
EVERYONE, ANONYMOUS, GUESTS = "S-1-1-0", "S-1-5-7", "S-1-5-32-546"
CHANGE_PASSWORD = "ab721a53-1e2f-11d0-9819-00aa0040529b"
GET_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
GET_CHANGES_ALL = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
READ_ONLY_CONTROLLERS = f"{DOMAIN_SID}-498"
INHERIT_ONLY, INHERITED = 0x0A, 0x12

RAW_CONTROLS = [
    "warning_sd_adminsdholder_protec", "warning_sd_anonymous_control", "warning_sd_deny_read",
    "warning_sd_failed_sd_read", "warning_sd_generic_perm", "warning_sd_repl_perm", "warning_sd_unknown_sid",
    "info_sd", "info_sd_missing_au_lc", "info_sd_protected_ou",
]  # fmt: skip


def seen(verdict):
    """Who, by which right, on what."""
    return list(verdict.subjects.select("principal", "right", "target").iter_rows())


# -- AdminSDHolder -----------------------------------------------------------------------------------------------------


def test_warning_sd_adminsdholder_protec_fails_when_it_inherits(maker, judge):
    maker.protect(HOLDER, [], protected=False)
    verdict = judge(maker, "warning_sd_adminsdholder_protec")
    assert (verdict.status, verdict.level) == (Status.FAILED, None)
    assert verdict.subjects["dn"].to_list() == [HOLDER]


def test_warning_sd_adminsdholder_protec_passes(maker, judge):
    assert judge(maker, "warning_sd_adminsdholder_protec").status is Status.SATISFIED


def test_an_unseen_adminsdholder_is_never_a_pass(maker, judge):
    del maker.records[HOLDER]
    assert judge(maker, "warning_sd_adminsdholder_protec").status is Status.NOT_EVALUATED


# -- rights of anybody -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trustee", [EVERYONE, ANONYMOUS, GUESTS, f"{DOMAIN_SID}-514"])
def test_warning_sd_anonymous_control_fails_for_each_identity(maker, judge, trustee):
    unit = maker.ou("Urgences")
    maker.protect(unit, [("A", WRITE_PROPERTY, trustee)])
    verdict = judge(maker, "warning_sd_anonymous_control")
    assert verdict.status is Status.FAILED
    assert verdict.subjects.select("sid", "right", "target").row(0) == (trustee, "WRITE_PROPERTY", unit)
    assert verdict.measured == {"rights": 1}


def test_warning_sd_anonymous_control_passes_for_reading_and_changing_a_password(maker, judge):
    unit = maker.ou("Urgences")
    maker.protect(
        unit,
        [
            ("A", READ, EVERYONE),
            ("A", CONTROL_ACCESS, EVERYONE, {"object": CHANGE_PASSWORD}),
            ("D", FULL_CONTROL, EVERYONE),
            ("A", FULL_CONTROL, EVERYONE, {"flags": INHERIT_ONLY}),
        ],
    )
    assert judge(maker, "warning_sd_anonymous_control").status is Status.SATISFIED


def test_all_extended_rights_to_everyone_are_control(maker, judge):
    maker.protect(maker.ou("Urgences"), [("A", CONTROL_ACCESS, EVERYONE)])
    assert judge(maker, "warning_sd_anonymous_control").subjects["right"].to_list() == ["CONTROL_ACCESS"]


# -- denials -----------------------------------------------------------------------------------------------------------


def test_warning_sd_deny_read_fails_on_an_explicit_denial(maker, judge):
    hidden = maker.user("cache")
    maker.protect(hidden, [("D", 0x10 | 0x4, EVERYONE)])
    verdict = judge(maker, "warning_sd_deny_read")
    assert verdict.status is Status.FAILED
    assert seen(verdict) == [("Tout le monde (Everyone)", "READ_PROPERTY LIST", hidden)]


def test_warning_sd_deny_read_passes_for_protection_against_deletion(maker, judge):
    unit = maker.ou("Urgences")
    maker.protect(
        unit,
        [
            ("D", 0x10040, EVERYONE),
            ("D", 0x10, EVERYONE, {"object": CHANGE_PASSWORD}),
            ("D", 0x10, EVERYONE, {"flags": INHERITED}),
        ],
    )
    assert judge(maker, "warning_sd_deny_read").status is Status.SATISFIED


# -- unreadable descriptors --------------------------------------------------------------------------------------------


def test_warning_sd_failed_sd_read_fails_when_absent_or_damaged(maker, judge):
    absent, damaged = maker.user("absent"), maker.user("abime")
    maker.change(absent, nTSecurityDescriptor=None)
    maker.change(damaged, nTSecurityDescriptor=make_descriptor(aces=DEFAULT_ACES)[:40])
    verdict = judge(maker, "warning_sd_failed_sd_read")
    assert verdict.status is Status.FAILED
    assert sorted(verdict.subjects["name"]) == ["abime", "absent"]
    assert verdict.measured["unread"] == 2


def test_warning_sd_failed_sd_read_passes(maker, judge):
    assert judge(maker, "warning_sd_failed_sd_read").status is Status.SATISFIED


# -- generic rights ----------------------------------------------------------------------------------------------------


def test_warning_sd_generic_perm_fails_on_a_right_in_force(maker, judge):
    helper = maker.user("aide")
    unit = maker.ou("Urgences")
    maker.protect(unit, [("A", 0x40000000, maker.sid_of(helper))])
    verdict = judge(maker, "warning_sd_generic_perm")
    assert verdict.status is Status.FAILED
    assert seen(verdict) == [("aide", "GENERIC_WRITE", unit)]


def test_warning_sd_generic_perm_passes_when_it_only_serves_inheritance(maker, judge):
    maker.protect(maker.ou("Urgences"), [("A", 0x10000000, SYSTEM, {"flags": INHERIT_ONLY})])
    assert judge(maker, "warning_sd_generic_perm").status is Status.SATISFIED


# -- replication -------------------------------------------------------------------------------------------------------


def test_warning_sd_repl_perm_fails_for_a_synchronisation_account(maker, judge):
    account = maker.user("synchro")
    maker.protect(DN, [("A", CONTROL_ACCESS, maker.sid_of(account), {"object": GET_CHANGES})])
    verdict = judge(maker, "warning_sd_repl_perm")
    assert verdict.status is Status.FAILED
    assert seen(verdict) == [("synchro", "DS-Replication-Get-Changes", DN)]


def test_warning_sd_repl_perm_passes_for_controllers(maker, judge):
    maker.group("Contrôleurs en lecture seule de l’entreprise", sid=READ_ONLY_CONTROLLERS)
    maker.protect(
        DN,
        [
            ("A", CONTROL_ACCESS, READ_ONLY_CONTROLLERS, {"object": GET_CHANGES}),
            ("A", CONTROL_ACCESS, "S-1-5-9", {"object": GET_CHANGES_ALL}),
            ("A", CONTROL_ACCESS, f"{DOMAIN_SID}-516", {"object": GET_CHANGES_ALL}),
            ("A", CONTROL_ACCESS, ADMINISTRATORS, {"object": GET_CHANGES_ALL}),
        ],
    )
    schema = f"CN=Schema,CN=Configuration,{DN}"
    maker.protect(schema, [("A", CONTROL_ACCESS, READ_ONLY_CONTROLLERS, {"object": GET_CHANGES_ALL})])
    assert judge(maker, "warning_sd_repl_perm").status is Status.SATISFIED


def test_read_only_controllers_may_not_read_secrets_of_the_domain(maker, judge):
    maker.group("RODC", sid=READ_ONLY_CONTROLLERS)
    maker.protect(DN, [("A", CONTROL_ACCESS, READ_ONLY_CONTROLLERS, {"object": GET_CHANGES_ALL})])
    assert seen(judge(maker, "warning_sd_repl_perm")) == [("RODC", "DS-Replication-Get-Changes-All", DN)]


def test_a_right_of_replication_elsewhere_than_on_a_root_gives_nothing(maker, judge):
    account = maker.user("synchro")
    maker.protect(maker.ou("Urgences"), [("A", CONTROL_ACCESS, maker.sid_of(account), {"object": GET_CHANGES_ALL})])
    assert judge(maker, "warning_sd_repl_perm").status is Status.SATISFIED


# -- unknown SIDs ------------------------------------------------------------------------------------------------------


def test_warning_sd_unknown_sid_fails_for_a_vanished_account(maker, judge):
    gone = f"{DOMAIN_SID}-9999"
    unit = maker.ou("Urgences")
    maker.protect(unit, [("A", READ, gone)], owner=gone)
    verdict = judge(maker, "warning_sd_unknown_sid")
    assert verdict.status is Status.FAILED
    assert sorted(seen(verdict)) == [(gone, "ACE", unit), (gone, "Owns", unit)]


def test_warning_sd_unknown_sid_passes_for_other_domains_and_inherited_rules(maker, judge):
    foreign = "S-1-5-21-7-7-7-1104"
    maker.protect(
        maker.ou("Urgences"),
        [("A", READ, foreign), ("A", READ, f"{DOMAIN_SID}-9999", {"flags": INHERITED})],
        owner=foreign,
    )
    assert judge(maker, "warning_sd_unknown_sid").status is Status.SATISFIED


# -- informations ------------------------------------------------------------------------------------------------------


def test_info_sd_fails_with_the_inventory_of_delegations(maker, judge):
    desk = maker.group("Assistance")
    for name in ("Urgences", "Pharmacie"):
        maker.protect(maker.ou(name), [("A", WRITE_PROPERTY | WRITE_DACL, maker.sid_of(desk))])
    verdict = judge(maker, "info_sd")
    assert (verdict.status, verdict.level) == (Status.FAILED, None)
    assert verdict.subjects.select("principal", "right", "objects").rows() == [
        ("Assistance", "WRITE_DAC WRITE_PROPERTY", 2)
    ]
    assert verdict.measured == {"principals": 1}


def test_info_sd_passes_when_nothing_is_delegated(maker, judge):
    maker.protect(maker.ou("Urgences"), [("A", SELF_WRITE, ADMINS)])
    assert judge(maker, "info_sd").status is Status.SATISFIED


def test_info_sd_missing_au_lc_fails_for_a_hidden_unit(maker, judge):
    unit = maker.ou("Cachette")
    maker.change(unit, nTSecurityDescriptor=make_descriptor(aces=[("A", FULL_CONTROL, ADMINS)]))
    verdict = judge(maker, "info_sd_missing_au_lc")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["dn"].to_list() == [unit]


def test_info_sd_missing_au_lc_passes(maker, judge):
    maker.ou("Urgences")
    assert judge(maker, "info_sd_missing_au_lc").status is Status.SATISFIED


def test_info_sd_protected_ou_fails(maker, judge):
    unit = maker.ou("Administration")
    maker.protect(unit, [], protected=True)
    verdict = judge(maker, "info_sd_protected_ou")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["Administration"]


def test_info_sd_protected_ou_passes(maker, judge):
    maker.ou("Urgences")
    assert judge(maker, "info_sd_protected_ou").status is Status.SATISFIED


@pytest.mark.parametrize("control_id", RAW_CONTROLS)
def test_a_source_without_descriptors_answers_none_of_these(maker, judge, control_id):
    for record in maker.records.values():
        record.pop("nTSecurityDescriptor")
    assert judge(maker, control_id).status is Status.NOT_EVALUATED
