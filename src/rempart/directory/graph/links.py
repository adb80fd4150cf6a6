"""Control that attributes give: delegations, SID history, who may read a managed password, who manages an RODC."""

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.graph.descriptor import INHERIT_ONLY, parse
from rempart.directory.graph.nodes import Nodes
from rempart.directory.graph.structure import edges
from rempart.directory.names import dn_key

_ENABLED = (pl.col("userAccountControl").fill_null(wk.UAC_DISABLED) & wk.UAC_DISABLED) == 0


def descriptor_attribute(objects: pl.DataFrame, attribute: str) -> pl.DataFrame:
    """Return whom an attribute that is itself a descriptor lets in: `object`, `domain`, `trustee` (SID text)."""
    rows = objects.filter(pl.col(attribute).is_not_null()).select("id", "domain", bytes=attribute).with_row_index("sd")
    read = parse(rows.select("sd", "bytes"))
    allowed = read.aces.filter("allow", pl.col("flags") & INHERIT_ONLY == 0, pl.col("mask") != 0)
    everyone = read.heads.filter("null_dacl").select("sd", trustee=pl.lit(wk.EVERYONE))
    return (
        pl.concat([allowed.select("sd", "trustee"), everyone])
        .unique(maintain_order=True)
        .join(rows, on="sd")
        .select("domain", "trustee", object=pl.col("id").cast(pl.Int64))
    )


def link_edges(nodes: Nodes) -> pl.DataFrame:
    """Return every edge that an attribute makes: `source`, `target`, `kind`."""
    objects = nodes.ground.objects
    return pl.concat(
        [
            _allowed_in(nodes, "msDS-AllowedToActOnBehalfOfOtherIdentity", "AllowedToAct"),
            _allowed_in(nodes, "msDS-GroupMSAMembership", "ReadGMSAPassword"),
            _unconstrained(nodes),
            _constrained(objects),
            _sid_history(nodes),
            _managed(nodes),
        ]
    )


def _allowed_in(nodes: Nodes, attribute: str, kind: str) -> pl.DataFrame:
    trustees = descriptor_attribute(nodes.ground.objects, attribute)
    pairs = trustees.with_columns(node=nodes.resolve(trustees, "trustee")).drop_nulls("node")
    return edges(pairs["node"], pairs["object"], kind)


def _unconstrained(nodes: Nodes) -> pl.DataFrame:
    """An account trusted for any delegation keeps the ticket of whoever connects, a coerced controller included."""
    ground = nodes.ground
    heads = ground.objects.filter(pl.col("class") == "domaindns", pl.col("partition") == "domain")
    trusted = ground.objects.filter(
        pl.col("userAccountControl").fill_null(0) & wk.UAC_UNCONSTRAINED != 0,
        _ENABLED,
        ~pl.col("id").is_in(list(ground.controllers)),
    )
    pairs = trusted.select("domain", source="id").join(heads.select("domain", target="id"), on="domain")
    return edges(pairs["source"], pairs["target"], "UnconstrainedDelegation")


def _constrained(objects: pl.DataFrame) -> pl.DataFrame:
    """An account with msDS-AllowedToDelegateTo speaks in anyone's name to the hosts its service names designate."""
    hosts = pl.concat(
        [
            objects.filter(pl.col("class") == "computer").select(host=pl.col(name).str.to_lowercase(), target="id")
            for name in ("dNSHostName", "sAMAccountName")
        ]
    ).drop_nulls()
    hosts = hosts.with_columns(pl.col("host").str.strip_suffix("$")).unique()
    allowed = (
        objects.filter(pl.col("msDS-AllowedToDelegateTo").is_not_null(), _ENABLED)
        .select("userAccountControl", source="id", service=pl.col("msDS-AllowedToDelegateTo"))
        .explode("service")
        .with_columns(host=pl.col("service").str.to_lowercase().str.extract(r"^[^/]+/([^/:]+)", 1))
        .join(hosts, on="host")
        .filter(pl.col("source") != pl.col("target"))
        .unique(["source", "target"], maintain_order=True)
    )
    any_protocol = pl.col("userAccountControl") & wk.UAC_PROTOCOL_TRANSITION != 0
    free, bound = allowed.filter(any_protocol), allowed.filter(~any_protocol)
    return pl.concat(
        [
            edges(free["source"], free["target"], "AllowedToDelegate"),
            edges(bound["source"], bound["target"], "AllowedToDelegateKerberos"),
        ]
    )


def _sid_history(nodes: Nodes) -> pl.DataFrame:
    """An account is, in its token, every identity of its sIDHistory."""
    rows = (
        nodes.ground.objects.filter(pl.col("sIDHistory").is_not_null())
        .select("domain", source="id", sid=pl.col("sIDHistory"))
        .explode("sid")
    )
    pairs = rows.with_columns(target=nodes.resolve(rows, "sid")).drop_nulls("target")
    return edges(pairs["source"], pairs["target"], "HasSIDHistory")


def _managed(nodes: Nodes) -> pl.DataFrame:
    """Who manages a read-only domain controller is its local administrator."""
    objects = nodes.ground.objects
    readonly = objects.filter(
        (pl.col("primaryGroupID") == wk.READ_ONLY_DCS_RID)
        | (pl.col("userAccountControl").fill_null(0) & wk.UAC_PARTIAL_SECRETS != 0),
        pl.col("class") == "computer",
        pl.col("managedBy").is_not_null(),
    ).select(target="id", dn=pl.col("managedBy"))
    keys = readonly.with_columns(dn_key=pl.Series([dn_key(dn) for dn in readonly["dn"]], dtype=pl.String))
    pairs = keys.join(objects.select("dn_key", source="id"), on="dn_key")
    return edges(pairs["source"], pairs["target"], "ManagesRODC")
