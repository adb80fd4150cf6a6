"""The weaknesses a public vulnerable lab was built with, and the rights of a healthy directory that are no weakness."""

import pytest

from rempart.directory.collect import adalanche
from rempart.directory.forest import Forest
from rempart.directory.paths import control_paths
from tests.shared_data import needs_data, shared_data

GOAD = "directory/goad-adalanche"
pytestmark = needs_data(GOAD)


@pytest.fixture(scope="module")
def forest():
    """GOAD's forest sevenkingdoms.local."""
    snapshot = adalanche.read(shared_data(GOAD))
    return Forest(snapshot, snapshot.manifest.taken_at)


@pytest.fixture(scope="module")
def found(forest):
    """Every path to Tier 0."""
    return control_paths(forest, limit=1000)


def told(path):
    return [f"{hop.source.name} -{hop.edge}-> {hop.target.name}" for hop in path.hops]


def test_every_descriptor_is_read(forest):
    assert forest.graph.flaws.is_empty()
    assert forest.descriptors.heads["unknown_aces"].sum() == 0


def test_the_chain_the_lab_was_built_with_is_found(found):
    chain = next(told(path) for path in found.paths if path.hops[0].source.name == "tywin.lannister")
    assert chain == [
        "tywin.lannister -ForceChangePassword-> jaime.lannister",
        "jaime.lannister -GenericWrite-> joffrey.baratheon",
        "joffrey.baratheon -WriteDacl-> tyron.lannister",
        "tyron.lannister -AddSelf-> Small Council",
        "Small Council -AddMember-> DragonStone",
        "DragonStone -WriteOwner-> KingsGuard",
        "KingsGuard -GenericAll-> stannis.baratheon",
        "stannis.baratheon -GenericAll-> KINGSLANDING$",
    ]


def test_the_other_weaknesses_are_found_and_nothing_else_is(found):
    firsts = {f"{path.hops[0].source.name} {path.hops[0].edge}" for path in found.paths}
    assert {"jon.snow AllowedToDelegate", "sansa.stark UnconstrainedDelegation", "renly.baratheon WriteDacl"} <= firsts
    starts = {path.hops[0].source.name for path in found.paths}
    defaults = {"Cert Publishers", "DnsAdmins", "RAS and IAS Servers", "Terminal Server License Servers"}
    assert not starts & defaults
    assert not any(name.startswith(("Utilisateurs authentifiés", "Tout le monde")) for name in starts)
    assert found.attackers == 13


def test_choke_points_are_what_one_would_remove(found):
    removed = {f"{point.hop.source.name} {point.hop.target.name}" for point in found.choke_points}
    assert removed == {
        "stannis.baratheon KINGSLANDING$",
        "CASTELBLACK$ WINTERFELL$",
        "jon.snow WINTERFELL$",
        "lord.varys AdminSDHolder",
        "renly.baratheon Crownlands",
        "samwell.tarly StarkWallpaper",
        "sansa.stark north",
    }
    assert found.choke_points[0].cut_off == 9
