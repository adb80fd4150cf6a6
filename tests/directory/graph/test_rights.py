import pytest

from tests.directory.maker import (
    AUTHENTICATED_USERS,
    DN,
    FULL_CONTROL,
    SELF_WRITE,
    WRITE_DACL,
    WRITE_OWNER,
    WRITE_PROPERTY,
)

EVERYONE = "S-1-1-0"
OWNER_RIGHTS = "S-1-3-4"
MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"
RESET = "00299570-246d-11d0-a768-00aa006e0529"
GET, GET_ALL = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
USER_CLASS, GROUP_CLASS = "bf967aba-0de6-11d0-a285-00aa003049e2", "bf967a9c-0de6-11d0-a285-00aa003049e2"


@pytest.fixture
def people(maker):
    """A group with two members, a target user and a target group: (group, alice, bruno, target, target group)."""
    group = maker.group("Assistance")
    return (
        group,
        maker.user("alice", groups=["Assistance"]),
        maker.user("bruno", groups=["Assistance"]),
        maker.user("cible"),
        maker.group("Ciblé"),
    )


def kinds(asked, dn):
    return [(row[0], row[1]) for row in asked.entries(dn)]


def test_full_control_is_said_once(maker, people, ask):
    _, alice, _, target, _ = people
    maker.protect(target, [("A", FULL_CONTROL, maker.sid_of(alice))])
    assert kinds(ask(), target) == [("alice", "GenericAll")]


def test_generic_all_is_full_control(maker, people, ask):
    _, alice, _, target, _ = people
    maker.protect(target, [("A", 0x10000000, maker.sid_of(alice))])
    assert kinds(ask(), target) == [("alice", "GenericAll")]


def test_inherit_only_aces_do_not_bear_on_the_object(maker, people, ask):
    _, alice, _, target, _ = people
    maker.protect(target, [("A", FULL_CONTROL, maker.sid_of(alice), {"flags": 0x0A})])
    assert kinds(ask(), target) == []


@pytest.mark.parametrize(("kind_of_object", "expected"), [(USER_CLASS, ["GenericAll"]), (GROUP_CLASS, [])])
def test_an_ace_for_another_class_does_not_bear_on_the_object(maker, people, ask, kind_of_object, expected):
    _, alice, _, target, _ = people
    maker.protect(target, [("A", FULL_CONTROL, maker.sid_of(alice), {"inherited_type": kind_of_object, "flags": 0x10})])
    assert [kind for _, kind in kinds(ask(), target)] == expected


def test_the_object_type_names_the_right(maker, people, ask):
    _, alice, _, target, group = people
    sid = maker.sid_of(alice)
    maker.protect(target, [("A", 0x100, sid, {"object": RESET})])
    maker.protect(group, [("A", WRITE_PROPERTY, sid, {"object": MEMBER})])
    asked = ask()
    assert kinds(asked, target) == [("alice", "ForceChangePassword")]
    assert kinds(asked, group) == [("alice", "AddMember")]


def test_changing_ones_own_password_is_no_control(maker, people, ask):
    target = people[3]
    maker.protect(target, [("A", 0x100, EVERYONE, {"object": "ab721a53-1e2f-11d0-9819-00aa0040529b"})])
    assert kinds(ask(), target) == []


def test_adding_oneself_is_a_validated_write(maker, people, ask):
    _, alice, _, _, group = people
    maker.protect(group, [("A", SELF_WRITE, maker.sid_of(alice), {"object": MEMBER})])
    assert kinds(ask(), group) == [("alice", "AddSelf")]


def test_the_owner_can_rewrite_the_rights(maker, people, ask):
    _, alice, _, target, _ = people
    maker.protect(target, [], owner=maker.sid_of(alice))
    assert kinds(ask(), target) == [("alice", "Owns")]


def test_owner_rights_replace_what_the_owner_has(maker, people, ask):
    _, alice, _, target, _ = people
    maker.protect(target, [("A", 0x20000, OWNER_RIGHTS)], owner=maker.sid_of(alice))
    assert kinds(ask(), target) == []
    maker.protect(target, [("A", WRITE_DACL, OWNER_RIGHTS)], owner=maker.sid_of(alice))
    assert kinds(ask(), target) == [("alice", "WriteDacl")]


