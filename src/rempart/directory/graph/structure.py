"""How the directory carries control on: containers over what they hold, group policies over what they apply to.

Three hidden nodes stand beside a container: "partial" control of it (writing some of its attributes), and what its
"ordinary" and its "enforced" policies apply to. Partial control of a container that takes policies (an organisational
unit, a domain, a site) gives the enforced ones: the attacker links their own, and enforces it.
"""

import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rempart.directory import wellknown as wk
from rempart.directory.graph.descriptor import PROTECTED, Descriptors
from rempart.directory.graph.nodes import PRINCIPAL_KINDS, Nodes
from rempart.directory.names import dn_key

FULL = ("GenericAll", "WriteDacl", "WriteOwner", "Owns", "DCSync", "AllExtendedRights")
"""Rights on a container that give what it holds: its DACL, or every secret of the domain."""
_LINK = re.compile(r"\[LDAP://([^;\]]+);(\d+)\]", re.IGNORECASE)
_LINK_DISABLED, _LINK_ENFORCED = 1, 2
_BLOCKS = 1
_ALSO_PROTECTED = rf"^S-1-5-21-.*-(?:{wk.KRBTGT_RID}|{wk.READ_ONLY_DCS_RID})$"
"""krbtgt and the read-only controllers' group are protected though ANSSI does not call them privileged."""
_HAS_ABOVE = pl.col("parent").is_not_null() & ~pl.col("class").is_in(["domaindns", "configuration", "dmd"])
"""Rights and policies stop at the head of a partition: it inherits nothing from what its DN seems to lie under."""
_LINKABLE = ("ou", "domain", "site")
EDGE_SCHEMA: dict[str, pl.DataType] = {"source": pl.Int64(), "target": pl.Int64(), "kind": pl.String()}


def edges(source: object, target: object, kind: str) -> pl.DataFrame:
    """Return a frame of edges of one kind."""
    return pl.DataFrame({"source": source, "target": target}).with_columns(kind=pl.lit(kind)).cast(EDGE_SCHEMA)  # type: ignore[arg-type]


