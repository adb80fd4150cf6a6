"""Choke points: the fewest edges whose removal leaves no ordinary account a way to the targets.

A minimum cut (Ford and Fulkerson): what an administrator can remove counts one for each pair of source and target
(all the rights of one on the other go in one move), the rest cannot be cut. Rights that AdminSDHolder copies onto an
object count on AdminSDHolder only: taken away there, they leave within the hour. What is certainly the attackers'
(accounts, and all they reach without a removable edge) is merged into one source, what certainly gives the targets into
one sink, so that the flow runs on what lies between.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from rempart.directory.graph.control_graph import ControlGraph
from rempart.directory.graph.kinds import kinds
from rempart.directory.graph.reach import Rows, backward, count_upstream

CHOKE_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.UInt32(),
    "kind": pl.String(),
    "target": pl.UInt32(),
    "cut_off": pl.UInt32(),
}
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Choke:
    """The choke points and what they leave.

    `edges`: `source`, `kind`, `target`, `cut_off`: how many accounts would still reach the targets by this edge if it
    alone were kept, greatest first. `attackers`: how many accounts reach the targets today. `stubborn`: accounts that
    reach them by edges nobody can remove (ids): they belong with the targets.
    """

    edges: pl.DataFrame
    attackers: int
    stubborn: tuple[int, ...]


def choke_points(graph: ControlGraph, targets: Collection[int], *, level: int = 2) -> Choke:
    """Return a minimum set of removable edges that cuts every ordinary account off from `targets`.

    Raises:
        AssertionError: the cut does not cut (it is verified by walking the graph again without it).

    """
    edges = (
        graph.followed(level)
        .select("source", "at", "kind", "target")
        .with_columns(removable=pl.col("kind").is_in([kind.name for kind in kinds().values() if kind.removable]))
    )
    edges = _without_copies(edges)
    goals = graph.with_partial(targets)
    size = len(graph.web.shown)
    starts = graph.accounts.copy()
    starts[goals] = False
    way = _reaching(edges, goals, size)
    attackers = starts & way
    sink = _reaching(edges.filter(~pl.col("removable")), goals, size)
    stubborn = attackers & sink
    starts = attackers & ~stubborn
    useful = _between(edges, starts, way, size)
    cut = _minimum_cut(useful, starts, sink, size)
    left = _without(useful, cut)
    if (_reaching(left, goals, size) & starts).any():
        raise AssertionError("the choke points do not cut every path")
    return Choke(
        _counted(cut, left, starts, size, graph), int(attackers.sum()), tuple(np.flatnonzero(stubborn).tolist())
    )


def _without_copies(edges: pl.DataFrame) -> pl.DataFrame:
    """Leave out the rights that are the copy of the same right on AdminSDHolder."""
    imposed = edges.filter(pl.col("kind") == "SDProp").select(holder="source", at="at")
    written = edges.filter(pl.col("at").is_in(imposed["holder"].unique().implode()))
    copies = (
        edges.join(imposed, on="at")
        .join(written.select("source", "kind", holder="at"), on=["source", "kind", "holder"], how="semi")
        .select("source", "at", "kind")
    )
    return edges if copies.is_empty() else edges.join(copies, on=["source", "at", "kind"], how="anti")


def _reaching(edges: pl.DataFrame, goals: Ints, size: int) -> Bools:
    """Tell which nodes reach one of `goals`."""
    rows = Rows(edges["at"].to_numpy(), edges["source"].to_numpy(), size)
    return np.asarray(backward(rows, goals).hops >= 0)


def _reached(edges: pl.DataFrame, starts: Bools, size: int) -> Bools:
    """Tell which nodes one of `starts` reaches."""
    rows = Rows(edges["source"].to_numpy(), edges["at"].to_numpy(), size)
    return np.asarray(backward(rows, np.flatnonzero(starts)).hops >= 0)


def _between(edges: pl.DataFrame, starts: Bools, way: Bools, size: int) -> pl.DataFrame:
    """Keep the edges that lie on some way from `starts` to the targets."""
    forward = edges.filter(_picked(way, edges["at"]))
    return forward.filter(_picked(_reached(forward, starts, size), forward["source"]))


def _picked(mask: Bools, nodes: pl.Series) -> pl.Series:
    return pl.Series(mask[nodes.to_numpy()], dtype=pl.Boolean)


def _without(edges: pl.DataFrame, cut: pl.DataFrame) -> pl.DataFrame:
    return edges.join(cut, on=["source", "at", "kind"], how="anti")


def _minimum_cut(edges: pl.DataFrame, starts: Bools, sink: Bools, size: int) -> pl.DataFrame:
    """Return the edges of the minimum cut nearest to the targets."""
    if edges.is_empty():
        return edges
    hard = _reached(edges.filter(~pl.col("removable")), starts, size)
    place = np.zeros(size, dtype=np.int64)  # 0: merged source, 1: merged sink, then one number a node
    middle = np.unique(np.concatenate([edges["source"].to_numpy(), edges["at"].to_numpy()]))
    middle = middle[~hard[middle] & ~sink[middle]]
    place[middle] = np.arange(2, len(middle) + 2)
    place[sink] = 1
    source, target = place[edges["source"].to_numpy()], place[edges["at"].to_numpy()]
    # no way leads back into the source or out of the sink
    inner = (source != target) & (target != 0) & (source != 1)
    hardest = inner & ~edges["removable"].to_numpy()
    one = _removals(edges.filter(pl.Series(inner, dtype=pl.Boolean)), place, len(middle) + 2)
    unbounded = int(one.sum()) + 1
    fixed = _removals(edges.filter(pl.Series(hardest, dtype=pl.Boolean)), place, len(middle) + 2)
    capacity = csr_array(one + fixed * unbounded).astype(np.int32)
    capacity.sort_indices()
    flow = maximum_flow(capacity, 0, 1).flow
    residual = csr_array(capacity - flow)
    residual.eliminate_zeros()
    ends = np.zeros(len(middle) + 2, dtype=np.bool_)
    ends[breadth_first_order(csr_array(residual.T), 1, directed=True, return_predecessors=False)] = True
    crossing = inner & ~ends[source] & ends[target]
    return edges.filter(pl.Series(crossing, dtype=pl.Boolean))


def _removals(edges: pl.DataFrame, place: Ints, size: int) -> csr_array:
    """Return how many removals part two places: one for each pair of nodes, however many edges join the pair.

    Pairs are told apart before their nodes are merged: two rights on two nodes of the sink are two removals.
    """
    pairs = edges.select("source", "at").unique(maintain_order=True)
    source, target = place[pairs["source"].to_numpy()], place[pairs["at"].to_numpy()]
    return csr_array((np.ones(len(source), dtype=np.int64), (source, target)), shape=(size, size))


def _counted(cut: pl.DataFrame, left: pl.DataFrame, starts: Bools, size: int, graph: ControlGraph) -> pl.DataFrame:
    """Count, for each edge of the cut, the accounts that reach it once the others are removed."""
    rows = Rows(left["at"].to_numpy(), left["source"].to_numpy(), size)
    counts = count_upstream(rows, cut["source"].to_numpy(), starts)
    shown = pl.Series(graph.web.shown)
    return (
        cut.select(
            source=shown.gather(cut["source"]),
            kind=pl.col("kind").cast(pl.String),
            target="target",
            cut_off=pl.Series(counts),
        )
        .cast(CHOKE_SCHEMA)  # type: ignore[arg-type]
        .sort(["cut_off", "source", "kind", "target"], descending=[True, False, False, False])
    )
