"""From ACEs to effective rights: which trustee holds which right on which object, once denies are taken out.

Work is done on the distinct (descriptor, class, domain) triples, then joined to the objects. Rules: MS-DTYP 2.5.3.2
(ACEs are read in order, the first that speaks of a right decides), MS-ADTS 5.1.3.3 (object ACEs, owner's rights).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.graph.descriptor import INHERIT_ONLY, INHERITED, Descriptors
from rempart.directory.graph.members import Members
from rempart.directory.graph.nodes import Nodes
from rempart.directory.graph.schema import Right, class_lineage

FULL_CONTROL = 0xF01FF
_OWNER_RIGHTS = "S-1-3-4"
_SELF = "S-1-5-10"
_GENERIC = ((0x10000000, FULL_CONTROL), (0x40000000, 0x20028), (0x80000000, 0x20094), (0x20000000, 0x20004))
"""Generic bits and what they mean on a directory object (MS-ADTS 5.1.3.2)."""
_WRITING = 0x40000 | 0x80000 | 0x20 | 0x8 | 0x100 | 0x1
"""Bits some right of ours needs; a deny of anything else is of no interest."""
RIGHT_SCHEMA: dict[str, pl.DataType] = {"object": pl.Int64(), "trustee": pl.Int64(), "right": pl.String()}


@dataclass(frozen=True)
class _Case:
    """The distinct triples and their ACEs, trustees already turned into nodes."""

    triples: pl.DataFrame
    aces: pl.DataFrame


def effective_rights(
    nodes: Nodes, members: Members, descriptors: Descriptors, rights: dict[str, Right]
) -> pl.DataFrame:
    """Return `object`, `trustee` (nodes) and `right` for every right held by a trustee that is not privileged.

    Ownership is the right `Owns`; a null DACL is full control for everyone.
    """
    objects = _classed(nodes.ground.objects)
    triples = (
        objects.filter(pl.col("sd").is_not_null())
        .select("sd", "class", "domain")
        .unique()
        .sort("sd", "class", "domain")
        .with_row_index("triple")
    )
    case = _case(nodes, descriptors, triples)
    allowed = _allowed(nodes, case, rights)
    denied = _without_denied(nodes, members, allowed, case.aces, rights)
    held = pl.concat(
        [_simplest(denied, rights), _owners(nodes, descriptors, case), _null_dacls(nodes, descriptors, case)]
    )
    where = objects.select(pl.col("id").cast(pl.Int64).alias("object"), "sd", "class", "domain").join(
        triples, on=["sd", "class", "domain"]
    )
    spread = held.join(where.select("object", "triple"), on="triple").select("object", "trustee", "right").unique()
    return _where_it_means_something(objects, spread, rights).cast(RIGHT_SCHEMA)  # type: ignore[arg-type]


def _classed(objects: pl.DataFrame) -> pl.DataFrame:
    """Return the objects with a class of its own for AdminSDHolder, whose rights are those of people and groups."""
    holder = pl.col("dn_key").str.starts_with("cn=adminsdholder,cn=system,")
    return objects.with_columns(pl.when(holder).then(pl.lit("adminsdholder")).otherwise("class").alias("class"))


def _case(nodes: Nodes, descriptors: Descriptors, triples: pl.DataFrame) -> _Case:
    """Keep the ACEs that bear on the object itself, spell out generic bits, give the owner's ACEs to the owner."""
    owners = descriptors.heads.select("sd", "owner")
    aces = descriptors.aces.filter(pl.col("flags") & INHERIT_ONLY == 0).with_columns(
        mask=pl.reduce(
            lambda mask, pair: mask | pair,
            [
                pl.col("mask"),
                *(
                    pl.when(pl.col("mask") & bit != 0)
                    .then(pl.lit(meaning, dtype=pl.UInt32))
                    .otherwise(pl.lit(0, dtype=pl.UInt32))
                    for bit, meaning in _GENERIC
                ),
            ],
        )
    )
    aces = aces.filter(pl.col("mask") & _WRITING != 0, pl.col("trustee") != _SELF)
    aces = (
        aces.with_columns(to_owner=pl.col("trustee") == _OWNER_RIGHTS)
        .join(owners, on="sd", how="left")
        .with_columns(trustee=pl.when("to_owner").then("owner").otherwise("trustee"))
        .filter(pl.col("trustee").is_not_null())
        .drop("owner")
    )
    named = aces.join(triples, on="sd").with_columns(inherited=pl.col("flags") & INHERITED != 0)
    lineage = class_lineage(nodes.ground.objects)
    fitting = named.filter(pl.col("inherited_type").is_not_null()).join(
        lineage, left_on=["class", "inherited_type"], right_on=["class", "guid"], how="semi"
    )
    bearing = pl.concat([named.filter(pl.col("inherited_type").is_null()), fitting])
    return _Case(triples, bearing.with_columns(node=nodes.resolve(bearing, "trustee")))


