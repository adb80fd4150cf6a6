import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import (
    ADMINISTRATORS,
    AUTHENTICATED_USERS,
    CONTROL_ACCESS,
    DN,
    DOMAIN_SID,
    FULL_CONTROL,
    READ,
    WRITE_DACL,
    WRITE_OWNER,
    WRITE_PROPERTY,
    make_descriptor,
    sid_bytes,
)

CONFIGURATION = f"CN=Configuration,{DN}"
SCHEMA = f"CN=Schema,{CONFIGURATION}"
HOLDER = f"CN=AdminSDHolder,CN=System,{DN}"
DFSR = f"CN=Domain System Volume,CN=DFSR-GlobalSettings,CN=System,{DN}"
BACKUP_KEY = f"CN=BCKUPKEY_PREFERRED Secret,CN=System,{DN}"
ROOT_KEYS = f"CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,{CONFIGURATION}"
GET_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
GET_CHANGES_ALL = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
GET_CHANGES_FILTERED = "89e95b76-444d-4c62-991a-0facbeda640c"
ROOT_KEY_DATA = "26627c27-08a2-0a40-a1b1-8dce85b42993"
SERVICE_NAME = "f3a64788-5306-11d1-a9c5-0000f80367c1"
MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"
USER_CERTIFICATE = "bf967a7f-0de6-11d0-a285-00aa003049e2"
CHANGE_PASSWORD = "ab721a53-1e2f-11d0-9819-00aa0040529b"
READ_ONLY_CONTROLLERS = f"{DOMAIN_SID}-498"


def held(verdict):
    """Who, by which right, on what."""
    return list(verdict.subjects.select("principal", "right", "target").iter_rows())


def key_of(maker):
    maker.add(f"CN=Group Key Distribution Service,CN=Services,{CONFIGURATION}", ["container"])
    maker.add(ROOT_KEYS, ["container"])
    return maker.add(f"CN=5f1c2a52-0000-4000-8000-000000000001,{ROOT_KEYS}", ["msKds-ProvRootKey"])


@pytest.fixture
def desk(maker):
    """The SID of a help desk group with two members, which is not privileged."""
    return maker.sid_of(maker.group("Assistance", members=[maker.user("alice"), maker.user("bob")]))


# -- adminSDHolder -----------------------------------------------------------------------------------------------------


def test_vuln_permissions_adminsdholder_fails_at_both_levels(maker, judge, desk):
    maker.protect(HOLDER, [("A", WRITE_DACL, desk)], protected=True)
    for level in (1, 2):
        verdict = judge(maker, "vuln_permissions_adminsdholder", level=level)
        assert verdict.status is Status.FAILED
        assert held(verdict) == [("Assistance", "WriteDacl", HOLDER)]
        assert verdict.measured == {"principals": 1, "rights": 1}
        assert verdict.subjects.select("key", "name", "sid", "reach").row(0) == (
            f"{desk}>WriteDacl>cn=adminsdholder,cn=system,{DN.lower()}",
            "Assistance → AdminSDHolder",
            desk,
            2,
        )


def test_vuln_permissions_adminsdholder_passes(maker, judge, desk):
    maker.protect(HOLDER, [("A", READ, desk), ("A", FULL_CONTROL, ADMINISTRATORS)], protected=True)
    for level in (1, 2):
        assert judge(maker, "vuln_permissions_adminsdholder", level=level).status is Status.SATISFIED


def test_ownership_of_adminsdholder_is_a_right(maker, judge):
    owner = maker.user("ancien")
    maker.protect(HOLDER, [], owner=maker.sid_of(owner), protected=True)
    assert held(judge(maker, "vuln_permissions_adminsdholder", level=1)) == [("ancien", "Owns", HOLDER)]


