"""Dangerous rights on the DNS service, which runs on the domain controllers."""

from collections.abc import Iterator

import polars as pl

from rempart.directory.controls import control
from rempart.directory.controls.owners import administration_owners, owners
from rempart.directory.controls.permission_paths import (
    TARGETS_UNSEEN,
    PathRule,
    Resolved,
    entry_rows,
    gives_no_descriptor,
    in_each_domain,
    judge_level,
)
from rempart.directory.forest import KEY, NAME, Forest
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_PLACE = "CN=MicrosoftDNS,CN=System"
_NO_DNS = Text(
    fr="aucun domaine ne tient de DNS dans l'annuaire : ni CN=MicrosoftDNS, ni zone, ni groupe DnsAdmins",
    en="no domain keeps DNS in the directory: no CN=MicrosoftDNS, no zone, no DnsAdmins group",
)
_NO_GROUP = Text(fr="aucun groupe DnsAdmins dans ces domaines", en="no DnsAdmins group in these domains")


def _named_dns_admins(forest: Forest) -> pl.DataFrame:
    """The group has no fixed RID, but the same name in every language."""
    return forest.groups.filter(pl.col("sAMAccountName").str.to_lowercase() == "dnsadmins")


def _dns_admins(forest: Forest) -> pl.DataFrame:
    """Return the DnsAdmins groups: by name, and where the name is not found, by the rights on CN=MicrosoftDNS."""
    named = _named_dns_admins(forest)
    places, _ = in_each_domain(forest, _PLACE)
    nameless = places.filter(~pl.col("domain").is_in(named["domain"].implode()))
    if nameless.is_empty():
        return named
    rows = entry_rows(forest, nameless["id"], 2).filter(pl.col("target").is_in(nameless["id"].implode()))
    in_role = forest.groups.filter(pl.col("id").is_in(rows["source"].implode()), pl.col("partition") == "domain")
    return pl.concat([named, in_role]).unique("id").sort("id")


@control("vuln_dnsadmins")
def dns_admins(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge who is in DnsAdmins, who can join it, and who owns it."""
    groups = _dns_admins(forest)
    if groups.is_empty():
        yield entry.not_applicable(_NO_GROUP)
        return
    yield judge_level(
        entry, forest, groups["id"], entry.levels[0], PathRule(more=lambda _grade: _odd_owners(forest, groups))
    )


def _odd_owners(forest: Forest, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the owners of these groups that are not an administration group, as subjects."""
    names = forest.objects.filter(pl.col("objectSid").is_not_null()).select(owner="objectSid", principal=NAME)
    return (
        groups.join(owners(forest), on="id")
        .filter(~administration_owners(forest))
        .join(names.unique("owner", keep="first", maintain_order=True), on="owner", how="left")
        .with_columns(pl.coalesce("principal", "owner"))
        .select(
            key=pl.col("owner") + ">Owns>" + KEY,
            name=pl.col("principal") + " → " + NAME,
            principal="principal",
            sid="owner",
            right=pl.lit("Owns"),
            target="dn",
            reach=pl.lit(1, pl.Int64),
        )
    )


@control("vuln_permissions_msdns")
def dns_servers(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge who can write on the object that sets up the DNS service."""
    places, missing = in_each_domain(forest, _PLACE)
    if places.is_empty() and not gives_no_descriptor(forest) and not _keeps_dns(forest):
        yield entry.not_applicable(_NO_DNS)
        return
    rule = PathRule(
        keep=lambda rows: _without_empty_dns_admins(forest, rows),
        resolved=Resolved.FAILURES_ONLY,
        unseen=TARGETS_UNSEEN if places.is_empty() else missing,
    )
    yield judge_level(entry, forest, places["id"], entry.levels[0], rule)


def _keeps_dns(forest: Forest) -> bool:
    return not (forest.of_class("dnszone").is_empty() and _named_dns_admins(forest).is_empty())


def _without_empty_dns_admins(forest: Forest, rows: pl.DataFrame) -> pl.DataFrame:
    """Tolerate DnsAdmins when nobody stands behind it: no member, and no right by which one could join it."""
    groups = _named_dns_admins(forest)["id"]
    open_ones = set(entry_rows(forest, groups, 2)["target"])
    closed = [group for group in groups if group not in open_ones]
    return rows.filter(~pl.col("source").is_in(closed))
