"""The nodes: every object, then every trustee that is no object, then the hidden nodes the graph needs for itself."""

import re
from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rempart.directory import wellknown as wk
from rempart.directory.graph.ground import Ground

PRINCIPAL_KINDS: dict[str, str] = {
    "user": "user",
    "inetorgperson": "user",
    "computer": "computer",
    "msds-managedserviceaccount": "msa",
    "msds-groupmanagedserviceaccount": "msa",
    "msds-delegatedmanagedserviceaccount": "msa",
    "group": "group",
    "foreignsecurityprincipal": "principal",
}
STRUCTURAL_KINDS: dict[str, str] = {
    "organizationalunit": "ou",
    "container": "container",
    "builtindomain": "container",
    "grouppolicycontainer": "gpo",
    "site": "site",
    "pkicertificatetemplate": "template",
    "pkienrollmentservice": "ca",
}
ACCOUNT_KINDS = ("user", "computer", "msa")
PRINCIPALS = (*ACCOUNT_KINDS, "group", "principal")

NETWORK = "S-1-5-2"
THIS_ORGANIZATION = "S-1-5-15"
CROWDS = (wk.EVERYONE, wk.AUTHENTICATED_USERS, NETWORK, THIS_ORGANIZATION)
"""Identities that every account carries; a deny for one of them holds for everybody."""

WELL_KNOWN_NAMES = {
    wk.EVERYONE: "Tout le monde (Everyone)",
    wk.AUTHENTICATED_USERS: "Utilisateurs authentifiés (Authenticated Users)",
    wk.ANONYMOUS: "Ouverture de session anonyme (Anonymous Logon)",
    NETWORK: "Réseau (Network)",
    THIS_ORGANIZATION: "Cette organisation (This Organization)",
    "S-1-5-4": "Interactif (Interactive)",
    "S-1-5-3": "Tâche (Batch)",
    "S-1-5-6": "Service (Service)",
}
_PRIVILEGED_SID = re.compile(
    rf"^S-1-5-21-\d+-\d+-\d+-(?:{'|'.join(map(str, [*wk.PRIVILEGED_RIDS, wk.ADMINISTRATOR_RID]))})$"
)
_HEADS = ("domaindns",)