def test_a_right_that_bites_once_copied_counts_with_its_level(maker, judge, desk):
    maker.protect(
        HOLDER,
        [
            ("A", WRITE_PROPERTY, desk, {"object": MEMBER}),
            ("A", WRITE_PROPERTY, desk, {"object": SERVICE_NAME}),
            ("A", WRITE_PROPERTY, desk, {"object": USER_CERTIFICATE}),
            ("A", CONTROL_ACCESS, "S-1-1-0", {"object": CHANGE_PASSWORD}),
        ],
        protected=True,
    )
    first = judge(maker, "vuln_permissions_adminsdholder", level=1)
    assert held(first) == [("Assistance", "AddMember", HOLDER)]
    second = judge(maker, "vuln_permissions_adminsdholder", level=2)
    assert sorted(held(second)) == [("Assistance", "AddMember", HOLDER), ("Assistance", "WriteSPN", HOLDER)]


def test_an_adminsdholder_that_was_not_seen_is_never_a_pass(maker, judge):
    del maker.records[HOLDER]
    verdict = judge(maker, "vuln_permissions_adminsdholder", level=1)
    assert verdict.status is Status.NOT_EVALUATED
    assert "AdminSDHolder" in verdict.reason.fr


def test_an_unreadable_descriptor_is_never_a_pass(maker, judge):
    maker.change(HOLDER, nTSecurityDescriptor=None)
    assert judge(maker, "vuln_permissions_adminsdholder", level=2).status is Status.NOT_EVALUATED
    maker.change(HOLDER, nTSecurityDescriptor=make_descriptor()[:30])
    assert judge(maker, "vuln_permissions_adminsdholder", level=2).status is Status.NOT_EVALUATED


def test_a_denial_before_the_grant_takes_the_right_away(maker, judge, desk):
    maker.protect(HOLDER, [("D", WRITE_DACL, desk), ("A", WRITE_DACL, desk)], protected=True)
    assert judge(maker, "vuln_permissions_adminsdholder", level=1).status is Status.SATISFIED


def test_a_denial_after_the_grant_comes_too_late(maker, judge, desk):
    maker.protect(HOLDER, [("A", WRITE_DACL, desk), ("D", WRITE_DACL, desk)], protected=True)
    assert judge(maker, "vuln_permissions_adminsdholder", level=1).status is Status.FAILED


def test_a_denial_for_a_wider_group_takes_the_right_away(maker, judge, desk):
    maker.protect(HOLDER, [("D", WRITE_DACL, "S-1-1-0"), ("A", WRITE_DACL, desk)], protected=True)
    assert judge(maker, "vuln_permissions_adminsdholder", level=1).status is Status.SATISFIED


# -- domain controllers ------------------------------------------------------------------------------------------------


def test_vuln_permissions_dc_fails_at_both_levels(maker, judge, desk):
    maker.protect(maker.controller, [("A", WRITE_DACL, desk)])
    for level in (1, 2):
        verdict = judge(maker, "vuln_permissions_dc", level=level)
        assert verdict.status is Status.FAILED
        assert held(verdict) == [("Assistance", "WriteDacl", maker.controller)]


def test_vuln_permissions_dc_passes(maker, judge, desk):
    maker.protect(maker.controller, [("A", READ, desk), ("A", CONTROL_ACCESS, desk, {"object": GET_CHANGES})])
    for level in (1, 2):
        assert judge(maker, "vuln_permissions_dc", level=level).status is Status.SATISFIED


def test_owning_a_controller_counts_at_level_2_only(maker, judge, desk):
    """KB5008383 blunts an owner's implicit rights on computers."""
    maker.protect(maker.controller, [], owner=desk)
    assert judge(maker, "vuln_permissions_dc", level=1).status is Status.SATISFIED
    assert held(judge(maker, "vuln_permissions_dc", level=2)) == [("Assistance", "Owns", maker.controller)]


def test_a_unit_that_contains_the_controller_is_a_path(maker, judge, desk):
    unit = f"OU=Domain Controllers,{DN}"
    maker.protect(unit, [("A", WRITE_DACL, desk)])
    assert held(judge(maker, "vuln_permissions_dc", level=1)) == [("Assistance", "WriteDacl", unit)]


def test_the_manager_of_a_read_only_controller_is_its_administrator(maker, judge):
    technician = maker.user("technicien")
    controller = maker.computer("RODC1", userAccountControl=0x5001000, primaryGroupID=521, managedBy=technician)
    assert held(judge(maker, "vuln_permissions_dc", level=1)) == [("technicien", "ManagesRODC", controller)]


