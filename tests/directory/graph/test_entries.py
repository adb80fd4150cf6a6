from tests.directory.maker import DN, FULL_CONTROL, WRITE_DACL

USERS = f"CN=Users,{DN}"


def entries(maker, *targets, level=2, kinds=None):
    """Entries by names: (source, kind, target, reach)."""
    forest = maker.forest()
    graph = forest.graph
    ids = [forest.by_dn(dn)["id"][0] for dn in targets]
    names = dict(zip(graph.nodes["id"], graph.nodes["name"], strict=True))
    found = graph.entries(ids, level=level, kinds=kinds)
    return [(names[s], kind, names[t], reach) for s, kind, t, reach in found.iter_rows()]


def test_a_healthy_forest_gives_nobody_control(maker):
    forest = maker.forest()
    targets = {*forest.privileged, *forest.domains["id"], *forest.domain_controllers["id"]}
    assert forest.graph.entries(targets, level=2).is_empty()


def test_a_group_that_holds_a_right_is_one_row(maker):
    helpdesk = maker.group("Assistance")
    for name in ("alice", "bruno"):
        maker.user(name, groups=["Assistance"])
    maker.protect(DN, [("A", FULL_CONTROL, maker.sid_of(helpdesk))])
    assert entries(maker, DN) == [("Assistance", "GenericAll", "hopital", 2)]


def test_a_right_on_the_container_reaches_what_it_holds(maker):
    alice = maker.user("alice")
    maker.protect(f"OU=Domain Controllers,{DN}", [("A", WRITE_DACL, maker.sid_of(alice))])
    assert entries(maker, maker.controller) == [("alice", "WriteDacl", "Domain Controllers", 1)]


def test_protected_objects_do_not_inherit(maker):
    alice = maker.user("alice")
    maker.protect(USERS, [("A", WRITE_DACL, maker.sid_of(alice))])
    assert entries(maker, f"CN=Administrateur,{USERS}") == []