def _allowed(nodes: Nodes, case: _Case, rights: dict[str, Right]) -> pl.DataFrame:
    """Return one row per allow ACE of an ordinary trustee and right it gives: `triple`, `order`, `trustee`, `right`."""
    ordinary = ~nodes.privileged()
    aces = case.aces.filter("allow").filter(pl.col("node").is_not_null())
    aces = aces.filter(pl.Series(ordinary[aces["node"].to_numpy()], dtype=pl.Boolean))
    full = aces.filter(pl.col("mask") & FULL_CONTROL == FULL_CONTROL, pl.col("object_type").is_null())
    given = [_given(full, "GenericAll")]
    for right in rights.values():
        matching = aces.filter(_speaks_of(right, deny=False), _classes(right))
        given.append(_given(matching, right.name))
    return pl.concat(given)


def _given(aces: pl.DataFrame, name: str) -> pl.DataFrame:
    return aces.select("triple", "order", trustee="node", right=pl.lit(name))


def _classes(right: Right) -> pl.Expr:
    return pl.col("class").is_in(list(right.classes)) if right.classes else pl.lit(value=True)


def _speaks_of(right: Right, *, deny: bool) -> pl.Expr:
    """Return whether an ACE gives (or denies some part of) a right."""
    bit = pl.col("mask") & right.bit != 0
    if right.any_guid or (deny and right.family):
        return bit
    untyped = pl.col("object_type").is_null()
    return bit & (untyped | pl.col("object_type").is_in(list(right.guids)) if right.guids else untyped)


def _without_denied(
    nodes: Nodes, members: Members, allowed: pl.DataFrame, aces: pl.DataFrame, rights: dict[str, Right]
) -> pl.DataFrame:
    """Take away the rights that a deny ACE placed before takes away.

    The right goes when the deny's trustee is the holder or contains it. When it is only *inside* the holder (or shares
    members with it), the right stays with a twin of the holder, without those members.
    """
    denies = aces.filter(~pl.col("allow")).filter(pl.col("node").is_not_null())
    if denies.is_empty() or allowed.is_empty():
        return allowed
    speaking = [
        denies.filter(_speaks_of(right, deny=True)).select(
            "triple", before="order", by="node", right=pl.lit(right.name)
        )
        for right in rights.values()
    ]
    whole = denies.select("triple", before="order", by="node", right=pl.lit("GenericAll"))
    pairs = allowed.join(pl.concat([*speaking, whole]), on=["triple", "right"]).filter(
        pl.col("before") < pl.col("order")
    )
    if pairs.is_empty():
        return allowed
    keys = ["triple", "order", "trustee", "right"]
    grouped = pairs.group_by(keys).agg(pl.col("by").unique().sort()).sort(keys)
    untouched = allowed.join(grouped, on=keys, how="anti")
    twins: dict[tuple[int, tuple[int, ...]], int | None] = {}
    kept = []
    # a loop over rights that a deny touches: a handful in a directory
    for triple, order, trustee, right, by in grouped.iter_rows():
        key = (trustee, tuple(by))
        if key not in twins:
            twins[key] = _remainder(nodes, members, trustee, by)
        holder = twins[key]
        if right == "GenericAll" and holder != trustee:
            continue  # what is left of full control is said by the rights it is made of
        if holder is not None:
            kept.append((triple, order, holder, right))
    return pl.concat([untouched, pl.DataFrame(kept, schema=allowed.schema, orient="row")])