# -- SYSVOL, DPAPI, gMSA -----------------------------------------------------------------------------------------------


def test_vuln_permissions_dfsr_sysvol_fails_on_settings_of_the_domain_and_of_a_controller(maker, judge, desk):
    content = maker.add(f"CN=SYSVOL Share,CN=Content,{DFSR}", ["msDFSR-ContentSet"])
    local = maker.add(f"CN=DFSR-LocalSettings,{maker.controller}", ["msDFSR-LocalSettings"])
    maker.protect(content, [("A", WRITE_DACL, desk)])
    maker.protect(local, [("A", WRITE_PROPERTY, desk)])
    first = judge(maker, "vuln_permissions_dfsr_sysvol", level=1)
    assert first.status is Status.FAILED
    assert sorted(held(first)) == [("Assistance", "GenericWrite", local), ("Assistance", "WriteDacl", content)]
    assert judge(maker, "vuln_permissions_dfsr_sysvol", level=2).status is Status.FAILED


def test_vuln_permissions_dfsr_sysvol_passes(maker, judge):
    for level in (1, 2):
        assert judge(maker, "vuln_permissions_dfsr_sysvol", level=level).status is Status.SATISFIED


def test_one_property_of_the_replication_counts_at_level_2_only(maker, judge, desk):
    maker.protect(DFSR, [("A", WRITE_PROPERTY, desk, {"object": "f0ead538-a3e3-4a8b-9b3b-1a5b9a5b1c11"})])
    assert judge(maker, "vuln_permissions_dfsr_sysvol", level=1).status is Status.SATISFIED
    assert held(judge(maker, "vuln_permissions_dfsr_sysvol", level=2)) == [("Assistance", "WriteProperty", DFSR)]


def test_a_read_only_controller_may_set_up_its_own_replication(maker, judge):
    controller = maker.computer("RODC1", userAccountControl=0x5001000, primaryGroupID=521)
    own = maker.add(f"CN=DFSR-LocalSettings,{controller}", ["msDFSR-LocalSettings"])
    maker.protect(own, [("A", FULL_CONTROL, maker.sid_of(controller))])
    assert judge(maker, "vuln_permissions_dfsr_sysvol", level=2).status is Status.SATISFIED
    maker.protect(DFSR, [("A", FULL_CONTROL, maker.sid_of(controller))])
    assert held(judge(maker, "vuln_permissions_dfsr_sysvol", level=1)) == [("RODC1$", "GenericAll", DFSR)]


def test_a_domain_that_still_replicates_by_ntfrs_has_no_dfsr_settings(maker, judge):
    del maker.records[DFSR]
    assert judge(maker, "vuln_permissions_dfsr_sysvol", level=1).status is Status.NOT_EVALUATED
    maker.add(f"CN=Domain System Volume (SYSVOL share),CN=File Replication Service,{DN}", ["nTFRSReplicaSet"])
    assert judge(maker, "vuln_permissions_dfsr_sysvol", level=1).status is Status.NOT_APPLICABLE


def test_vuln_permissions_dpapi_fails_at_both_levels(maker, judge, desk):
    maker.protect(BACKUP_KEY, [("A", FULL_CONTROL, desk)])
    for level in (1, 2):
        verdict = judge(maker, "vuln_permissions_dpapi", level=level)
        assert verdict.status is Status.FAILED
        assert held(verdict) == [("Assistance", "GenericAll", BACKUP_KEY)]


def test_vuln_permissions_dpapi_passes(maker, judge, desk):
    maker.protect(BACKUP_KEY, [("A", READ, desk)])
    for level in (1, 2):
        assert judge(maker, "vuln_permissions_dpapi", level=level).status is Status.SATISFIED


def test_keys_that_were_not_seen_are_never_a_pass(maker, judge):
    del maker.records[BACKUP_KEY]
    assert judge(maker, "vuln_permissions_dpapi", level=1).status is Status.NOT_EVALUATED