class Nodes:
    """Numbers for every node, and the way from a SID seen in a domain to its number.

    A foreign security principal is the very identity it stands for: `canonical` maps its node to that identity's.
    """

    def __init__(self, ground: Ground, sids: Iterable[str]) -> None:
        self.ground = ground
        objects = ground.objects
        self.objects = objects.height
        identified = objects.filter(pl.col("objectSid").is_not_null(), pl.col("class").is_in(list(PRINCIPAL_KINDS)))
        stand_in = pl.col("class") == "foreignsecurityprincipal"
        own = identified.filter(~stand_in)
        strangers = identified.filter(
            stand_in,
            pl.col("objectSid").str.starts_with("S-1-5-21-"),
            ~pl.col("objectSid").is_in(own["objectSid"].implode()),
        ).unique("objectSid", keep="first", maintain_order=True)
        known = pl.concat([own, strangers])
        local = pl.col("objectSid").str.starts_with("S-1-5-32-")
        table = known.select(
            sid="objectSid",
            domain=pl.when(local).then("domain").otherwise(pl.lit("")),
            node=pl.col("id").cast(pl.Int64),
        ).unique(["sid", "domain"], keep="first", maintain_order=True)
        found = set(table["sid"])
        wanted = {*sids, *CROWDS, wk.ANONYMOUS}
        self.extra = sorted(sid for sid in wanted if sid not in found)
        others = pl.DataFrame(
            {"sid": self.extra, "domain": "", "node": np.arange(len(self.extra)) + self.objects},
            schema={"sid": pl.String, "domain": pl.String, "node": pl.Int64},
        )
        self._table = pl.concat([table, others])
        self._by_sid = dict(zip(others["sid"], others["node"], strict=True))
        self.visible = self.objects + len(self.extra)
        self._hidden: list[NDArray[np.int64]] = []
        self._names: dict[int, str] = {}
        self.total = self.visible
        self.canonical = self._canonical(identified.filter(stand_in))

    def resolve(self, frame: pl.DataFrame, sid: str, domain: str = "domain") -> pl.Series:
        """Return the node of each SID of the column `sid`, seen in `domain`; null for a SID no node was made for."""
        local = pl.col(sid).str.starts_with("S-1-5-32-")
        keyed = frame.select(sid=pl.col(sid), place=pl.when(local).then(domain).otherwise(pl.lit("")))
        exact = keyed.join(
            self._table, left_on=["sid", "place"], right_on=["sid", "domain"], how="left", maintain_order="left"
        )["node"]
        # a built-in group of a domain that was not collected has one node for all such domains
        return pl.select(
            pl.coalesce(exact, keyed["sid"].replace_strict(self._by_sid, default=None, return_dtype=pl.Int64))
        )[:, 0].rename("node")

    def well_known(self, sid: str) -> int:
        """Return the node of a well-known SID."""
        return int(self._by_sid[sid])

    def hide(self, shown: NDArray[np.int64]) -> NDArray[np.int64]:
        """Make one hidden node for each node of `shown`, under which it appears to people; return their numbers."""
        made = np.arange(self.total, self.total + len(shown))
        self._hidden.append(shown.astype(np.int64))
        self.total += len(shown)
        return made

    @property
    def shown(self) -> NDArray[np.int64]:
        """For every node, hidden ones included, the node people see."""
        return np.concatenate([np.arange(self.visible), *self._hidden])

    def restrict(self, node: int, name: str) -> int:
        """Make a visible twin of a principal under another name (a group without the members a deny takes out)."""
        made = self.total
        self.hide(np.array([made]))
        self._names[made] = name
        self._names.setdefault(-made, str(node))
        return made

    def _canonical(self, stand_ins: pl.DataFrame) -> NDArray[np.int64]:
        canonical = np.arange(self.visible)
        same = self.resolve(stand_ins.with_columns(domain=pl.lit("")), "objectSid")
        have = same.is_not_null()
        canonical[stand_ins["id"].filter(have).to_numpy()] = same.filter(have).to_numpy()
        return canonical

    def kinds(self) -> NDArray[np.str_]:
        """Return the kind of every visible node."""
        objects = self.ground.objects
        heads = pl.col("class").is_in(_HEADS) & (pl.col("partition") == "domain")
        kind = objects.select(
            pl.when(heads)
            .then(pl.lit("domain"))
            .otherwise(pl.col("class").replace_strict(PRINCIPAL_KINDS | STRUCTURAL_KINDS, default="object"))
        )[:, 0]
        return np.concatenate([kind.to_numpy(), np.full(len(self.extra), "principal", dtype=object)]).astype(str)

    def privileged(self) -> NDArray[np.bool_]:
        """Tell which visible nodes are privileged principals or trustees no attacker holds: their edges are dropped."""
        mask = np.zeros(self.visible, dtype=np.bool_)
        mask[list(self.ground.privileged)] = True
        # nobody holds krbtgt without holding the domain already: it is a target, never where a path starts
        krbtgt = self.ground.objects["objectSid"].str.contains(rf"^S-1-5-21-.*-{wk.KRBTGT_RID}$")
        mask[: self.objects] |= krbtgt.fill_null(value=False).to_numpy()
        for place, sid in enumerate(self.extra):
            mask[self.objects + place] = (
                sid in wk.TRUSTED_SIDS or sid in wk.PRIVILEGED_BUILTIN or _PRIVILEGED_SID.match(sid) is not None
            )
        return mask

    def frame(self) -> pl.DataFrame:
        """Return the visible nodes: `id`, `key`, `name`, `kind`; twins made by `restrict` come last."""
        kinds = self.kinds()
        extra = pl.DataFrame(
            {
                "id": np.arange(self.objects, self.visible),
                "key": self.extra,
                "name": [WELL_KNOWN_NAMES.get(sid, sid) for sid in self.extra],
            },
            schema={"id": pl.UInt32, "key": pl.String, "name": pl.String},
        )
        labels = self.ground.labels.select(pl.col("id").cast(pl.UInt32), "key", "name")
        seen = pl.concat([labels, extra]).with_columns(kind=pl.Series(kinds.tolist(), dtype=pl.String))
        twins = [made for made in self._names if made > 0]
        if not twins:
            return seen
        originals = [int(self._names[-made]) for made in twins]
        return pl.concat(
            [
                seen,
                pl.DataFrame(
                    {
                        "id": twins,
                        "key": [seen["key"][node] for node in originals],
                        "name": [self._names[made] for made in twins],
                        "kind": [seen["kind"][node] for node in originals],
                    },
                    schema=seen.schema,
                ),
            ]
        )