def test_owning_a_computer_is_level_two_unless_heuristics_say_otherwise(maker, people, ask):
    alice, computer = people[1], maker.computer("PC1")
    maker.protect(computer, [("A", WRITE_OWNER, maker.sid_of(alice))], owner=maker.sid_of(alice))
    assert ask().entries(computer, level=1) == []
    assert [kind for _, kind in kinds(ask(), computer)] == ["Owns", "WriteOwner"]
    service = f"CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,{DN}"
    maker.change(service, dSHeuristics="000000000100000000020000000112")
    assert len(ask().entries(computer, level=1)) == 0
    maker.change(service, dSHeuristics="00000000010000000002000000012")
    assert len(ask().entries(computer, level=1)) == 2


# -- denies --------------------


def test_a_deny_placed_before_takes_the_right_away(maker, people, ask):
    _, alice, _, target, _ = people
    sid = maker.sid_of(alice)
    maker.protect(target, [("D", WRITE_DACL, sid), ("A", WRITE_DACL, sid)])
    assert kinds(ask(), target) == []


def test_a_deny_placed_after_comes_too_late(maker, people, ask):
    _, alice, _, target, _ = people
    sid = maker.sid_of(alice)
    maker.protect(target, [("A", WRITE_DACL, sid), ("D", WRITE_DACL, sid)])
    assert kinds(ask(), target) == [("alice", "WriteDacl")]


@pytest.mark.parametrize("crowd", [EVERYONE, AUTHENTICATED_USERS])
def test_a_deny_for_all_holds_for_each(maker, people, ask, crowd):
    group, _, _, target, _ = people
    maker.protect(target, [("D", WRITE_DACL, crowd), ("A", WRITE_DACL, maker.sid_of(group))])
    assert kinds(ask(), target) == []


def test_a_deny_for_a_group_that_contains_the_holder_holds(maker, people, ask):
    group, _, _, target, _ = people
    outer = maker.group("Tous", members=[group])
    maker.protect(target, [("D", WRITE_DACL, maker.sid_of(outer)), ("A", WRITE_DACL, maker.sid_of(group))])
    assert kinds(ask(), target) == []


def test_a_denied_member_loses_the_right_and_the_others_keep_it(maker, people, ask):
    group, alice, bruno, target, _ = people
    maker.protect(target, [("D", WRITE_DACL, maker.sid_of(alice)), ("A", WRITE_DACL, maker.sid_of(group))])
    asked = ask()
    ((source, kind, _, reach),) = asked.entries(target)
    assert source == "Assistance (sauf / except alice)"
    assert (kind, reach) == ("WriteDacl", 1)
    assert asked.path(alice, target) == []
    assert len(asked.path(bruno, target)) == 2


def test_who_controls_the_group_adds_a_member_that_is_not_denied(maker, people, ask):
    group, alice, _, target, _ = people
    carole = maker.user("carole")
    maker.protect(group, [("A", WRITE_PROPERTY, maker.sid_of(carole), {"object": MEMBER})])
    maker.protect(target, [("D", WRITE_DACL, maker.sid_of(alice)), ("A", WRITE_DACL, maker.sid_of(group))])
    assert len(ask().path(carole, target)) == 2


def test_a_deny_of_one_right_leaves_the_others_of_full_control(maker, people, ask):
    _, alice, _, target, _ = people
    sid = maker.sid_of(alice)
    maker.protect(target, [("D", 0x100, sid, {"object": RESET}), ("A", FULL_CONTROL, sid)])
    found = [kind for _, kind in kinds(ask(), target)]
    assert "GenericAll" not in found
    assert "AllExtendedRights" not in found
    assert "ForceChangePassword" not in found
    assert {"WriteDacl", "WriteOwner", "GenericWrite"} <= set(found)


def test_a_harmless_deny_changes_nothing(maker, people, ask):
    _, alice, _, target, _ = people
    maker.protect(target, [("D", 0x10040, EVERYONE), ("A", FULL_CONTROL, maker.sid_of(alice))])
    assert kinds(ask(), target) == [("alice", "GenericAll")]


# -- replication: both halves --------------------


def test_replication_takes_both_halves_be_it_through_two_groups(maker, people, ask):
    group = people[0]
    other = maker.group("Autre", members=[people[1]])
    maker.protect(
        DN,
        [
            ("A", 0x100, maker.sid_of(group), {"object": GET}),
            ("A", 0x100, maker.sid_of(other), {"object": GET_ALL}),
        ],
    )
    assert ask().entries(DN) == [("alice", "DCSync", "hopital", 1)]


def test_one_half_of_replication_gives_nothing(maker, people, ask):
    maker.protect(DN, [("A", 0x100, maker.sid_of(people[0]), {"object": GET_ALL})])
    assert ask().entries(DN) == []