def test_vuln_permissions_gmsa_keys_fails_for_reading_the_key(maker, judge, desk):
    key = key_of(maker)
    maker.protect(key, [("A", CONTROL_ACCESS | 0x10, desk, {"object": ROOT_KEY_DATA})])
    for level in (1, 2):
        verdict = judge(maker, "vuln_permissions_gmsa_keys", level=level)
        assert verdict.status is Status.FAILED
        assert held(verdict) == [("Assistance", "ReadKDSKey", key)]


def test_vuln_permissions_gmsa_keys_passes(maker, judge):
    key_of(maker)
    for level in (1, 2):
        assert judge(maker, "vuln_permissions_gmsa_keys", level=level).status is Status.SATISFIED


def test_without_a_root_key_there_is_nothing_to_judge(maker, judge):
    assert judge(maker, "vuln_permissions_gmsa_keys", level=1).status is Status.NOT_APPLICABLE


def test_managed_accounts_without_a_key_in_sight_are_never_a_pass(maker, judge):
    maker.add(
        f"CN=gmsa,CN=Users,{DN}",
        ["computer", "msDS-GroupManagedServiceAccount"],
        sAMAccountName="gmsa$",
        objectSid=sid_bytes(maker.next_sid()),
    )
    assert judge(maker, "vuln_permissions_gmsa_keys", level=1).status is Status.NOT_EVALUATED


def test_a_root_key_whose_class_is_hidden_is_recognised_by_its_place(maker, judge):
    key = key_of(maker)
    maker.records[key] = {}
    assert judge(maker, "vuln_permissions_gmsa_keys", level=1).status is Status.NOT_EVALUATED


# -- roots of partitions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", [DN, CONFIGURATION, SCHEMA, f"DC=DomainDnsZones,{DN}", f"DC=ForestDnsZones,{DN}"])
def test_vuln_permissions_naming_context_fails_on_each_root(maker, judge, desk, root):
    maker.protect(root, [("A", WRITE_OWNER, desk)])
    for level in (1, 2):
        verdict = judge(maker, "vuln_permissions_naming_context", level=level)
        assert verdict.status is Status.FAILED
        assert held(verdict) == [("Assistance", "WriteOwner", root)]


def test_vuln_permissions_naming_context_passes(maker, judge):
    maker.group("RODC", sid=READ_ONLY_CONTROLLERS, members=[maker.computer("RODC1")])
    maker.protect(
        DN,
        [
            ("A", CONTROL_ACCESS, READ_ONLY_CONTROLLERS, {"object": GET_CHANGES}),
            ("A", CONTROL_ACCESS, "S-1-5-9", {"object": GET_CHANGES_ALL}),
            ("A", WRITE_PROPERTY, AUTHENTICATED_USERS, {"object": SERVICE_NAME}),
        ],
    )
    for level in (1, 2):
        assert judge(maker, "vuln_permissions_naming_context", level=level).status is Status.SATISFIED


def test_both_rights_of_replication_fail_at_level_1(maker, judge, desk):
    maker.protect(DN, [("A", CONTROL_ACCESS, desk, {"object": guid}) for guid in (GET_CHANGES, GET_CHANGES_ALL)])
    for level in (1, 2):
        assert held(judge(maker, "vuln_permissions_naming_context", level=level)) == [("Assistance", "DCSync", DN)]


@pytest.mark.parametrize(
    ("guid", "right"),
    [
        (GET_CHANGES, "GetChanges"),
        (GET_CHANGES_ALL, "GetChangesAll"),
        (GET_CHANGES_FILTERED, "GetChangesInFilteredSet"),
    ],
)
def test_one_right_of_replication_alone_fails_at_level_2(maker, judge, desk, guid, right):
    maker.protect(DN, [("A", CONTROL_ACCESS, desk, {"object": guid})])
    assert judge(maker, "vuln_permissions_naming_context", level=1).status is Status.SATISFIED
    assert held(judge(maker, "vuln_permissions_naming_context", level=2)) == [("Assistance", right, DN)]


def test_read_only_controllers_may_not_read_secrets(maker, judge):
    maker.group("RODC", sid=READ_ONLY_CONTROLLERS, members=[maker.computer("RODC1")])
    maker.protect(DN, [("A", CONTROL_ACCESS, READ_ONLY_CONTROLLERS, {"object": GET_CHANGES_ALL})])
    assert held(judge(maker, "vuln_permissions_naming_context", level=2)) == [("RODC", "GetChangesAll", DN)]


