"""Who can reach Tier 0, by which steps, and what to cut first."""

from collections.abc import Collection

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict

from rempart.directory import wellknown as wk
from rempart.directory.forest import Forest, rid_is
from rempart.directory.graph.choke import choke_points
from rempart.directory.graph.control_graph import ControlGraph, Step
from rempart.directory.graph.kinds import kinds
from rempart.directory.graph.nodes import PRINCIPALS
from rempart.directory.graph.reach import Reach
from rempart.directory.graph.removal import removal
from rempart.directory.graph.schema import Right, rights_of
from rempart.measurement.errors import InputError
from rempart.measurement.path import ChokePoint, Hop, Node, Path
from rempart.measurement.text import Text

_BELONGING = ("MemberOf", "PrimaryGroup", "ByNature")
_TIER_ZERO_PLACES = r"^cn=(?:adminsdholder|microsoftdns),cn=system,"
_CERTIFICATE_PLACES = r"^(?:cn=[^,]+,)?cn=(?:ntauthcertificates|certification authorities),cn=public key services,"
_DPAPI_KEYS = r"^cn=bckupkey_"


class ControlPaths(BaseModel):
    """The answer to "who can reach Tier 0".

    `attackers`: how many ordinary accounts can. `total`: how many distinct starting points (an account, or the group
    by which its members all go the same way); `paths` holds the first ones, those most accounts take first, and
    `starts` how many accounts take each. `choke_points`: the least to remove for nobody to reach. `stubborn`: names of
    accounts that reach Tier 0 by what nobody can remove: they are to be held as Tier 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    attackers: int
    total: int
    paths: tuple[Path, ...]
    starts: tuple[int, ...]
    choke_points: tuple[ChokePoint, ...]
    stubborn: tuple[str, ...]


def tier_zero(forest: Forest) -> frozenset[int]:
    """Return the ids of what gives the whole forest.

    Privileged principals, domain controllers (read-only ones included), krbtgt, the heads of the domain, configuration
    and schema partitions, AdminSDHolder, MicrosoftDNS, KDS root keys, DPAPI backup keys, certification authorities with
    the servers that host them, NTAuthCertificates and the trusted roots. Group policies and containers that lead to
    them are not listed: the graph goes through them, and shows the way.
    """
    objects = forest.objects
    key = pl.col("dn_key")
    heads = (pl.col("class") == "domaindns") & (pl.col("partition") == "domain")
    hosts = objects.filter(pl.col("class") == "pkienrollmentservice")["dNSHostName"].drop_nulls().str.to_lowercase()
    found = objects.filter(
        heads
        | pl.col("class").is_in(["configuration", "dmd", "mskds-provrootkey", "pkienrollmentservice"])
        | key.str.contains(_TIER_ZERO_PLACES)
        | key.str.contains(_CERTIFICATE_PLACES)
        | (key.str.contains(_DPAPI_KEYS) & (pl.col("class") == "secret"))
        | ((pl.col("class") == "user") & rid_is(wk.KRBTGT_RID))
        | ((pl.col("class") == "computer") & pl.col("dNSHostName").str.to_lowercase().is_in(hosts.implode()))
    )["id"]
    return frozenset({*forest.privileged, *forest.domain_controllers["id"], *found})


def control_paths(
    forest: Forest,
    *,
    targets: Collection[int] | None = None,
    level: int = 2,
    limit: int = 20,
    start: str | None = None,
) -> ControlPaths:
    """Return who can reach `targets` (Tier 0 when left out), at most `limit` paths, and the choke points.

    `level` 1 follows only what is exploitable without a major prerequisite, 2 everything potentially dangerous. `start`
    (a name, SID or DN) asks for the paths of that principal alone.

    Raises:
        InputError: nobody goes by the name `start`.

    """
    graph = forest.graph
    goals = tier_zero(forest) if targets is None else frozenset(targets)
    reach = graph.reach(goals, level=level)
    starts, counts = _starts(graph, goals, reach, level) if start is None else _start(forest, start, reach)
    choke = choke_points(graph, goals, level=level)
    words = _Words(forest)
    names = graph.nodes.filter(pl.col("id").is_in(list(choke.stubborn)))["name"]
    return ControlPaths(
        attackers=choke.attackers,
        total=len(starts),
        paths=tuple(
            Path(hops=tuple(words.hop(step) for step in steps))
            for steps in graph.paths(starts[:limit], reach, level=level)
        ),
        starts=tuple(counts[:limit]),
        choke_points=tuple(
            ChokePoint(hop=words.hop((source, kind, target)), cut_off=cut_off)
            for source, kind, target, cut_off in choke.edges.iter_rows()
        ),
        stubborn=tuple(names.sort()),
    )


def _start(forest: Forest, start: str, reach: Reach) -> tuple[list[int], list[int]]:
    """Return the principals that go by this name, SID or DN, those that reach the targets only, one account each."""
    graph = forest.graph
    wanted = start.strip().lower()
    named = graph.nodes.filter(
        pl.col("kind").is_in(PRINCIPALS)
        & ((pl.col("name").str.to_lowercase() == wanted) | (pl.col("key").str.to_lowercase() == wanted))
    )["id"].to_list()
    found = sorted({*named, *forest.by_dn(start)["id"]})
    if not found:
        raise InputError(
            Text(fr=f"aucun compte ni groupe ne s’appelle « {start} »", en=f"no account or group is called {start}"),
            advice=Text(
                fr="Donnez son nom court (sAMAccountName), son SID ou son nom distinctif.",
                en="Give its short name (sAMAccountName), its SID or its distinguished name.",
            ),
        )
    reaching = [node for node in found if reach.hops[node] > 0]
    return reaching, [1] * len(reaching)


def _starts(graph: ControlGraph, goals: Collection[int], reach: Reach, level: int) -> tuple[list[int], list[int]]:
    """Return where paths start and how many accounts each serves, the most used first.

    Members who only go through their group start at the group: a thousand users are one path.
    """
    accounts = graph.accounts.copy()
    accounts[list(goals)] = False
    start = np.flatnonzero(accounts & (reach.hops > 0))
    follows = graph.followed(level)
    onward = reach.next[follows["source"].to_numpy()] == follows["at"].to_numpy()
    taken = follows.filter(pl.Series(onward, dtype=pl.Boolean)).select(
        "source", belongs=pl.col("kind").is_in(_BELONGING)
    )
    through = np.zeros(len(reach.hops), dtype=np.bool_)
    through[taken.filter("belongs")["source"].to_numpy()] = True
    through[taken.filter(~pl.col("belongs"))["source"].to_numpy()] = False
    while through[start].any():
        start = np.where(through[start], reach.next[start], start)
    distinct, counts = np.unique(start, return_counts=True)
    order = np.lexsort((distinct, reach.hops[distinct], -counts))
    return distinct[order].tolist(), counts[order].tolist()


class _Words:
    """Turns steps of the graph into hops for people, with their commands."""

    def __init__(self, forest: Forest) -> None:
        self._nodes = forest.graph.nodes
        self._rows = dict(zip(self._nodes["id"], range(self._nodes.height), strict=True))
        self._objects = forest.objects
        self._rights: dict[str, Right] = rights_of(forest.objects)

    def hop(self, step: Step) -> Hop:
        source, name, target = step
        kind = kinds()[name]
        values = {
            "source": self._designation(source),
            "source_sid": self._sid(source),
            "target": self._designation(target),
            "target_sid": self._sid(target),
        }
        done = removal(kind, values, self._rights)
        return Hop(
            source=self._node(source),
            target=self._node(target),
            edge=name,
            title=kind.title,
            abuse=kind.abuse,
            removal=kind.removal,
            command=done.command if done else None,
            undo=done.undo if done else None,
        )

    def _node(self, node: int) -> Node:
        _, key, name, kind = self._nodes.row(self._rows[node])
        return Node(key=key, name=name, kind=kind)

    def _designation(self, node: int) -> str | None:
        if node >= self._objects.height:
            return self._sid(node)
        dn: str = self._objects["dn"][node]
        return dn

    def _sid(self, node: int) -> str | None:
        if node < self._objects.height:
            sid: str | None = self._objects["objectSid"][node]
            return sid
        key: str = self._nodes["key"][self._rows[node]]
        return key if key.startswith("S-1-") else None
