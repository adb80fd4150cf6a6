import pytest

from tests.directory.maker import AUTHENTICATED_USERS, DN, FULL_CONTROL, WRITE_DACL, WRITE_PROPERTY, make_descriptor

USERS = f"CN=Users,{DN}"
DC_OU = f"OU=Domain Controllers,{DN}"
ADMINISTRATOR = f"CN=Administrateur,{USERS}"
GPLINK = "f30e3bbe-9ff0-11d1-b603-0000f80367c1"


def test_a_healthy_forest_gives_nobody_control(maker):
    forest = maker.forest()
    targets = {*forest.privileged, *forest.domains["id"], *forest.domain_controllers["id"]}
    assert forest.graph.entries(targets, level=2).is_empty()


def test_entries_have_the_promised_columns(ask):
    graph = ask().graph
    assert [str(t) for t in graph.entries([0], level=1).schema.values()] == ["UInt32", "String", "UInt32", "UInt32"]
    assert graph.nodes.columns == ["id", "key", "name", "kind"]
    assert graph.edges.columns == ["source", "target", "kind", "level"]


def test_a_group_that_holds_a_right_is_one_row(maker, ask):
    helpdesk = maker.group("Assistance")
    for name in ("alice", "bruno"):
        maker.user(name, groups=["Assistance"])
    maker.protect(DN, [("A", FULL_CONTROL, maker.sid_of(helpdesk))])
    assert ask().entries(DN) == [("Assistance", "GenericAll", "hopital", 2)]


def test_reach_counts_accounts_through_nested_groups_and_loops(maker, ask):
    inner, outer = maker.group("Interne"), maker.group("Externe")
    maker.join(inner, outer)
    maker.join(outer, inner)
    maker.user("alice", groups=["Interne"])
    maker.user("bruno", groups=["Externe"])
    maker.protect(DN, [("A", WRITE_DACL, maker.sid_of(outer))])
    assert ask().entries(DN) == [("Externe", "WriteDacl", "hopital", 2)]


def test_a_right_given_to_all_is_everybody_s(maker, ask):
    maker.user("alice")
    maker.protect(DN, [("A", WRITE_DACL, AUTHENTICATED_USERS)])
    asked = ask()
    ((source, kind, _, reach),) = asked.entries(DN)
    assert source.startswith("Utilisateurs authentifiés")
    assert (kind, reach) == ("WriteDacl", 1)  # Guest is no authenticated user; krbtgt and privileged ones do not count


def test_kinds_restrict_the_entries(maker, ask):
    alice = maker.user("alice")
    maker.protect(DN, [("A", FULL_CONTROL, maker.sid_of(alice))])
    asked = ask()
    assert asked.entries(DN, kinds=["WriteDacl"]) == []
    assert len(asked.entries(DN, kinds=["GenericAll"])) == 1
    with pytest.raises(ValueError, match="NoSuchKind"):
        asked.entries(DN, kinds=["NoSuchKind"])


def test_half_a_replication_right_shows_only_when_asked(maker, ask):
    alice = maker.user("alice")
    get_changes = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
    maker.protect(DN, [("A", 0x100, maker.sid_of(alice), {"object": get_changes})])
    asked = ask()
    assert asked.entries(DN) == []
    assert asked.entries(DN, kinds=["GetChanges"]) == [("alice", "GetChanges", "hopital", 1)]
    assert asked.entries(DN, level=1, kinds=["GetChanges"]) == []


def test_a_right_on_the_container_reaches_what_it_holds(maker, ask):
    alice = maker.user("alice")
    maker.protect(DC_OU, [("A", WRITE_DACL, maker.sid_of(alice))])
    assert ask().entries(maker.controller) == [("alice", "WriteDacl", "Domain Controllers", 1)]


def test_protected_objects_do_not_inherit(maker, ask):
    alice = maker.user("alice")
    maker.protect(USERS, [("A", WRITE_DACL, maker.sid_of(alice))])
    assert ask().entries(ADMINISTRATOR) == []


