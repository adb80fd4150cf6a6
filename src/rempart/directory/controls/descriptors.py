"""Warnings and informations on the security descriptors themselves. They never change the level.

ANSSI publishes the names of these items, not their rules: the rules here are ours, and each catalogue entry says so.
"""

from collections.abc import Iterator

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.controls.access_rules import privileged_sids, with_names
from rempart.directory.controls.permission_paths import RESOLVED_ONLY, gives_no_descriptor, in_each_domain
from rempart.directory.forest import KEY, NAME, Forest
from rempart.directory.graph.descriptor import INHERIT_ONLY, INHERITED, PROTECTED
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_CREATE_CHILD, _DELETE_CHILD, _LIST = 0x1, 0x2, 0x4
_READ_PROPERTY, _WRITE_PROPERTY, _DELETE_TREE, _LIST_OBJECT, _CONTROL_ACCESS = 0x10, 0x20, 0x40, 0x80, 0x100
_DELETE, _READ_CONTROL, _WRITE_DACL, _WRITE_OWNER = 0x10000, 0x20000, 0x40000, 0x80000
_GENERIC_READ, _GENERIC_EXECUTE, _GENERIC_WRITE, _GENERIC_ALL = 0x80000000, 0x20000000, 0x40000000, 0x10000000
_GENERIC = _GENERIC_READ | _GENERIC_EXECUTE | _GENERIC_WRITE | _GENERIC_ALL
_CHILDREN = _CREATE_CHILD | _DELETE_CHILD | _DELETE_TREE | _DELETE
_STRONG = _WRITE_DACL | _WRITE_OWNER | _GENERIC_WRITE | _GENERIC_ALL
_HIDES = _READ_PROPERTY | _LIST | _LIST_OBJECT | _READ_CONTROL | _GENERIC_READ | _GENERIC_ALL
_MODIFIES = _STRONG | _CHILDREN | _WRITE_PROPERTY

_EVERYBODY = r"^(?:S-1-1-0|S-1-5-7|S-1-5-32-546|S-1-5-21-[\d-]+-514)$"
_READERS = [wk.AUTHENTICATED_USERS, wk.EVERYONE, wk.PRE_WINDOWS_2000]

_REPLICATION = {
    "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2": "DS-Replication-Get-Changes",
    "1131f6ab-9c07-11d1-f79f-00c04fc2dcd2": "DS-Replication-Synchronize",
    "1131f6ac-9c07-11d1-f79f-00c04fc2dcd2": "DS-Replication-Manage-Topology",
    "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2": "DS-Replication-Get-Changes-All",
    "1131f6ae-9c07-11d1-f79f-00c04fc2dcd2": "Read-Only-Replication-Secret-Synchronization",
    "89e95b76-444d-4c62-991a-0facbeda640c": "DS-Replication-Get-Changes-In-Filtered-Set",
}
"""Control access rights of replication (MS-ADTS 5.1.3.2.1)."""

_IN_FORCE = pl.col("flags") & INHERIT_ONLY == 0
_EXPLICIT = pl.col("flags") & INHERITED == 0
_SHOWN_NAMES = [
    (_GENERIC_ALL, "GENERIC_ALL"), (_GENERIC_WRITE, "GENERIC_WRITE"), (_GENERIC_EXECUTE, "GENERIC_EXECUTE"),
    (_GENERIC_READ, "GENERIC_READ"), (_WRITE_OWNER, "WRITE_OWNER"), (_WRITE_DACL, "WRITE_DAC"), (_DELETE, "DELETE"),
    (_DELETE_TREE, "DELETE_TREE"), (_CREATE_CHILD, "CREATE_CHILD"), (_DELETE_CHILD, "DELETE_CHILD"),
    (_WRITE_PROPERTY, "WRITE_PROPERTY"), (_CONTROL_ACCESS, "CONTROL_ACCESS"), (_READ_CONTROL, "READ_CONTROL"),
    (_LIST_OBJECT, "LIST_OBJECT"), (_READ_PROPERTY, "READ_PROPERTY"), (_LIST, "LIST"),
]  # fmt: skip
"""Bits of an access mask by their Microsoft names (MS-ADTS 5.1.3.2), the strongest first."""


