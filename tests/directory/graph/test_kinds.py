from pathlib import Path

from rempart.directory.graph.kinds import commands, kinds, names
from rempart.directory.graph.removal import _TOGETHER
from rempart.directory.graph.schema import declared_rights, grant_names
from tools.graph_page import page

MATTER = {"Enroll", "CreateDMSA"}


def test_the_page_says_what_the_engine_does():
    written = Path(__file__).parents[3] / "docs" / "control-graph.md"
    assert written.read_text(encoding="utf-8") == page(), "python -m tools.graph_page rewrites it"


def test_every_right_and_grant_is_a_kind_of_edge():
    assert set(declared_rights()) - MATTER <= set(kinds())
    assert set(grant_names().values()) - MATTER <= set(kinds())
    assert {right.within for right in declared_rights().values() if right.within} <= set(declared_rights())


def test_every_command_named_exists_and_is_used():
    assert {kind.commands for kind in kinds().values() if kind.commands} == set(commands())
    assert set(_TOGETHER) <= set(kinds())


def test_what_cannot_be_removed_has_no_command_and_structure_cannot_be_removed():
    for kind in kinds().values():
        assert kind.removable or kind.commands is None, kind.name
        assert not (kind.structural and kind.removable), kind.name


def test_level_one_is_part_of_level_two():
    assert names(level=1) < names(level=2)
    assert not names(level=2) & names(level=2, partial=True)
    assert all(kind.computer_level is None or kind.computer_level > kind.level for kind in kinds().values())
