"""Who can reach what: compressed rows of int32, one breadth-first pass for any number of targets."""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

WORTH_COMPILING = 2_000_000
"""Edges from which Numba repays the second it takes to load."""

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Reach:
    """For every node, the way to the nearest target: `hops` (-1: none), `next` (the node after it, -1: none)."""

    hops: Ints
    next: Ints


def _engine(edges: int) -> ModuleType | None:
    """Return the compiled passes when there are enough edges, None otherwise."""
    return import_module("rempart.directory.graph.accelerated") if edges >= WORTH_COMPILING else None


class Rows:
    """A directed graph by compressed rows: `neighbours[starts[n]:starts[n + 1]]` are the nodes that follow n.

    Parallel edges are merged and neighbours are in increasing order, so that results do not depend on edge order.
    """

    def __init__(self, source: NDArray[np.integer], target: NDArray[np.integer], size: int) -> None:
        self.size = size
        here, there = source.astype(np.int32, copy=False), target.astype(np.int32, copy=False)
        self.starts: Ints
        self.neighbours: Ints
        engine = _engine(len(here))
        if engine is not None:
            self.starts, self.neighbours = engine.compressed(here, there, size)
            return
        matrix = csr_array((np.ones(len(here), dtype=np.bool_), (here, there)), shape=(size, size))
        matrix.sort_indices()
        self.starts = matrix.indptr.astype(np.int32, copy=False)
        self.neighbours = matrix.indices.astype(np.int32, copy=False)


def backward(rows: Rows, targets: NDArray[np.integer]) -> Reach:
    """Return the shortest way from every node to the nearest of `targets`.

    `rows` holds the graph reversed: the neighbours of a node are those that control it. One breadth-first pass from a
    virtual node placed before all targets.
    """
    goals = np.unique(np.asarray(targets, dtype=np.int32))
    engine = _engine(len(rows.neighbours))
    if engine is not None:
        return Reach(*engine.breadth_first(rows.starts, rows.neighbours, goals))
    hops = np.full(rows.size, -1, dtype=np.int32)
    following = np.full(rows.size, -1, dtype=np.int32)
    if not len(goals):
        return Reach(hops, following)
    start = rows.size
    starts = np.append(rows.starts, np.int32(len(rows.neighbours) + len(goals)))
    neighbours = np.concatenate([rows.neighbours, goals])
    # SciPy works on floats whatever it is given: giving them saves it a copy
    graph = csr_array((np.ones(len(neighbours)), neighbours, starts), shape=(start + 1, start + 1))
    order, before = breadth_first_order(graph, start, directed=True, return_predecessors=True)
    hops[order[1:]] = _depths(order, before)[1:] - 1
    following[order[1:]] = before[order[1:]]
    following[goals] = -1
    return Reach(hops, following)


def _depths(order: Ints, before: Ints) -> Ints:
    """Return the depth of each node of a breadth-first order, where levels follow each other."""
    place = np.empty(len(before), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    parent_place = place[before[order[1:]]]  # never decreases along a breadth-first order
    depth = np.zeros(len(order), dtype=np.int32)
    first, level = 1, 0
    while first < len(order):
        level += 1
        end = 1 + int(np.searchsorted(parent_place, first, side="left"))
        depth[first:end] = level
        first = end
    return depth


def count_upstream(rows: Rows, sources: NDArray[np.integer], counted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return, for each of `sources`, how many `counted` nodes can reach it, itself included.

    Sixty-four sources at a time, one bit each: a node hands its bits to those that control it until nothing changes.
    The cost is the edges touched, times the sources divided by 64.
    """
    counts = np.zeros(len(sources), dtype=np.int64)
    for first in range(0, len(sources), 64):
        batch = sources[first : first + 64]
        bits = _spread(rows, batch)[counted]
        for place in range(len(batch)):
            counts[first + place] = np.count_nonzero(bits & np.uint64(1 << place))
    return counts


def _spread(rows: Rows, batch: NDArray[np.integer]) -> NDArray[np.uint64]:
    bits = np.zeros(rows.size, dtype=np.uint64)
    for place, node in enumerate(batch):
        bits[node] |= np.uint64(1 << place)
    frontier = np.unique(batch)
    starts, neighbours = rows.starts, rows.neighbours
    while len(frontier):
        first, degree = starts[frontier], starts[frontier + 1] - starts[frontier]
        total = int(degree.sum())
        steps = np.repeat(first - np.concatenate([[0], np.cumsum(degree)[:-1]]), degree) + np.arange(total)
        reached = neighbours[steps]
        given = np.repeat(bits[frontier], degree)
        new = given & ~bits[reached]
        useful = new != 0
        reached, new = reached[useful], new[useful]
        np.bitwise_or.at(bits, reached, new)
        frontier = np.unique(reached)
    return bits