def _rights(mask: pl.Expr) -> pl.Expr:
    """Return the bits of a mask as text."""
    parts = [pl.when(mask & bit != 0).then(pl.lit(name)) for bit, name in _SHOWN_NAMES]
    return pl.concat_str(parts, separator=" ", ignore_nulls=True)


def _rule_subjects(forest: Forest, rules: pl.DataFrame, objects: pl.DataFrame | None = None) -> pl.DataFrame:
    """Turn access rules (rows of `aces` with a column `right`) into subjects, one per identity, right and object."""
    everything = forest.objects if objects is None else objects
    borne = everything.filter(pl.col("sd").is_in(rules["sd"].unique().implode()))
    return (
        with_names(forest, rules.select("sd", "trustee", "right").unique())
        .join(borne.select("sd", target="dn", target_key=KEY, target_name=NAME), on="sd")
        .select(
            key=pl.col("trustee") + ">" + pl.col("right") + ">" + pl.col("target_key"),
            name=pl.col("principal") + " → " + pl.col("target_name"),
            principal="principal",
            sid="trustee",
            right="right",
            target="target",
        )
        .sort("key")
    )


def _judge_rules(
    entry: Control, forest: Forest, rules: pl.DataFrame, objects: pl.DataFrame | None = None
) -> Iterator[Verdict]:
    if gives_no_descriptor(forest):
        yield entry.not_evaluated(RESOLVED_ONLY)
        return
    subjects = _rule_subjects(forest, rules, objects)
    yield entry.judge(subjects, measured={"rights": subjects.height})


