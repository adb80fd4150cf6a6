"""DNS zones kept in the directory: who may write records in them."""

from collections.abc import Iterator

import polars as pl

from rempart.directory.controls import control
from rempart.directory.controls.collection import judge_what_was_read
from rempart.directory.forest import Forest
from rempart.directory.names import dn_key, domain_of
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_ALLOW_UPDATE = 2
"""DSPROPERTY_ZONE_ALLOW_UPDATE (MS-DNSP 2.3.2.1.1)."""
_UNSECURE = 1
"""ZONE_UPDATE_UNSECURE (MS-DNSP 2.2.6.1.1): anybody may write, without authentication."""
_HEADER = 20
"""Bytes before the data of a dnsProperty: DataLength, NameLength, Flag, Version, Id (MS-DNSP 2.3.2.1)."""
_PSEUDO_ZONES = ("rootdnsservers", "..trustanchors", "..cache")
"""Stores of the DNS server (root hints, trust anchors, cache), which nobody updates through DNS."""

_NO_ZONE = Text(fr="aucune zone DNS n'est stockée dans l'annuaire", en="no DNS zone is stored in the directory")
_NO_PARTITION = Text(
    fr="la partition DNS {name} n'a pas été collectée", en="the DNS partition {name} was not collected"
)


@control("vuln_dnszone_bad_prop")
def unsecure_updates(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the update property of zones: level 1 the domains' zones and their _msdcs, level 3 every zone.

    Reads the binary dNSProperty; dnsAllowDynamic is no proof.
    """
    declared = _declared_partitions(forest)
    missing = declared - set(forest.objects.filter(pl.col("dn_key").is_in(declared))["dn_key"])
    zones = _zones(forest)
    domains = _domain_names(forest)
    own = [*domains, *(f"_msdcs.{name}" for name in domains)]
    for level, kept in ((1, zones.filter(pl.col("zone").is_in(own))), (3, zones)):
        open_zones = kept.filter(pl.col("update") == _UNSECURE)
        subjects = forest.subjects(open_zones, value=pl.col("update")).with_columns(attribute=pl.lit("dNSProperty"))
        if missing and not subjects.height:
            yield entry.not_evaluated(_NO_PARTITION.filled(name=min(missing)), level=level)
        elif not zones.height:
            yield entry.not_applicable(_NO_ZONE, level=level)
        else:
            yield judge_what_was_read(entry, subjects, kept.filter(pl.col("update").is_null()), level=level)


def _zones(forest: Forest) -> pl.DataFrame:
    """Return the zones with `zone`, the name in lower case, and `update`: 0, 1, 2, or null when unread.

    A zone that has properties but not this one has the default: no dynamic update.
    """
    zones = forest.of_class("dnszone").with_columns(
        zone=pl.coalesce("name", pl.col("dn").str.extract(r"(?i)^DC=([^,]+),", 1)).str.to_lowercase()
    )
    kind = pl.col("raw").bin.slice(16, 4).bin.reinterpret(dtype=pl.UInt32, endianness="little")
    length = pl.col("raw").bin.slice(0, 4).bin.reinterpret(dtype=pl.UInt32, endianness="little")
    first = pl.col("raw").bin.slice(_HEADER, 1).bin.reinterpret(dtype=pl.UInt8, endianness="little")
    updates = (
        zones.filter(pl.col("dNSProperty").is_not_null())
        .select("id", raw="dNSProperty")
        .explode("raw")
        .with_columns(kind=kind, value=pl.when(length > 0).then(first).otherwise(0))
        .group_by("id")
        .agg(
            update=pl.when(pl.col("kind").is_not_null().any())
            .then(pl.col("value").filter(pl.col("kind") == _ALLOW_UPDATE).max().fill_null(0))
            .otherwise(None)
        )
    )
    return zones.filter(~pl.col("zone").is_in(_PSEUDO_ZONES)).join(updates, on="id", how="left", maintain_order="left")


def _declared_partitions(forest: Forest) -> set[str]:
    """Return the keys of the DNS partitions the forest declares in its crossRef objects (MS-ADTS 6.1.1.2.1.1)."""
    names = forest.of_class("crossref")["nCName"].drop_nulls()
    keys = {dn_key(name) for name in names}
    return {key for key in keys if key.startswith(("dc=domaindnszones,", "dc=forestdnszones,"))}


def _domain_names(forest: Forest) -> list[str]:
    """Return the DNS names of every domain of the forest, collected or only declared."""
    declared = forest.of_class("crossref").filter((pl.col("systemFlags").fill_null(0) & 2) != 0)["nCName"].drop_nulls()
    return sorted({*forest.domains["domain"], *(domain_of(dn_key(name)) for name in declared)})
