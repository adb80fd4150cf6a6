import uuid

import pytest

from tests.directory.maker import AT, DN, FULL_CONTROL, WRITE_DACL, filetime, make_descriptor, sid_bytes

LAPS = "11111111-2222-3333-4444-555555555555"
ANONYMOUS = "S-1-5-7"
HEURISTICS = f"CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,{DN}"


def schema(maker, kind, name, guid):
    maker.add(
        f"CN={name},CN=Schema,CN=Configuration,{DN}",
        [kind],
        lDAPDisplayName=name,
        schemaIDGUID=uuid.UUID(guid).bytes_le,
    )


def test_laps_is_found_by_the_guid_of_this_schema_where_a_password_exists(maker, ask):
    alice = maker.user("alice")
    schema(maker, "attributeSchema", "ms-Mcs-AdmPwd", LAPS)
    with_password = maker.computer("PC1", ms_Mcs_AdmPwdExpirationTime=filetime(AT))
    without = maker.computer("PC2")
    for dn in (with_password, without):
        maker.protect(dn, [("A", 0x100, maker.sid_of(alice), {"object": LAPS})])
    asked = ask()
    assert asked.entries(with_password) == [("alice", "ReadLAPSPassword", "PC1$", 1)]
    assert asked.entries(without) == []


def test_who_is_let_in_by_an_attribute(maker, ask):
    alice, computer = maker.user("alice"), maker.computer("PC1")
    let_in = make_descriptor(aces=[("A", FULL_CONTROL, maker.sid_of(alice))])
    maker.change(computer, msDS_AllowedToActOnBehalfOfOtherIdentity=let_in)
    service = maker.add(
        f"CN=svc,CN=Users,{DN}",
        ["user", "computer", "msDS-GroupManagedServiceAccount"],
        sAMAccountName="svc$",
        objectSid=sid_bytes(maker.next_sid()),
        msDS_GroupMSAMembership=let_in,
    )
    asked = ask()
    assert asked.entries(computer) == [("alice", "AllowedToAct", "PC1$", 1)]
    assert asked.entries(service) == [("alice", "ReadGMSAPassword", "svc$", 1)]


def test_who_manages_a_read_only_controller_administers_it(maker, ask):
    alice = maker.user("alice")
    rodc = maker.computer("RODC1", primaryGroupID=521, userAccountControl=0x5001000, managedBy=alice)
    assert ask().entries(rodc) == [("alice", "ManagesRODC", "RODC1$", 1)]


def test_a_foreign_security_principal_is_the_identity_it_stands_for(maker, ask):
    maker.user("alice")
    group = maker.group("Assistance")
    stand_in = f"CN=S-1-5-11,CN=ForeignSecurityPrincipals,{DN}"
    maker.add(stand_in, ["foreignSecurityPrincipal"], objectSid=sid_bytes("S-1-5-11"))
    maker.join(stand_in, group)
    maker.protect(DN, [("A", WRITE_DACL, maker.sid_of(group))])
    asked = ask()
    assert asked.entries(DN) == [("Assistance", "WriteDacl", "hopital", 1)]
    assert len(asked.path(f"CN=alice,CN=Users,{DN}", DN)) == 3


@pytest.mark.parametrize(("heuristics", "reach"), [("0000000", 0), ("0000002", 2)])
def test_anonymous_stays_apart_unless_the_directory_lets_it_in(maker, ask, heuristics, reach):
    maker.user("alice")
    maker.change(HEURISTICS, dSHeuristics=heuristics)
    maker.protect(DN, [("A", WRITE_DACL, ANONYMOUS)])  # alice, and the guest who is in Everyone
    assert [row[3] for row in ask().entries(DN)] == [reach]


@pytest.mark.parametrize(("version", "reached"), [("10.0 (26100)", True), ("10.0 (20348)", False)])
def test_creating_delegated_accounts_takes_a_controller_of_2025(maker, ask, version, reached):
    alice = maker.user("alice")
    schema(maker, "classSchema", "msDS-DelegatedManagedServiceAccount", LAPS)
    unit = maker.add(f"OU=Services,{DN}", ["organizationalUnit"])
    maker.protect(unit, [("A", 0x1, maker.sid_of(alice), {"object": LAPS})])
    maker.change(maker.controller, operatingSystemVersion=version)
    assert [row[1] for row in ask().entries(DN)] == (["BadSuccessor"] if reached else [])


def test_a_builtin_group_is_that_of_the_object_s_domain(maker, ask):
    carole = maker.user("carole")
    group = f"CN=Opérateurs IIS,CN=Builtin,{DN}"
    maker.add(group, ["group"], sAMAccountName="Opérateurs IIS", objectSid=sid_bytes("S-1-5-32-568"))
    maker.join(carole, group)
    maker.protect(DN, [("A", WRITE_DACL, "S-1-5-32-568")])
    assert ask().entries(DN) == [("Opérateurs IIS", "WriteDacl", "hopital", 1)]


def test_a_trustee_that_is_no_object_has_a_node_of_its_own(maker, ask):
    stranger = "S-1-5-21-9-9-9-1234"
    maker.protect(DN, [("A", WRITE_DACL, stranger), ("A", WRITE_DACL, "S-1-5-21-9-9-9-519")])
    asked = ask()
    assert asked.entries(DN) == [(stranger, "WriteDacl", "hopital", 0)]
    assert asked.graph.nodes.filter(key=stranger)["kind"].to_list() == ["principal"]