def _remainder(nodes: Nodes, members: Members, holder: int, denied: list[int]) -> int | None:
    """Return who still holds the right: the holder, a twin of it without some members, or nobody."""
    everybody = members.everybody()
    taken = np.zeros(nodes.visible, dtype=np.bool_)
    for by in denied:
        if by in everybody or members.inside(by)[holder]:
            return None
        taken |= members.inside(by)
    if not (members.inside(holder) & taken).any():
        return holder
    return members.twin(holder, taken, denied)


def _simplest(held: pl.DataFrame, rights: dict[str, Right]) -> pl.DataFrame:
    """Keep the greatest rights: full control says all the others, a family says its parts."""
    by_trustee = held.select("triple", "trustee", "right").unique()
    hidden_by = {right.name: right.within for right in rights.values() if right.within}
    apart = ["Enroll", "CreateDMSA"]
    full = by_trustee.filter(pl.col("right") == "GenericAll").select("triple", "trustee")
    covered = by_trustee.join(full, on=["triple", "trustee"], how="semi").filter(
        ~pl.col("right").is_in([*apart, "GenericAll"])
    )
    rest = by_trustee.join(covered, on=["triple", "trustee", "right"], how="anti")
    family = rest.with_columns(parent=pl.col("right").replace_strict(hidden_by, default=None, return_dtype=pl.String))
    owned = rest.select("triple", "trustee", parent="right")
    return family.join(owned, on=["triple", "trustee", "parent"], how="anti").select("triple", "trustee", "right")


def _owners(nodes: Nodes, descriptors: Descriptors, case: _Case) -> pl.DataFrame:
    """Return the owners, but those whose implicit rights an ACE for OWNER RIGHTS replaces (MS-DTYP 2.5.3.2)."""
    bound = (
        descriptors.aces.filter(pl.col("trustee") == _OWNER_RIGHTS, pl.col("flags") & INHERIT_ONLY == 0)
        .select("sd")
        .unique()
    )
    owners = (
        descriptors.heads.filter(pl.col("readable"), pl.col("owner").is_not_null())
        .join(bound, on="sd", how="anti")
        .join(case.triples, on="sd")
        .filter(~pl.col("owner").is_in(list(wk.TRUSTED_SIDS)))
    )
    owned = owners.select("triple", trustee=nodes.resolve(owners, "owner"), right=pl.lit("Owns")).drop_nulls()
    return owned.filter(pl.Series(~nodes.privileged()[owned["trustee"].to_numpy()], dtype=pl.Boolean))


def _null_dacls(nodes: Nodes, descriptors: Descriptors, case: _Case) -> pl.DataFrame:
    """A descriptor without a list of rights refuses nothing to anybody (an empty list refuses everything)."""
    everyone = nodes.well_known(wk.EVERYONE)
    return (
        descriptors.heads.filter(pl.col("null_dacl"))
        .join(case.triples, on="sd")
        .select("triple", trustee=pl.lit(everyone, dtype=pl.Int64), right=pl.lit("GenericAll"))
    )


def _where_it_means_something(objects: pl.DataFrame, held: pl.DataFrame, rights: dict[str, Right]) -> pl.DataFrame:
    """Drop a right on an object that lacks what the right is about (no LAPS password was ever stored there)."""
    for right in rights.values():
        if right.when:
            lacking = objects.filter(pl.all_horizontal(pl.col(name).is_null() for name in right.when))["id"]
            held = held.filter(~((pl.col("right") == right.name) & pl.col("object").is_in(lacking.implode())))
    return held
