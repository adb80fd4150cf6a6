"""Rights that only bite together, or only where the domain has what they abuse."""

import numpy as np
import polars as pl

from rempart.directory.graph.members import Members
from rempart.directory.graph.nodes import Nodes
from rempart.directory.graph.structure import edges

_DMSA = "msds-delegatedmanagedserviceaccount"
_SERVER_2025 = r"\(26\d{3}\)"


def domain_heads(nodes: Nodes) -> pl.DataFrame:
    """Return `domain` and `head` (node) of every domain collected."""
    return nodes.ground.objects.filter(pl.col("class") == "domaindns", pl.col("partition") == "domain").select(
        "domain", head=pl.col("id").cast(pl.Int64)
    )


def replication_edges(nodes: Nodes, members: Members, held: pl.DataFrame) -> pl.DataFrame:
    """Return who can replicate every secret of a domain: both halves of the right, be it through two groups."""
    frames = []
    ordinary = ~nodes.privileged()
    for head in domain_heads(nodes)["head"]:
        mine = held.filter(pl.col("object") == head, pl.col("trustee") < nodes.visible)
        first = mine.filter(pl.col("right") == "GetChanges")["trustee"].to_list()
        second = mine.filter(pl.col("right") == "GetChangesAll")["trustee"].to_list()
        if first and second:
            both = [node for node in members.holders_of_both(first, second) if ordinary[node]]
            frames.append(edges(both, np.full(len(both), head), "DCSync"))
    return pl.concat([edges([], [], "DCSync"), *frames])


def successor_edges(nodes: Nodes, held: pl.DataFrame) -> pl.DataFrame:
    """Return who can create a delegated managed account that inherits from any other ("BadSuccessor").

    It takes the class in the schema and a domain controller of Windows Server 2025 (build 26xxx).
    """
    objects = nodes.ground.objects
    classes = objects.filter(pl.col("class") == "classschema")["lDAPDisplayName"].str.to_lowercase()
    recent = objects.filter(
        pl.col("id").is_in(list(nodes.ground.controllers)), pl.col("operatingSystemVersion").str.contains(_SERVER_2025)
    )["domain"]
    if _DMSA not in set(classes) or recent.is_empty():
        return edges([], [], "BadSuccessor")
    places = objects.select("domain", object=pl.col("id").cast(pl.Int64)).filter(
        pl.col("domain").is_in(recent.implode())
    )
    creators = (
        held.filter(pl.col("right") == "CreateDMSA").join(places, on="object").join(domain_heads(nodes), on="domain")
    )
    pairs = creators.select("trustee", "head").unique().sort("trustee", "head")
    return edges(pairs["trustee"], pairs["head"], "BadSuccessor")
