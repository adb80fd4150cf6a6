"""Dangerous rights on the objects that command a whole domain or forest."""

from collections.abc import Iterator

import polars as pl

from rempart.directory.controls import control
from rempart.directory.controls.access_rules import held_subjects, holders, privileged_sids
from rempart.directory.controls.permission_paths import (
    PERMISSIONS,
    TARGETS_UNSEEN,
    PathRule,
    Resolved,
    gives_no_descriptor,
    in_each_domain,
    judge_paths,
    no_path,
    subtree,
)
from rempart.directory.forest import Forest
from rempart.directory.graph.kinds import kinds
from rempart.directory.graph.schema import rights_of
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_HALVES = ["GetChanges", "GetChangesAll", "GetChangesInFilteredSet"]
_COMMANDS_A_ROOT = frozenset({"GenericAll", "Owns", "WriteOwner", "WriteDacl", "AllExtendedRights", "DCSync", *_HALVES})
_NO_ROOT_KEY = Text(
    fr="la forêt n'a pas de clé racine de comptes de service gérés",
    en="the forest has no root key of managed service accounts",
)
_OTHER_REPLICATION = Text(
    fr="aucun domaine ne réplique le SYSVOL par DFSR", en="no domain replicates SYSVOL through DFSR"
)


@control("vuln_permissions_adminsdholder")
def adminsdholder(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on the model of the administrators' rights."""
    targets, missing = in_each_domain(forest, "CN=AdminSDHolder,CN=System")
    rule = PathRule(unseen=missing, more=lambda grade: _once_copied(forest, targets, grade))
    return judge_paths(entry, forest, targets["id"], rule)


def _once_copied(forest: Forest, models: pl.DataFrame, grade: int) -> pl.DataFrame:
    """Return the rights on one attribute or operation that mean nothing on this container, but do on accounts."""
    typed = models.join(forest.descriptors.aces, on="sd").filter(
        "allow", pl.col("object_type").is_not_null(), ~pl.col("trustee").is_in(list(privileged_sids(forest)))
    )
    written = list(typed.select("object_type", "mask").unique().iter_rows())
    frames = [
        held_subjects(forest, holders(forest, models, mask=right.bit, types=right.guids, whole=False), right.name)
        for right in rights_of(forest.objects).values()
        if right.name in PERMISSIONS and kinds()[right.name].level <= grade and {"user", "group"} & set(right.classes)
        if any(guid in right.guids and mask & right.bit for guid, mask in written)
    ]
    return pl.concat([no_path(), *frames])


@control("vuln_permissions_dc")
def domain_controllers(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on domain controllers, and who manages the read-only ones."""
    targets = forest.domain_controllers["id"]
    return judge_paths(entry, forest, targets, PathRule(unseen=TARGETS_UNSEEN if targets.is_empty() else None))


@control("vuln_permissions_dfsr_sysvol")
def dfsr_sysvol(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on the settings that replicate SYSVOL."""
    places = [f"cn=domain system volume,cn=dfsr-globalsettings,cn=system,{head}" for head in forest.domains["dn_key"]]
    places += [f"cn=dfsr-localsettings,{controller}" for controller in forest.domain_controllers["dn_key"]]
    targets = subtree(forest, places)
    if targets.is_empty() and not forest.of_class("ntfrsreplicaset").is_empty():
        return (entry.not_applicable(_OTHER_REPLICATION, level=level) for level in entry.levels)
    unseen = TARGETS_UNSEEN if targets.is_empty() else None
    rule = PathRule(keep=lambda rows: _without_own(forest, rows), resolved=Resolved.NOTHING, unseen=unseen)
    return judge_paths(entry, forest, targets["id"], rule)


def _without_own(forest: Forest, rows: pl.DataFrame) -> pl.DataFrame:
    """Tolerate a read-only controller on the settings that lie under its own account."""
    keys = forest.objects.select("id", "dn_key")
    own = (
        rows.join(keys.rename({"id": "source", "dn_key": "holder"}), on="source")
        .join(keys.rename({"id": "target", "dn_key": "held"}), on="target")
        .filter(pl.col("held").str.ends_with(pl.concat_str(pl.lit(","), "holder")))
    )
    return rows.join(own, on=["source", "kind", "target"], how="anti")


@control("vuln_permissions_dpapi")
def dpapi_keys(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on the keys that decrypt what Windows keeps for users."""
    targets = forest.objects.filter(
        pl.col("dn_key").str.contains(r"^cn=bckupkey_[^,]*,cn=system,dc="), pl.col("partition") == "domain"
    )
    unseen = TARGETS_UNSEEN if set(forest.domains["domain"]) - set(targets["domain"]) else None
    return judge_paths(entry, forest, targets["id"], PathRule(resolved=Resolved.NOTHING, unseen=unseen))


@control("vuln_permissions_gmsa_keys")
def managed_service_keys(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on the root keys of managed service accounts, reading included.

    The keys are recognised by their place: their class may be hidden from the reader. Where managed accounts exist,
    so does a key: one that was not seen is no absence.
    """
    place = "cn=master root keys,cn=group key distribution service,cn=services,cn=configuration,dc="
    keys = forest.objects.filter(pl.col("dn_key").str.contains(f",{place}", literal=True))
    in_use = not forest.of_class("msds-groupmanagedserviceaccount").is_empty()
    if keys.is_empty() and not in_use and not gives_no_descriptor(forest):
        return (entry.not_applicable(_NO_ROOT_KEY, level=level) for level in entry.levels)
    unseen = TARGETS_UNSEEN if keys.is_empty() else None
    return judge_paths(entry, forest, keys["id"], PathRule(resolved=Resolved.NOTHING, unseen=unseen))


@control("vuln_permissions_naming_context")
def naming_contexts(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on the roots of the partitions."""
    heads = forest.of_class("domaindns", "configuration", "dmd")
    gaps = forest.gaps([f"partition:{name}" for name in ("configuration", "schema", "domaindns", "forestdns")])
    own = list(heads["id"])
    rule = PathRule(
        kinds=_COMMANDS_A_ROOT,
        keep=lambda rows: _without_read_only_replication(forest, rows).filter(pl.col("target").is_in(own)),
        resolved=Resolved.FAILURES_ONLY,
        unseen=gaps[0].reason if gaps else None,
    )
    return judge_paths(entry, forest, heads["id"], rule)


def _without_read_only_replication(forest: Forest, rows: pl.DataFrame) -> pl.DataFrame:
    """Tolerate that read-only controllers read the changes: what they may not read are the secrets.

    Half a right is left out where the same identity holds the whole: it would be said twice.
    """
    read_only = forest.graph.nodes.filter(pl.col("key").str.contains(r"^S-1-5-21-[\d-]+-498$"))["id"]
    tolerated = pl.col("source").is_in(list(read_only)) & (pl.col("kind") == "GetChanges")
    whole = rows.filter(pl.col("kind").is_in(["DCSync", "AllExtendedRights", "GenericAll"]))
    halves = rows.filter(pl.col("kind").is_in(_HALVES)).join(whole, on=["source", "target"], how="semi")
    return rows.filter(~tolerated).join(halves, on=["source", "kind", "target"], how="anti")


@control("vuln_permissions_schema")
def schema(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on every object of the schema."""
    targets = forest.objects.filter(pl.col("partition") == "schema")["id"]
    return judge_paths(entry, forest, targets, PathRule(resolved=Resolved.NOTHING))


@control("warning_permissions_specific_containers")
def specific_containers(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on the containers created with the directory."""
    tops = forest.objects.filter(pl.col("class").is_in(["domaindns", "configuration"]))["id"]
    policies, _ = in_each_domain(forest, "CN=Policies,CN=System")
    direct = forest.objects.filter(
        pl.col("parent").is_in(list(tops)),
        pl.col("partition").is_in(["domain", "configuration"]),
        pl.col("class").is_in(_CONTAINER_CLASSES),
    )
    targets = {*direct["id"], *policies["id"]}
    return judge_paths(entry, forest, targets, PathRule(resolved=Resolved.FAILURES_ONLY))


_CONTAINER_CLASSES = (
    "container",
    "builtindomain",
    "lostandfound",
    "msds-quotacontainer",
    "mstpm-informationobjectscontainer",
    "sitescontainer",
    "crossrefcontainer",
)