def test_writing_attributes_of_a_container_does_not_give_its_content(maker, ask):
    alice = maker.user("alice")
    maker.protect(USERS, [("A", WRITE_PROPERTY, maker.sid_of(alice))])
    asked = ask()
    assert asked.entries(f"CN=krbtgt,{USERS}") == []
    assert asked.entries(USERS) == [("alice", "GenericWrite", "Users", 1)]


def test_linking_policies_reaches_even_protected_accounts(maker, ask):
    alice = maker.user("alice")
    maker.protect(DN, [("A", WRITE_PROPERTY, maker.sid_of(alice), {"object": GPLINK})])
    asked = ask()
    assert asked.entries(ADMINISTRATOR) == [("alice", "WriteGPLink", "hopital", 1)]
    assert asked.entries(ADMINISTRATOR, level=1) == []


def policy(maker, name="{31B2F340-016D-11D2-945F-00C04FB984F9}"):
    return maker.add(f"CN={name},CN=Policies,CN=System,{DN}", ["groupPolicyContainer"], displayName="Postes")


def link(*policies):
    return "".join(f"[LDAP://{dn};{options}]" for dn, options in policies)


@pytest.mark.parametrize(
    ("options", "block", "reached"), [(0, 0, True), (1, 0, False), (0, 1, False), (2, 1, True), (3, 0, False)]
)
def test_policy_links_honour_disabled_blocked_and_enforced(maker, ask, options, block, reached):
    alice, gpo = maker.user("alice"), policy(maker)
    maker.protect(gpo, [("A", FULL_CONTROL, maker.sid_of(alice))])
    maker.change(DN, gPLink=link((gpo, options)))
    maker.change(DC_OU, gPOptions=block)
    assert bool(ask().entries(maker.controller)) is reached


def test_a_policy_linked_to_a_site_reaches_its_servers(maker, ask):
    alice, gpo = maker.user("alice"), policy(maker)
    maker.protect(gpo, [("A", FULL_CONTROL, maker.sid_of(alice))])
    maker.change(f"CN=Paris,CN=Sites,CN=Configuration,{DN}", gPLink=link((gpo, 0)))
    assert ask().entries(maker.controller) == [("alice", "GenericAll", "Postes", 1)]


def test_adminsdholder_imposes_its_rights(maker, ask):
    alice = maker.user("alice")
    maker.protect(f"CN=AdminSDHolder,CN=System,{DN}", [("A", WRITE_DACL, maker.sid_of(alice))], protected=True)
    assert ask().entries(ADMINISTRATOR) == [("alice", "WriteDacl", "AdminSDHolder", 1)]


def test_a_null_dacl_is_everybody_s_and_an_empty_one_nobody_s(maker, ask):
    maker.records[DN]["nTSecurityDescriptor"] = [make_descriptor()]
    assert ask().entries(DN) == []
    raw = bytearray(make_descriptor())
    raw[16:20] = bytes(4)
    maker.records[DN]["nTSecurityDescriptor"] = [bytes(raw)]
    assert [row[:2] for row in ask().entries(DN)] == [("Tout le monde (Everyone)", "GenericAll")]


def test_an_unreadable_descriptor_is_a_flaw_and_its_object_unread(maker, ask):
    maker.records[maker.controller]["nTSecurityDescriptor"] = [b"\x01\x00"]
    asked = ask()
    assert asked.graph.unreadable == {asked.id(maker.controller)}
    assert asked.graph.flaws["place"].to_list() == [maker.controller]


def test_grants_of_sharphound_make_the_same_edges(maker):
    from rempart.directory.builder import SnapshotBuilder  # noqa: PLC0415 — this test alone builds by hand
    from rempart.directory.forest import Forest  # noqa: PLC0415 — same
    from tests.directory.maker import AT  # noqa: PLC0415 — same

    alice = maker.sid_of(maker.user("alice"))
    builder = SnapshotBuilder("sharphound")
    for dn, attributes in maker.records.items():
        builder.add(dn, {name: value for name, value in attributes.items() if name != "nTSecurityDescriptor"})
    builder.grant(DN, alice, "WriteDacl", inherited=False)
    builder.grant(DN, alice, "UnknownRight", inherited=False)
    forest = Forest(builder.finish(AT), AT)
    found = forest.graph.entries(forest.domains["id"], level=1)
    assert found["kind"].to_list() == ["WriteDacl"]
