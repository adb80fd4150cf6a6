"""Builds the control graph, step by step: nodes, memberships, rights, links, structure."""

import numpy as np
import polars as pl

from rempart.directory.graph.certificates import certificate_edges
from rempart.directory.graph.control_graph import ControlGraph, Web
from rempart.directory.graph.descriptor import Descriptors
from rempart.directory.graph.ground import Ground
from rempart.directory.graph.kinds import kinds
from rempart.directory.graph.links import descriptor_attribute, link_edges
from rempart.directory.graph.members import Members, heuristic
from rempart.directory.graph.nodes import Nodes
from rempart.directory.graph.replication import replication_edges, successor_edges
from rempart.directory.graph.rights import RIGHT_SCHEMA, effective_rights
from rempart.directory.graph.schema import grant_names, rights_of
from rempart.directory.graph.structure import Structure

_OWNER_RIGHTS_BLOCKED = 28
"""Place of BlockOwnerImplicitRights in dSHeuristics, from zero; "2" undoes KB5008383."""
_MATTER = ("Enroll", "CreateDMSA", "ManageCA")
"""Rights that are the matter of other edges, not edges themselves."""


def build(ground: Ground) -> ControlGraph:
    """Return the control graph of a snapshot."""
    descriptors = ground.descriptors
    nodes = Nodes(ground, _sids(ground, descriptors))
    members = Members(nodes)
    held = (
        pl.concat([effective_rights(nodes, members, descriptors, rights_of(ground.objects)), _granted(nodes)])
        .unique()
        .sort("object", "trustee", "right")
    )
    structure = Structure(nodes, descriptors)
    rights = held.filter(~pl.col("right").is_in(_MATTER)).select(source="trustee", target="object", kind="right")
    acting = rights.with_columns(at=pl.Series(structure.acts_on(rights["target"].to_numpy(), rights["kind"])))
    linked = pl.concat(
        [
            link_edges(nodes),
            replication_edges(nodes, members, held),
            successor_edges(nodes, held),
            certificate_edges(nodes, members, held),
        ]
    ).unique()
    # memberships and structure, by far the most, have no double by the way they are made
    direct = pl.concat([members.all_edges().select("source", "target", "kind"), linked, structure.edges]).with_columns(
        at=pl.col("target")
    )
    every = _with_twins(members, pl.concat([acting, direct]))
    web = Web(
        edges=_levelled(nodes, _ordinary(nodes, every)),
        shown=nodes.shown,
        beside=structure.partial,
        flaws=_flaws(ground, descriptors),
        unreadable=frozenset(_unreadable(ground, descriptors)["id"]),
    )
    apart = np.flatnonzero(nodes.privileged()[: nodes.objects])
    return ControlGraph(nodes.frame(), web, frozenset(apart.tolist()))


def _sids(ground: Ground, descriptors: Descriptors) -> set[str]:
    """Return every trustee seen anywhere."""
    attributes = ("msDS-AllowedToActOnBehalfOfOtherIdentity", "msDS-GroupMSAMembership")
    seen = [descriptor_attribute(ground.objects, attribute)["trustee"] for attribute in attributes]
    columns = [descriptors.aces["trustee"], descriptors.heads["owner"], ground.grants["trustee"], *seen]
    return {sid for column in columns for sid in column.drop_nulls().unique()}


def _granted(nodes: Nodes) -> pl.DataFrame:
    """Return the rights a source resolved itself, in our words."""
    grants = nodes.ground.grants
    if grants.is_empty():
        return pl.DataFrame(schema=RIGHT_SCHEMA)
    placed = grants.join(
        nodes.ground.objects.select("id", "domain"), left_on="object", right_on="id", maintain_order="left"
    )
    known = placed.select(
        pl.col("object").cast(pl.Int64),
        nodes.resolve(placed, "trustee").alias("trustee"),
        right=pl.col("right").replace_strict(grant_names(), default=None, return_dtype=pl.String),
    ).drop_nulls()
    return known.filter(pl.Series(~nodes.privileged()[known["trustee"].to_numpy()], dtype=pl.Boolean))


def _with_twins(members: Members, every: pl.DataFrame) -> pl.DataFrame:
    """Whoever controls a group, or a group inside it, controls the group without some of its members too."""
    belonging = pl.col("kind").is_in(["MemberOf", "PrimaryGroup", "ByNature"])
    added = [
        every.filter(pl.col("target").is_in(groups.tolist()), ~belonging).with_columns(
            target=pl.lit(twin, dtype=pl.Int64), at=pl.lit(twin, dtype=pl.Int64)
        )
        for twin, groups in members.twins
    ]
    return pl.concat([every, *added])


def _ordinary(nodes: Nodes, every: pl.DataFrame) -> pl.DataFrame:
    """Drop the edges of privileged principals and of trustees no attacker holds: they would extend no path."""
    privileged = np.zeros(nodes.total, dtype=np.bool_)
    privileged[: nodes.visible] = nodes.privileged()
    source = privileged[every["source"].to_numpy()]
    return every.filter(pl.Series(~source, dtype=pl.Boolean), pl.col("source") != pl.col("at"))


def _levelled(nodes: Nodes, every: pl.DataFrame) -> pl.DataFrame:
    """Give each edge its level. An owner's implicit rights on computers are blocked since KB5008383."""
    catalogue = kinds()
    usual = np.array([kind.level for kind in catalogue.values()], dtype=np.uint8)
    lower = np.array([kind.computer_level or kind.level for kind in catalogue.values()], dtype=np.uint8)
    shown = nodes.shown
    target = shown[every["target"].to_numpy()]
    machine = np.zeros(len(shown), dtype=np.bool_)
    if heuristic(nodes.ground.objects, _OWNER_RIGHTS_BLOCKED) != "2":
        machine[: nodes.visible] = np.isin(nodes.kinds(), ("computer", "msa"))
    # kinds as numbers and ids on 32 bits: a large forest has tens of millions of edges
    kind = every["kind"].cast(pl.Enum(list(catalogue)))
    place = kind.to_physical().to_numpy()
    return every.select(
        pl.col("source").cast(pl.Int32),
        pl.Series("target", target.astype(np.int32)),
        pl.col("at").cast(pl.Int32),
        kind.alias("kind"),
        pl.Series("level", np.where(machine[target], lower[place], usual[place])),
    )


def _unreadable(ground: Ground, descriptors: Descriptors) -> pl.DataFrame:
    bad = descriptors.heads.filter(~pl.col("readable"))["sd"]
    return ground.objects.filter(pl.col("sd").is_in(bad.implode())).select("id", "dn")


def _flaws(ground: Ground, descriptors: Descriptors) -> pl.DataFrame:
    """Return a flaw for each object whose descriptor could not be read."""
    return _unreadable(ground, descriptors).select(
        place="dn", problem=pl.lit("nTSecurityDescriptor: unreadable descriptor")
    )
