import re

import pytest

from rempart.directory.graph.kinds import kinds
from rempart.directory.graph.removal import quoted, removal
from rempart.directory.graph.schema import declared_rights
from rempart.directory.paths import control_paths, tier_zero
from rempart.measurement.errors import InputError
from tests.directory.maker import DN, FULL_CONTROL, WRITE_DACL, WRITE_OWNER, WRITE_PROPERTY, sid_bytes

MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"


def told(path):
    return [f"{hop.source.name} -{hop.edge}-> {hop.target.name}" for hop in path.hops]


def test_a_healthy_forest_has_no_path(maker):
    found = control_paths(maker.forest())
    assert (found.attackers, found.total, found.paths, found.choke_points) == (0, 0, (), ())


def test_a_chain_is_told_step_by_step(maker):
    alice, bruno, group = maker.user("alice"), maker.user("bruno"), maker.group("Assistance")
    maker.protect(bruno, [("A", 0x100, maker.sid_of(alice), {"object": "00299570-246d-11d0-a768-00aa006e0529"})])
    maker.protect(group, [("A", WRITE_PROPERTY, maker.sid_of(bruno), {"object": MEMBER})])
    maker.protect(maker.domain[512], [("A", WRITE_OWNER, maker.sid_of(group))])
    found = control_paths(maker.forest())
    assert found.attackers == 2
    assert told(found.paths[-1]) == [
        "alice -ForceChangePassword-> bruno",
        "bruno -AddMember-> Assistance",
        "Assistance -WriteOwner-> Admins du domaine",
    ]
    assert [point.cut_off for point in found.choke_points] == [2]


def test_members_of_a_group_are_one_path_and_the_total_is_told(maker):
    group = maker.group("Assistance")
    for number in range(5):
        maker.user(f"agent{number}", groups=["Assistance"])
    david = maker.user("david")
    maker.protect(DN, [("A", WRITE_DACL, maker.sid_of(group)), ("A", WRITE_DACL, maker.sid_of(david))])
    found = control_paths(maker.forest(), limit=1)
    assert told(found.paths[0]) == ["Assistance -WriteDacl-> hopital"]
    assert (found.total, found.starts, found.attackers, len(found.paths)) == (2, (5,), 6, 1)


def test_one_principal_may_be_asked_about(maker):
    alice = maker.user("alice", groups=[maker.group("Assistance")])
    maker.user("bruno")
    maker.protect(DN, [("A", WRITE_DACL, maker.sid_of(f"CN=Assistance,CN=Users,{DN}"))])
    for name in ("ALICE", maker.sid_of(alice), alice):
        found = control_paths(maker.forest(), start=name)
        assert told(found.paths[0]) == ["alice -MemberOf-> Assistance", "Assistance -WriteDacl-> hopital"]
    assert control_paths(maker.forest(), start="bruno").paths == ()
    with pytest.raises(InputError, match="nobody"):
        control_paths(maker.forest(), start="nobody")


def test_level_one_follows_only_what_is_exploitable(maker):
    alice = maker.user("alice")
    maker.protect(DN, [("A", WRITE_PROPERTY, maker.sid_of(alice), {"object": "f30e3bbe-9ff0-11d1-b603-0000f80367c1"})])
    assert control_paths(maker.forest(), level=1).attackers == 0
    assert control_paths(maker.forest(), level=2).attackers == 1


def test_a_certificate_in_any_name_is_a_path_through_its_template(maker):
    services = f"CN=Public Key Services,CN=Services,CN=Configuration,{DN}"
    enroll = {"object": "0e10c968-78fb-11d2-90d4-00c04f79dc55"}
    maker.add(services, ["container"])
    for name in ("Certificate Templates", "Enrollment Services"):
        maker.add(f"CN={name},{services}", ["container"])
    template = maker.add(
        f"CN=Web,CN=Certificate Templates,{services}",
        ["pKICertificateTemplate"],
        cn="Web",
        msPKI_Certificate_Name_Flag=1,
        msPKI_Enrollment_Flag=0,
        msPKI_RA_Signature=0,
        pKIExtendedKeyUsage=["1.3.6.1.5.5.7.3.2"],
    )
    authority = maker.add(
        f"CN=AC,CN=Enrollment Services,{services}", ["pKIEnrollmentService"], certificateTemplates=["Web"]
    )
    alice, bruno = maker.user("alice"), maker.user("bruno")
    maker.protect(template, [("A", 0x100, maker.sid_of(dn), enroll) for dn in (alice, bruno)])
    maker.protect(authority, [("A", 0x100, maker.sid_of(alice), enroll)])
    found = control_paths(maker.forest(), targets=maker.forest().domains["id"])
    assert [told(path) for path in found.paths] == [["alice -ESC1-> Web", "Web -Certifies-> hopital"]]
    maker.change(template, msPKI_Enrollment_Flag=2)
    assert control_paths(maker.forest()).attackers == 0


def test_delegations_are_paths(maker):
    maker.computer("WEB1", userAccountControl=0x81000)
    maker.computer("SQL1", userAccountControl=0x1001000, msDS_AllowedToDelegateTo=[f"cifs/dc1.{'hopital.test'}"])
    maker.user("svc", sIDHistory=[sid_bytes(maker.sid_of(maker.domain[519]))])
    edges = {hop.edge for path in control_paths(maker.forest()).paths for hop in path.hops}
    assert edges == {"UnconstrainedDelegation", "AllowedToDelegate", "HasSIDHistory"}


def test_tier_zero_is_found_by_identity_not_by_name(maker):
    forest = maker.forest()
    names = set(forest.rows(tier_zero(forest))["name"].drop_nulls()) | set(forest.rows(tier_zero(forest))["dn"])
    assert {DN, f"CN=krbtgt,CN=Users,{DN}", maker.controller, f"CN=AdminSDHolder,CN=System,{DN}"} <= names
    assert f"CN=Users,{DN}" not in names


# -- commands --------------------


@pytest.mark.parametrize(
    "hostile", ["O'Neil", "x'; Remove-Item C:\\ -Recurse; '", "’; calc; ‘", "$(calc)`n", "a\r\nb\x00"]
)
def test_no_name_can_leave_its_quotes(hostile):
    literal = quoted(hostile)
    inside = literal[1:-1]
    assert literal[0] == literal[-1] == "'"
    assert re.sub("(['\u2018\u2019\u201a\u201b])\\1", "", inside) == re.sub(
        "['\u2018\u2019\u201a\u201b]|[\x00-\x1f]", "", hostile
    )


def test_commands_carry_names_as_literals(maker):
    group = maker.group("L'accueil")
    maker.user("d'Alice", groups=[group])
    maker.protect(DN, [("A", FULL_CONTROL, maker.sid_of(group))])
    forest = maker.forest()
    hop = control_paths(forest, start="d'Alice").paths[0].hops[0]
    assert hop.command is not None
    assert f"'CN=L''accueil,CN=Users,{DN}'" in hop.command
    assert hop.undo is not None
    assert hop.undo.startswith("Add-ADGroupMember")


def test_every_template_is_filled_or_left_out():
    values = {"source": "CN=s", "target": "CN=t", "source_sid": "S-1-5-11", "target_sid": "S-1-5-12"}
    for kind in kinds().values():
        done = removal(kind, values, declared_rights())
        assert (done is None) == (kind.commands is None)
        if done is not None:
            assert "<<" not in done.command + (done.undo or "")
        assert removal(kind, {}, declared_rights()) is None
