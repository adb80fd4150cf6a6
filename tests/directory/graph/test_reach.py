from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.directory.graph import reach as module
from rempart.directory.graph.reach import Rows, backward, count_upstream

NEVER = 1 << 62
WAYS = {"scipy": NEVER, "numba": 0}

SIZE = 12
EDGES = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=40)
NODES = st.lists(st.integers(0, SIZE - 1), max_size=4)


@pytest.fixture(params=WAYS, scope="module", autouse=True)
def way(request):
    """Both ways of computing, where Numba is installed."""
    usual, module.WORTH_COMPILING = module.WORTH_COMPILING, WAYS[request.param]
    yield
    module.WORTH_COMPILING = usual


def rows(edges):
    """The graph reversed: edges are (source, target), rows go from target to source."""
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return Rows(pairs[:, 1], pairs[:, 0], SIZE)


def naive(edges, targets):
    """Hops of every node by the plainest breadth-first search."""
    hops = dict.fromkeys(targets, 0)
    queue = deque(hops)
    while queue:
        node = queue.popleft()
        for source, target in edges:
            if target == node and source not in hops:
                hops[source] = hops[node] + 1
                queue.append(source)
    return [hops.get(node, -1) for node in range(SIZE)]


@settings(deadline=None, max_examples=100)
@given(EDGES, NODES)
def test_reach_is_a_breadth_first_search(edges, targets):
    found = backward(rows(edges), np.array(targets, dtype=np.int64))
    assert found.hops.tolist() == naive(edges, targets)
    for node in range(SIZE):
        if found.hops[node] > 0:
            assert (node, found.next[node]) in edges
            assert found.hops[found.next[node]] == found.hops[node] - 1
        else:
            assert found.next[node] == -1


@settings(deadline=None, max_examples=60)
@given(
    EDGES,
    st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=90),
    st.lists(st.booleans(), min_size=SIZE, max_size=SIZE),
)
def test_counts_are_those_of_one_search_a_source(edges, sources, counted):
    counts = count_upstream(rows(edges), np.array(sources), np.array(counted))
    expected = [
        sum(hop >= 0 and kept for hop, kept in zip(naive(edges, [node]), counted, strict=True)) for node in sources
    ]
    assert counts.tolist() == expected


def test_parallel_edges_are_one():
    many = rows([(0, 1)] * 600)
    assert many.neighbours.tolist() == [0]
    assert backward(many, np.array([1])).hops[0] == 1


@settings(deadline=None, max_examples=60)
@given(EDGES, NODES)
def test_both_ways_give_the_same_answer(edges, targets):
    answers = []
    before = module.WORTH_COMPILING
    for worth in WAYS.values():
        module.WORTH_COMPILING = worth
        graph = rows(edges)
        found = backward(graph, np.array(targets, dtype=np.int64))
        answers.append([graph.starts.tolist(), graph.neighbours.tolist(), found.hops.tolist(), found.next.tolist()])
    module.WORTH_COMPILING = before
    assert all(answer == answers[0] for answer in answers)