class Structure:
    """The edges that are nobody's right, and the node on which a right given on an object really acts."""

    def __init__(self, nodes: Nodes, descriptors: Descriptors) -> None:
        self.nodes = nodes
        objects = nodes.ground.objects
        kinds = nodes.kinds()[: nodes.objects]
        self._principal = np.isin(objects["class"].to_list(), list(PRINCIPAL_KINDS))
        parents = objects["parent"].drop_nulls().unique().cast(pl.Int64).to_numpy()
        linked = np.flatnonzero(objects["gPLink"].is_not_null().to_numpy())
        sites = np.flatnonzero(kinds == "site")
        holders = np.unique(np.concatenate([parents, linked, sites])).astype(np.int64)
        self.holders = holders[~self._principal[holders] & (kinds[holders] != "gpo")]
        self.partial = self._beside(self.holders)
        self.ordinary = self._beside(self.holders)
        self.enforced = self._beside(self.holders)
        self.edges = pl.concat(
            [
                edges(self.holders, self.partial[self.holders], "Contains"),
                self._contains(descriptors),
                *self._policies(kinds),
                self._holders_protection(),
            ]
        )

    def acts_on(self, target: NDArray[np.int64], kind: pl.Series) -> NDArray[np.int64]:
        """Return the node each right acts on: partial control of a container unless the right gives all of it."""
        partial = self.partial[np.minimum(target, self.nodes.objects - 1)]
        inside = (target < self.nodes.objects) & (partial >= 0) & ~kind.is_in(FULL).to_numpy()
        return np.where(inside, partial, target)

    def _beside(self, holders: NDArray[np.int64]) -> NDArray[np.int64]:
        beside = np.full(self.nodes.objects, -1, dtype=np.int64)
        beside[holders] = self.nodes.hide(holders)
        return beside

    def _contains(self, descriptors: Descriptors) -> pl.DataFrame:
        """A container gives its children, unless their DACL is protected from inheritance.

        A source that resolves rights itself gives no descriptor: what it says of the protection counts, else
        adminCount = 1 stands for it.
        """
        controls = descriptors.heads.filter("readable").select("sd", "control")
        rows = (
            self.nodes.ground.objects.filter(_HAS_ABOVE)
            .select("id", "parent", "sd", "adminCount", "isAclProtected")
            .join(controls, on="sd", how="left", maintain_order="left")
        )
        guarded = pl.coalesce(
            pl.col("control") & PROTECTED != 0, "isAclProtected", pl.col("adminCount") == 1, pl.lit(value=False)
        )
        inherits = rows.filter(~guarded, pl.Series(self.partial[rows["parent"].to_numpy()] >= 0, dtype=pl.Boolean))
        return edges(inherits["parent"], inherits["id"], "Contains")

    def _policies(self, kinds: NDArray[np.str_]) -> list[pl.DataFrame]:
        """Spread group policies: link lists down to accounts, links from GPOs, sites to their servers."""
        objects = self.nodes.ground.objects
        tree = objects.filter(_HAS_ABOVE).select("id", "parent", "gPOptions")
        child, parent = tree["id"].to_numpy(), tree["parent"].to_numpy()
        blocking = (tree["gPOptions"].fill_null(0) & _BLOCKS != 0).to_numpy()
        holding = self.partial[parent] >= 0
        subject = holding & np.isin(kinds[child], ("user", "computer"))
        down = holding & (self.partial[child] >= 0)
        free = down & ~blocking
        linkable = self.holders[np.isin(kinds[self.holders], _LINKABLE)]
        return [
            edges(self.enforced[parent[down]], self.enforced[child[down]], "GPOScope"),
            edges(self.ordinary[parent[free]], self.ordinary[child[free]], "GPOScope"),
            edges(self.enforced[parent[subject]], child[subject], "GPOScope"),
            edges(self.ordinary[parent[subject]], child[subject], "GPOScope"),
            edges(self.partial[linkable], self.enforced[linkable], "GPOScope"),
            *self._links(),
            *self._site_servers(kinds),
        ]

    def _links(self) -> list[pl.DataFrame]:
        objects = self.nodes.ground.objects
        places = dict(objects.filter(pl.col("class") == "grouppolicycontainer").select("dn_key", "id").iter_rows())
        ordinary, enforced = [], []
        # a loop over links: thousands at most, each a text to read
        for holder, text in objects.filter(pl.col("gPLink").is_not_null()).select("id", "gPLink").iter_rows():
            for dn, options in _LINK.findall(text):
                policy = places.get(dn_key(dn))
                if policy is None or int(options) & _LINK_DISABLED or self.partial[holder] < 0:
                    continue
                if int(options) & _LINK_ENFORCED:
                    enforced.append((policy, self.enforced[holder]))
                else:
                    ordinary.append((policy, self.ordinary[holder]))
        return [edges(*_columns(pairs), "GPLink") for pairs in (ordinary, enforced)]

    def _site_servers(self, kinds: NDArray[np.str_]) -> list[pl.DataFrame]:
        """A policy linked to a site applies to its servers (those of its `server` objects)."""
        objects = self.nodes.ground.objects
        sites = set(np.flatnonzero(kinds == "site").tolist())
        parents = objects["parent"].to_list()
        keys = dict(objects.filter(pl.col("class") == "computer").select("dn_key", "id").iter_rows())
        shielded = self._shielded(parents, objects)
        everywhere, unshielded = [], []
        # a loop over server objects: one for each domain controller
        servers = objects.filter(pl.col("class") == "server", pl.col("serverReference").is_not_null())
        for server, reference in servers.select("id", "serverReference").iter_rows():
            computer, site = keys.get(dn_key(reference)), _ancestor(server, parents, sites)
            if computer is None or site is None:
                continue
            everywhere.append((self.enforced[site], computer))
            if computer not in shielded:
                unshielded.append((self.ordinary[site], computer))
        return [edges(*_columns(pairs), "GPOScope") for pairs in (everywhere, unshielded)]

    def _shielded(self, parents: list[int | None], objects: pl.DataFrame) -> set[int]:
        """Return the computers under a container that blocks inheritance."""
        blocking = set(objects.filter(pl.col("gPOptions").fill_null(0) & _BLOCKS != 0)["id"])
        referenced = objects.filter(pl.col("class") == "computer")["id"].to_list() if blocking else []
        return {computer for computer in referenced if _ancestor(computer, parents, blocking) is not None}

    def _holders_protection(self) -> pl.DataFrame:
        """AdminSDHolder's DACL is copied every hour onto its domain's privileged principals (MS-ADTS 3.1.1.6.1.2)."""
        objects = self.nodes.ground.objects
        holder = objects.filter(pl.col("dn_key").str.starts_with("cn=adminsdholder,cn=system,")).select(
            "domain", source="id"
        )
        principals = list(self.nodes.ground.privileged - self.nodes.ground.controllers)
        covered = objects.filter(
            pl.col("id").is_in(principals) | pl.col("objectSid").str.contains(_ALSO_PROTECTED),
            pl.col("class").is_in(list(PRINCIPAL_KINDS)),
            pl.col("objectSid").is_not_null(),
        )
        pairs = covered.select("domain", target="id").join(holder, on="domain")
        return edges(pairs["source"], pairs["target"], "SDProp")


def _ancestor(node: int, parents: list[int | None], wanted: set[int]) -> int | None:
    current: int | None = node
    while current is not None and current not in wanted:
        current = parents[current]
    return current


def _columns(pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [int(first) for first, _ in pairs], [int(second) for _, second in pairs]