def test_partitions_not_collected_are_never_a_pass(maker, judge):
    for name in (f"DC=DomainDnsZones,{DN}", f"DC=ForestDnsZones,{DN}"):
        del maker.records[name]
    verdict = judge(maker, "vuln_permissions_naming_context", level=1)
    assert verdict.status is Status.NOT_EVALUATED


def test_what_happens_elsewhere_is_not_a_right_on_a_root(maker, judge, desk):
    maker.protect(maker.controller, [("A", FULL_CONTROL, desk)])
    assert judge(maker, "vuln_permissions_naming_context", level=2).status is Status.SATISFIED


# -- schema and containers ---------------------------------------------------------------------------------------------


def test_vuln_permissions_schema_fails_on_one_attribute(maker, judge, desk):
    attribute = maker.add(f"CN=Comment,{SCHEMA}", ["attributeSchema"], lDAPDisplayName="comment")
    maker.protect(attribute, [("A", WRITE_DACL, desk)])
    for level in (1, 2):
        verdict = judge(maker, "vuln_permissions_schema", level=level)
        assert verdict.status is Status.FAILED
        assert held(verdict) == [("Assistance", "WriteDacl", attribute)]


def test_vuln_permissions_schema_passes(maker, judge):
    maker.add(f"CN=Comment,{SCHEMA}", ["attributeSchema"], lDAPDisplayName="comment")
    for level in (1, 2):
        assert judge(maker, "vuln_permissions_schema", level=level).status is Status.SATISFIED


def test_rights_stop_at_the_head_of_a_partition(maker, judge, desk):
    """The schema's DN lies under the domain's, but it inherits nothing from it; nor does a child domain."""
    child = maker.add(f"DC=nord,{DN}", ["domain", "domainDNS"], objectSid=sid_bytes("S-1-5-21-4-4-4"))
    maker.add(f"CN=System,{child}", ["container"])
    maker.add(f"CN=AdminSDHolder,CN=System,{child}", ["container"])
    maker.protect(DN, [("A", WRITE_DACL, desk)])
    assert judge(maker, "vuln_permissions_schema", level=2).status is Status.SATISFIED
    targets = {target for _, _, target in held(judge(maker, "vuln_permissions_dfsr_sysvol", level=1))}
    assert targets == {DN}
    maker.protect(HOLDER, [], protected=True)
    assert judge(maker, "vuln_permissions_adminsdholder", level=2).status is Status.SATISFIED


def test_warning_permissions_specific_containers_fails(maker, judge, desk):
    users = f"CN=Users,{DN}"
    maker.protect(users, [("A", WRITE_DACL, desk)])
    verdict = judge(maker, "warning_permissions_specific_containers")
    assert (verdict.status, verdict.level) == (Status.FAILED, None)
    assert held(verdict) == [("Assistance", "WriteDacl", users)]


def test_warning_permissions_specific_containers_passes_for_a_delegated_unit(maker, judge, desk):
    maker.protect(maker.ou("Urgences"), [("A", FULL_CONTROL, desk)])
    assert judge(maker, "warning_permissions_specific_containers").status is Status.SATISFIED


# -- sources that resolve rights themselves ----------------------------------------------------------------------------

NOTHING = [
    "vuln_permissions_dfsr_sysvol",
    "vuln_permissions_dpapi",
    "vuln_permissions_gmsa_keys",
    "vuln_permissions_schema",
]
FAILURES_ONLY = ["vuln_permissions_naming_context", "warning_permissions_specific_containers"]


@pytest.mark.parametrize("control_id", [*NOTHING, *FAILURES_ONLY])
def test_a_source_without_descriptors_never_passes_these(maker, judge, control_id):
    key_of(maker)
    for record in maker.records.values():
        record.pop("nTSecurityDescriptor")
    level = 1 if control_id.startswith("vuln") else None
    assert judge(maker, control_id, level=level).status is Status.NOT_EVALUATED
