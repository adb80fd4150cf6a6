"""Who carries whose identity: direct memberships, what every account is by nature, and the closure of both."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rempart.directory import wellknown as wk
from rempart.directory.graph.nodes import ACCOUNT_KINDS, CROWDS, NETWORK, THIS_ORGANIZATION, Nodes
from rempart.directory.graph.reach import Rows, backward

_ANONYMOUS_OPERATIONS = 6
"""Place of fLDAPBlockAnonOps in dSHeuristics, from zero (MS-ADTS 6.1.1.2.4.1.2); "2" lets anonymous users in."""


def heuristic(objects: pl.DataFrame, place: int) -> str:
    """Return the character of dSHeuristics at `place` (from zero), "0" when it is not set."""
    values = objects.filter(pl.col("class") == "ntdsservice", pl.col("dSHeuristics").is_not_null())[
        "dSHeuristics"
    ].to_list()
    return next((value[place] for value in values if len(value) > place), "0")


class Members:
    """Memberships as edges `source` (member) and `target` (group), and who is inside whom."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        ground = nodes.ground
        member = nodes.canonical[ground.memberships["member"].to_numpy()]
        group = nodes.canonical[ground.memberships["group"].to_numpy()]
        primary = self._primary()
        direct = pl.DataFrame({"source": member, "target": group}).unique()
        listed = direct.join(primary, on=["source", "target"], how="anti").with_columns(kind=pl.lit("MemberOf"))
        given = direct.join(primary, on=["source", "target"], how="semi").with_columns(kind=pl.lit("PrimaryGroup"))
        self.edges = pl.concat([listed, given, self._crowds()]).sort("source", "target", "kind")
        self._downward = Rows(self.edges["target"].to_numpy(), self.edges["source"].to_numpy(), nodes.visible)
        self._inside: dict[int, NDArray[np.bool_]] = {}
        self.twins: list[tuple[int, NDArray[np.int64]]] = []
        self._twin_edges: list[pl.DataFrame] = []

    def inside(self, group: int) -> NDArray[np.bool_]:
        """Tell, for every visible node, whether it is `group` or a direct or nested member of it."""
        if group not in self._inside:
            self._inside[group] = backward(self._downward, np.array([group])).hops >= 0
        return self._inside[group]

    def inside_any(self, groups: Iterable[int]) -> NDArray[np.bool_]:
        """Tell which visible nodes are one of `groups` or inside one."""
        return backward(self._downward, np.array(list(groups), dtype=np.int64)).hops >= 0

    def holders_of_both(self, first: Iterable[int], second: Iterable[int]) -> list[int]:
        """Return the widest principals that are inside one of `first` and inside one of `second`.

        A member of a group already in the answer is left out: it is reached through that group.
        """
        both = self.inside_any(first) & self.inside_any(second)
        edges = self.edges.select("source", "target")
        covered = edges.filter(
            pl.Series(both[edges["source"].to_numpy()] & both[edges["target"].to_numpy()], dtype=pl.Boolean),
            pl.col("source") != pl.col("target"),
        )
        loops = covered.join(covered, left_on=["source", "target"], right_on=["target", "source"], how="semi")
        hidden = set(covered["source"]) - set(loops["source"])
        return [int(node) for node in np.flatnonzero(both) if node not in hidden]

    def twin(self, holder: int, taken: NDArray[np.bool_], denied: Iterable[int]) -> int:
        """Make a node for `holder` without the members in `taken`, which `denied` designate.

        Whoever controls the holder, or a group inside it, adds a member of their choice: they reach the twin too.
        """
        labels = self.nodes.frame()["name"]
        without = ", ".join(labels[group] for group in denied)
        made = self.nodes.restrict(holder, f"{labels[holder]} (sauf / except {without})")
        inside = self.inside(holder)
        kinds = self.nodes.kinds()
        accounts = np.flatnonzero(inside & ~taken & np.isin(kinds, [*ACCOUNT_KINDS, "principal"]))
        groups = np.flatnonzero(inside & (kinds == "group"))
        self.twins.append((made, np.unique([*groups, holder])))
        self._twin_edges.append(
            pl.DataFrame({"source": accounts, "target": np.full(len(accounts), made)}).with_columns(
                kind=pl.lit("MemberOf")
            )
        )
        return made

    def all_edges(self) -> pl.DataFrame:
        """Return the memberships, those of twins included."""
        return pl.concat([self.edges, *self._twin_edges]) if self._twin_edges else self.edges

    def _primary(self) -> pl.DataFrame:
        """Return the memberships that come from primaryGroupID: nobody can be without a primary group."""
        objects = self.nodes.ground.objects
        accounts = objects.filter(pl.col("primaryGroupID").is_not_null(), pl.col("objectSid").is_not_null()).select(
            source=pl.col("id").cast(pl.Int64),
            sid=pl.col("objectSid").str.replace(r"-\d+$", "-") + pl.col("primaryGroupID").cast(pl.String),
        )
        groups = objects.filter(pl.col("class") == "group").select(target=pl.col("id").cast(pl.Int64), sid="objectSid")
        return accounts.join(groups, on="sid").select("source", "target")

    def _crowds(self) -> pl.DataFrame:
        """Return what every account is by nature: an authenticated user, hence one of everybody.

        The Guest account is in Everyone only. Anonymous stays apart, unless the directory answers anonymous requests.
        """
        nodes = self.nodes
        kinds = nodes.kinds()
        accounts = np.flatnonzero(np.isin(kinds[: nodes.objects], ACCOUNT_KINDS))
        sids = nodes.ground.objects["objectSid"].gather(pl.Series(accounts, dtype=pl.UInt32))
        guest = sids.str.contains(rf"^S-1-5-21-.*-{wk.GUEST_RID}$").fill_null(value=False).to_numpy()
        authenticated, everyone = nodes.well_known(wk.AUTHENTICATED_USERS), nodes.well_known(wk.EVERYONE)
        source = [*accounts.tolist(), authenticated, authenticated, authenticated]
        target = [
            *np.where(guest, everyone, authenticated).tolist(),
            everyone,
            nodes.well_known(NETWORK),
            nodes.well_known(THIS_ORGANIZATION),
        ]
        if heuristic(nodes.ground.objects, _ANONYMOUS_OPERATIONS) == "2":
            source.append(everyone)
            target.append(nodes.well_known(wk.ANONYMOUS))
        return pl.DataFrame(
            {"source": source, "target": target}, schema={"source": pl.Int64, "target": pl.Int64}
        ).with_columns(kind=pl.lit("ByNature"))

    def everybody(self) -> frozenset[int]:
        """Return the nodes of the identities every account carries."""
        return frozenset(self.nodes.well_known(sid) for sid in CROWDS)
