"""Warnings about what carries the directory: DNS zones, the replication of SYSVOL, trusts. Never scored.

ANSSI publishes the names of these items, not their rules: the rules here are ours, and each catalogue entry says so.
"""

from collections.abc import Iterator

import polars as pl

from rempart.directory.controls import control
from rempart.directory.controls.collection import judge_what_was_read, system_unread
from rempart.directory.controls.domain_controllers import of_machines
from rempart.directory.doubts import absent, machines_unread, settle
from rempart.directory.forest import Forest, has_flag
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_STORES = ["rootdnsservers", "..trustanchors", "..cache"]
"""The DNS server's own stores, kept in several places by design."""
_CONFLICT = r"(?s)(?:\\0a|\n)cnf:.*$"
"""What replication adds to the name of the loser when two objects were born with one name (MS-ADTS 3.1.1.5.1.6)."""
_UNFINISHED = r"^\.\.inprogress-[0-9a-f]*-"
_INBOUND = 0x1
_WITHIN_FOREST = 0x20
_REFUSED = 0x200
"""TRUST_ATTRIBUTE_CROSS_ORGANIZATION_NO_TGT_DELEGATION (MS-ADTS 6.1.6.7.9)."""
_GRANTED = 0x800
"""TRUST_ATTRIBUTE_CROSS_ORGANIZATION_ENABLE_TGT_DELEGATION; the point `vuln_trusts_tgt_deleg` tells of it."""
_KERBEROS_REALMS = (3, 4)
_SUBSCRIBED = r"^cn=domain system volume(?: \(sysvol share\))?,"
_SUBSCRIBERS = ("msdfsr-subscriber", "ntfrssubscriber")
_NO_SUBSCRIBER = Text(fr="abonnements à la réplication de SYSVOL", en="subscriptions to the replication of SYSVOL")
_NO_ZONE = Text(fr="aucune zone DNS n'est stockée dans l'annuaire", en="no DNS zone is stored in the directory")
_NO_TRUST = Text(
    fr="la forêt n'a aucune relation d'approbation avec l'extérieur", en="the forest has no trust with the outside"
)


@control("warning_dnszone_duplicated_zones")
def duplicated_zones(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the DNS zones a controller finds twice, in two partitions or by a conflict of replication: none."""
    name = pl.coalesce("name", pl.col("dn").str.extract(r"(?is)^DC=((?:\\.|[^,\\])+),", 1)).str.to_lowercase()
    zones = forest.of_class("dnszone").with_columns(
        zone=name.str.replace(_CONFLICT, "").str.replace(_UNFINISHED, "").str.strip_chars_end(".")
    )
    judged = zones.filter(~pl.col("zone").is_in([store.strip(".") for store in _STORES] + _STORES))
    if judged.is_empty():
        yield entry.not_applicable(_NO_ZONE)
        return
    # every controller of the forest serves ForestDnsZones, so a zone there meets those of each domain
    everywhere = pl.col("partition") == "forestdns"
    twice = judged.filter(
        (pl.len().over("zone", "domain") > 1) | ((pl.len().over("zone") > 1) & everywhere.any().over("zone"))
    )
    yield entry.judge(forest.subjects(twice, "name", pl.col("zone")))


@control("warning_sysvol_no_repl")
def unreplicated_sysvol(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether every domain controller subscribes to the replication of SYSVOL (DFSR, or FRS of old)."""
    subscribers = forest.of_class(*_SUBSCRIBERS).filter(pl.col("dn_key").str.contains(_SUBSCRIBED))
    subscribed = subscribers.select(
        dn_key=pl.col("dn_key").str.extract(r"^[^,]*,[^,]*,(.*)$", 1),  # subscriber, settings, controller
    )
    controllers = of_machines(forest, forest.domain_controllers)
    seen = controllers.filter(pl.col("domain").is_in(subscribers["domain"].unique().implode()))
    alone = seen.join(subscribed, on="dn_key", how="anti")
    yield settle(
        entry,
        forest.subjects(alone, "msDFSR-Subscriber", pl.lit("")),
        machines_unread(forest),
        absent(forest, subscribers, _NO_SUBSCRIBER),
    )


@control("warning_trusts_tgt_deleg")
def unrefused_delegation(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the inbound trusts from outside the forest: each refuses the delegation of tickets explicitly."""
    trusts = forest.of_class("trusteddomain").filter(
        ~has_flag("trustAttributes", _WITHIN_FOREST),
        ~pl.col("trustType").is_in(_KERBEROS_REALMS).fill_null(value=False),
    )
    if trusts.is_empty():
        doubt = system_unread(forest)
        yield entry.not_evaluated(doubt) if doubt else entry.not_applicable(_NO_TRUST)
        return
    unread = trusts.filter(pl.col("trustDirection").is_null() | pl.col("trustAttributes").is_null())
    silent = trusts.join(unread, on="id", how="anti").filter(
        has_flag("trustDirection", _INBOUND), ~has_flag("trustAttributes", _REFUSED | _GRANTED)
    )
    yield judge_what_was_read(entry, forest.subjects(silent, "trustAttributes"), unread)
