"""The control graph: who controls what, directly or through others."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rempart.directory.graph.kinds import kinds, names
from rempart.directory.graph.nodes import ACCOUNT_KINDS, PRINCIPALS
from rempart.directory.graph.reach import Reach, Rows, backward, count_upstream

ENTRY_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.UInt32(),
    "kind": pl.String(),
    "target": pl.UInt32(),
    "reach": pl.UInt32(),
}


Step = tuple[int, str, int]


@dataclass(frozen=True)
class Web:
    """The edges as they act: `at` is the node, hidden or not, on which an edge acts; `target` the one people see."""

    edges: pl.DataFrame
    shown: NDArray[np.int64]
    beside: NDArray[np.int64]
    flaws: pl.DataFrame
    unreadable: frozenset[int]


class ControlGraph:
    """Nodes, edges and the questions one asks of them.

    `nodes`: `id`, `key`, `name`, `kind`. `edges`: `source`, `target`, `kind`, `level` ("source controls target"), the
    edges of privileged sources left out. `flaws`: descriptors that could not be read; `unreadable`: their objects.
    """

    def __init__(self, nodes: pl.DataFrame, web: Web, privileged: frozenset[int]) -> None:
        self.nodes = nodes
        self.privileged = privileged
        self.flaws = web.flaws
        self.unreadable = web.unreadable
        self.web = web
        self._rows: dict[tuple[int, bool], Rows] = {}
        self._followed: dict[int, pl.DataFrame] = {}
        self._counts: dict[int, dict[int, int]] = {1: {}, 2: {}}

    @cached_property
    def edges(self) -> pl.DataFrame:
        """The edges as people see them: `source`, `target` (u32), `kind`, `level` (u8), sorted."""
        shown = pl.Series(self.web.shown)
        return (
            self.web.edges.select(
                source=shown.gather(self.web.edges["source"]).cast(pl.UInt32),
                target=pl.col("target").cast(pl.UInt32),
                kind=pl.col("kind").cast(pl.String),
                level="level",
            )
            .filter(pl.col("source") != pl.col("target"))
            .unique()
            .sort("source", "target", "kind")
        )

    @cached_property
    def _is_principal(self) -> NDArray[np.bool_]:
        return self._of_kind(PRINCIPALS)

    @cached_property
    def accounts(self) -> NDArray[np.bool_]:
        """Tell which nodes are users, computers or managed accounts that are not privileged."""
        mask = self._of_kind(ACCOUNT_KINDS)
        mask[list(self.privileged)] = False
        return mask

    def _of_kind(self, wanted: Collection[str]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self.web.shown), dtype=np.bool_)
        mask[self.nodes.filter(pl.col("kind").is_in(list(wanted)))["id"].to_numpy()] = True
        return mask

    # -- questions ------------------------------------------------------------------------------------------------

    def entries(self, targets: Collection[int], *, level: int, kinds: Collection[str] | None = None) -> pl.DataFrame:
        """Return the rights by which principals that are not privileged get control of one of `targets`.

        Columns `source`, `kind`, `target` (the object on which the right is held) and `reach` (how many accounts that
        are not privileged can use it, directly or through others), sorted. A right counts when it is held on a target,
        or on a structural node that leads to one through structural edges only. Half rights (`partial` kinds) are
        listed only when `kinds` names them.
        """
        wanted = names(level=level) if kinds is None else self._named(kinds, level)
        zone = self._structural_zone(targets, level)
        edges = self.web.edges
        kept = edges.filter(
            pl.col("level") <= level,
            pl.col("kind").is_in(list(wanted)),
            pl.Series(self._is_principal[edges["source"].to_numpy()], dtype=pl.Boolean),
            pl.Series(zone[edges["at"].to_numpy()], dtype=pl.Boolean),
        )
        found = (
            kept.select("source", pl.col("kind").cast(pl.String), "target").unique().sort("source", "kind", "target")
        )
        reach = self._reach_counts(found["source"].unique(), level)
        counted = pl.col("source").replace_strict(reach, return_dtype=pl.UInt32, default=0)
        return found.with_columns(reach=counted).cast(ENTRY_SCHEMA)  # type: ignore[arg-type]

    def reach(self, targets: Collection[int], *, level: int = 2) -> Reach:
        """Return, for every node, the number of hops and the next node toward the nearest of `targets`."""
        return backward(self.rows(level), self.with_partial(targets))

    def path(self, source: int, reach: Reach, *, level: int = 2) -> list[Step]:
        """Return the shortest path from `source` as (source, kind, target) steps, as people see them; empty if none."""
        return self.paths([source], reach, level=level)[0]

    def paths(self, sources: Collection[int], reach: Reach, *, level: int = 2) -> list[list[Step]]:
        """Return the shortest path from each of `sources`, in their order."""
        walks = [self._walk(source, reach) for source in sources]
        wanted = {pair for walk in walks for pair in pairwise(walk)}
        order = {name: place for place, name in enumerate(kinds())}
        best: dict[tuple[int, int], str] = {}
        pairs = pl.DataFrame(sorted(wanted), schema={"source": pl.Int32, "at": pl.Int32}, orient="row")
        for source, at, kind in (
            pairs.join(self.followed(level), on=["source", "at"]).select("source", "at", "kind").iter_rows()
        ):
            best[source, at] = min(kind, best.get((source, at), kind), key=order.__getitem__)
        return [self._steps(walk, best) for walk in walks]

    @staticmethod
    def _walk(source: int, reach: Reach) -> list[int]:
        walk = [source]
        while reach.hops[walk[-1]] > 0:
            walk.append(int(reach.next[walk[-1]]))
        return walk

    def _steps(self, walk: list[int], kind_of: dict[tuple[int, int], str]) -> list[Step]:
        shown = [int(self.web.shown[node]) for node in walk]
        pairs = zip(pairwise(walk), pairwise(shown), strict=True)
        return [(first, kind_of[inner], last) for inner, (first, last) in pairs if first != last]

    # -- inner workings -------------------------------------------------------------------------------------------

    def rows(self, level: int, *, structural: bool = False) -> Rows:
        """Return the reversed graph of a level (all of it, or its structural edges only), built once."""
        key = (level, structural)
        if key not in self._rows:
            edges = self.followed(level)
            if structural:
                edges = edges.filter(pl.col("kind").is_in([kind.name for kind in kinds().values() if kind.structural]))
            self._rows[key] = Rows(edges["at"].to_numpy(), edges["source"].to_numpy(), len(self.web.shown))
        return self._rows[key]

    def followed(self, level: int) -> pl.DataFrame:
        """Return the edges a query at `level` follows."""
        if level not in self._followed:
            follows = pl.col("kind").is_in(list(names(level=2)))
            self._followed[level] = self.web.edges.filter(pl.col("level") <= level, follows)
        return self._followed[level]

    @staticmethod
    def _named(wanted: Collection[str], level: int) -> frozenset[str]:
        unknown = set(wanted) - set(kinds())
        if unknown:
            raise ValueError(f"unknown kinds of edge: {', '.join(sorted(unknown))}")
        return frozenset(wanted) & (names(level=level) | names(level=2, partial=True))

    def with_partial(self, targets: Collection[int]) -> NDArray[np.int64]:
        """Return the nodes of `targets`, and those of partial control of the containers among them."""
        goals = np.unique(np.fromiter(targets, dtype=np.int64))
        beside = self.web.beside[goals[goals < len(self.web.beside)]]
        return np.concatenate([goals, beside[beside >= 0]])

    def _structural_zone(self, targets: Collection[int], level: int) -> NDArray[np.bool_]:
        reached = backward(self.rows(level, structural=True), self.with_partial(targets))
        return np.asarray(reached.hops >= 0)

    def _reach_counts(self, sources: pl.Series, level: int) -> dict[int, int]:
        """Return how many accounts can use each source; counts are kept, since controls ask for the same groups."""
        known = self._counts[level]
        missing = np.array([node for node in sources if node not in known], dtype=np.int64)
        if len(missing):
            counts = count_upstream(self.rows(level), missing, self.accounts)
            known.update(zip(missing.tolist(), counts.tolist(), strict=True))
        return known