@control("warning_sd_adminsdholder_protec")
def adminsdholder_protected(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether AdminSDHolder inherits."""
    holders, missing = in_each_domain(forest, "CN=AdminSDHolder,CN=System")
    open_ones = holders.join(_heads(forest, protected=False), on="sd", how="semi")
    if open_ones.is_empty() and (gives_no_descriptor(forest) or missing is not None):
        yield entry.not_evaluated(missing or RESOLVED_ONLY)
        return
    yield entry.judge(forest.subjects(open_ones))


def _heads(forest: Forest, *, protected: bool) -> pl.DataFrame:
    """Return the readable descriptors whose protection against inheritance is as asked: column `sd`."""
    is_protected = pl.col("control") & PROTECTED != 0
    return forest.descriptors.heads.filter("readable", is_protected if protected else ~is_protected).select("sd")


@control("warning_sd_anonymous_control")
def anonymous_control(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge what anybody passing on the network may modify."""
    all_extended = (pl.col("mask") & _CONTROL_ACCESS != 0) & pl.col("object_type").is_null()
    rules = forest.descriptors.aces.filter(
        "allow", _IN_FORCE, pl.col("trustee").str.contains(_EVERYBODY), (pl.col("mask") & _MODIFIES != 0) | all_extended
    )
    return _judge_rules(entry, forest, rules.with_columns(right=_rights(pl.col("mask"))))


@control("warning_sd_deny_read")
def deny_read(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge what is hidden by an explicit denial."""
    rules = forest.descriptors.aces.filter(
        ~pl.col("allow"), _EXPLICIT, _IN_FORCE, pl.col("mask") & _HIDES != 0, pl.col("object_type").is_null()
    )
    return _judge_rules(entry, forest, rules.with_columns(right=_rights(pl.col("mask"))))


@control("warning_sd_failed_sd_read")
def failed_read(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether every descriptor could be read and understood."""
    if gives_no_descriptor(forest):
        yield entry.not_evaluated(RESOLVED_ONLY)
        return
    damaged = forest.descriptors.heads.filter(~pl.col("readable"))["sd"]
    unread = forest.objects.filter(pl.col("sd").is_null() | pl.col("sd").is_in(list(damaged)))
    yield entry.judge(
        forest.subjects(unread, "nTSecurityDescriptor", pl.lit("")),
        measured={"unread": unread.height, "objects": forest.objects.height},
    )


@control("warning_sd_generic_perm")
def generic_rights(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the generic rights that the directory did not translate."""
    rules = forest.descriptors.aces.filter("allow", _IN_FORCE, pl.col("mask") & _GENERIC != 0)
    return _judge_rules(entry, forest, rules.with_columns(right=_rights(pl.col("mask") & _GENERIC)))


@control("warning_sd_repl_perm")
def replication_rights(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge who else than domain controllers holds rights of replication."""
    heads = forest.of_class("domaindns", "configuration", "dmd")
    read_only = pl.col("trustee").str.contains(r"^S-1-5-21-[\d-]+-498$")
    changes_only = pl.col("object_type") == "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
    schema_heads = forest.of_class("dmd")["sd"].drop_nulls()
    expected = (read_only & changes_only) | (read_only & pl.col("sd").is_in(list(schema_heads)))
    rules = forest.descriptors.aces.filter(
        "allow",
        _IN_FORCE,
        pl.col("mask") & (_CONTROL_ACCESS | _GENERIC_ALL) != 0,
        pl.col("object_type").is_null() | pl.col("object_type").is_in(list(_REPLICATION)),
        ~pl.col("trustee").is_in(list(privileged_sids(forest))),
    ).filter(~expected.fill_null(value=False))
    right = pl.col("object_type").replace_strict(_REPLICATION, default="CONTROL_ACCESS", return_dtype=pl.String)
    return _judge_rules(entry, forest, rules.with_columns(right=right), heads)


@control("warning_sd_unknown_sid")
def unknown_sids(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the SIDs of collected domains that no object bears any more."""
    domains = [f"{sid}-" for sid in forest.domains["objectSid"].drop_nulls()]
    named = pl.concat(
        [
            forest.descriptors.aces.filter(_EXPLICIT).select("sd", "trustee", right=pl.lit("ACE")),
            forest.descriptors.heads.filter("readable").select("sd", trustee="owner", right=pl.lit("Owns")),
        ]
    ).drop_nulls("trustee")
    of_ours = named.filter(pl.col("trustee").str.replace(r"\d+$", "").is_in(domains))
    alive = forest.objects.filter(pl.col("objectSid").is_in(of_ours["trustee"].unique().implode()))["objectSid"]
    return _judge_rules(entry, forest, of_ours.filter(~pl.col("trustee").is_in(alive.implode())))


@control("info_sd")
def delegations(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List who was explicitly granted rights to modify, and on how many objects."""
    if gives_no_descriptor(forest):
        yield entry.not_evaluated(RESOLVED_ONLY)
        return
    granted = forest.descriptors.aces.filter(
        "allow", _EXPLICIT, pl.col("mask") & _MODIFIES != 0, ~pl.col("trustee").is_in(list(privileged_sids(forest)))
    ).with_columns(right=_rights(pl.col("mask") & _MODIFIES))
    borne = forest.objects.filter(pl.col("partition") == "domain").select("sd", "id")
    counted = (
        granted.select("sd", "trustee", "right")
        .unique()
        .join(borne, on="sd")
        .group_by("trustee", "right")
        .agg(objects=pl.col("id").n_unique().cast(pl.Int64))
    )
    subjects = with_names(forest, counted).select(
        key=pl.col("trustee") + ">" + pl.col("right"),
        name=pl.col("principal"),
        principal="principal",
        sid="trustee",
        right="right",
        objects="objects",
    )
    yield entry.judge(subjects, measured={"principals": counted["trustee"].n_unique()})


@control("info_sd_missing_au_lc")
def unlisted_units(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the organizational units that authenticated users cannot list."""
    if gives_no_descriptor(forest):
        yield entry.not_evaluated(RESOLVED_ONLY)
        return
    listing = forest.descriptors.aces.filter(
        "allow",
        _IN_FORCE,
        pl.col("mask") & (_LIST | _GENERIC_READ | _GENERIC_EXECUTE | _GENERIC_ALL) != 0,
        pl.col("trustee").is_in(_READERS),
    )
    units = forest.of_class("organizationalunit").filter(pl.col("sd").is_not_null())
    yield entry.judge(forest.subjects(units.join(listing, on="sd", how="anti")))


@control("info_sd_protected_ou")
def protected_units(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the organizational units cut off from inheritance."""
    if gives_no_descriptor(forest):
        yield entry.not_evaluated(RESOLVED_ONLY)
        return
    units = forest.of_class("organizationalunit").join(_heads(forest, protected=True), on="sd", how="semi")
    yield entry.judge(forest.subjects(units))
