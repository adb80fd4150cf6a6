from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rempart.directory.graph.choke import choke_points
from rempart.directory.graph.control_graph import ControlGraph, Web
from tests.directory.maker import DN, FULL_CONTROL, WRITE_DACL

ACCOUNTS, SIZE = 3, 8
TARGET = SIZE - 1
REMOVABLE, FIXED = "WriteDacl", "ByNature"
EDGES = st.sets(
    st.tuples(
        st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), st.sampled_from([REMOVABLE, REMOVABLE, FIXED])
    ).filter(lambda edge: edge[0] != edge[1]),
    max_size=14,
)


def graph_of(edges):
    """A control graph of three accounts (0 to 2), groups, and a target (the last node)."""
    nodes = pl.DataFrame(
        {
            "id": range(SIZE),
            "key": [str(node) for node in range(SIZE)],
            "name": [str(node) for node in range(SIZE)],
            "kind": ["user"] * ACCOUNTS + ["group"] * (SIZE - ACCOUNTS),
        },
        schema_overrides={"id": pl.UInt32},
    )
    frame = pl.DataFrame(
        [(source, target, target, kind, 1) for source, target, kind in sorted(edges)],
        schema={"source": pl.Int64, "target": pl.Int64, "at": pl.Int64, "kind": pl.String, "level": pl.UInt8},
        orient="row",
    )
    web = Web(frame, np.arange(SIZE), np.full(SIZE, -1), pl.DataFrame(), frozenset())
    return ControlGraph(nodes, web, frozenset())


def attackers(edges):
    """Accounts that reach the target."""
    reached, grown = {TARGET}, True
    while grown:
        more = {source for source, target, _ in edges if target in reached} - reached
        reached, grown = reached | more, bool(more)
    return reached & set(range(ACCOUNTS))


def smallest_cut(edges, starts):
    """The least number of pairs to remove, by trying every set."""
    pairs = sorted({(source, target) for source, target, kind in edges if kind == REMOVABLE})
    for count in range(len(pairs) + 1):
        for gone in combinations(pairs, count):
            left = {edge for edge in edges if edge[2] == FIXED or edge[:2] not in gone}
            if not attackers(left) & starts:
                return count
    raise AssertionError("no cut")


@settings(deadline=None, max_examples=120)
@example({(0, 7, FIXED), (1, 3, REMOVABLE), (2, 0, FIXED), (3, 0, REMOVABLE), (3, 2, REMOVABLE)})
@given(EDGES)
def test_choke_points_are_as_few_as_can_be(edges):
    choke = choke_points(graph_of(edges), [TARGET])
    stubborn = attackers({edge for edge in edges if edge[2] == FIXED})
    assert choke.attackers == len(attackers(edges))
    assert set(choke.stubborn) == stubborn
    cut = set(choke.edges.select("source", "target").iter_rows())
    starts = attackers(edges) - stubborn
    assert len(cut) == smallest_cut(edges, starts)
    left = {edge for edge in edges if edge[2] == FIXED or edge[:2] not in cut}
    assert not attackers(left) & starts
    assert choke.edges["cut_off"].min() is None or choke.edges["cut_off"].min() >= 1


def test_the_point_that_cuts_most_comes_first(maker, ask):
    group = maker.group("Assistance")
    for name in ("alice", "bruno", "carole"):
        maker.user(name, groups=["Assistance"])
    david = maker.user("david")
    maker.protect(DN, [("A", FULL_CONTROL, maker.sid_of(david)), ("A", WRITE_DACL, maker.sid_of(group))])
    asked = ask()
    choke = choke_points(asked.graph, [asked.id(DN)])
    found = [(asked.names[source], kind, cut_off) for source, kind, _, cut_off in choke.edges.iter_rows()]
    assert found == [("Assistance", "WriteDacl", 3), ("david", "GenericAll", 1)]


def test_rights_copied_from_adminsdholder_are_cut_there(maker, ask):
    alice = maker.user("alice")
    ace = [("A", FULL_CONTROL, maker.sid_of(alice))]
    holder, administrator = f"CN=AdminSDHolder,CN=System,{DN}", f"CN=Administrateur,CN=Users,{DN}"
    for dn in (holder, administrator, maker.domain[512]):
        maker.protect(dn, ace, protected=True)
    asked = ask()
    choke = choke_points(asked.graph, [asked.id(administrator), asked.id(maker.domain[512])])
    assert [asked.names[target] for target in choke.edges["target"]] == ["AdminSDHolder"]


def test_nothing_to_cut_in_a_healthy_forest(ask):
    asked = ask()
    choke = choke_points(asked.graph, asked.forest.privileged)
    assert choke.edges.is_empty()
    assert (choke.attackers, choke.stubborn) == (0, ())


def test_a_cut_is_verified(maker, ask, monkeypatch):
    maker.protect(DN, [("A", WRITE_DACL, maker.sid_of(maker.user("alice")))])
    monkeypatch.setattr("rempart.directory.graph.choke._minimum_cut", lambda edges, *_: edges.clear())
    asked = ask()
    with pytest.raises(AssertionError, match="do not cut"):
        choke_points(asked.graph, [asked.id(DN)])
