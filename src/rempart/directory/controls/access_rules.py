"""Access rules read as they are written: who may do this on that object, the order of denials respected."""

from collections.abc import Collection, Iterable

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.forest import KEY, NAME, Forest
from rempart.directory.graph.descriptor import INHERIT_ONLY

GENERIC_ALL = 0x1000_0000
GENERIC_READ = 0x8000_0000
READ_PROPERTY = 0x10
CONTROL_ACCESS = 0x100

UNIVERSAL = (wk.EVERYONE, wk.AUTHENTICATED_USERS)
"""Trustees every account of the forest belongs to without being listed as a member."""

HELD_SCHEMA: dict[str, pl.DataType] = {"object": pl.UInt32(), "trustee": pl.String(), "accounts": pl.List(pl.UInt32())}


def holders(
    forest: Forest, objects: pl.DataFrame, *, mask: int, types: Collection[str], resolved: Collection[str] = ()
) -> pl.DataFrame:
    """Return who, without being privileged, holds a right on a few objects: object (id), trustee (SID), accounts (ids).

    The right is any bit of `mask`, on the whole object or on one of `types` (GUIDs of rights or attributes). `resolved`
    names the same right in sources that resolve rights themselves. `accounts` are those the right reaches through this
    trustee: an account denied by an earlier rule (MS-ADTS 5.1.3.3.2) does not get it, whichever group the denial names.
    """
    granted = forest.snapshot.grants.filter(
        pl.col("object").is_in(list(objects["id"])), pl.col("right").is_in(list(resolved))
    )
    people = _People(forest)
    rows = [
        (number, trustee, sorted(people.behind(trustee, domain)))
        for number, trustee, domain in granted.join(objects.select(object="id", domain="domain"), on="object")
        .select("object", "trustee", "domain")
        .iter_rows()
        if not people.trusted(trustee)
    ]
    rules = _applicable(forest, objects, mask, types)
    # a loop: the objects asked about are a few dozen (templates, authorities, keys), and order matters inside each
    for (number, domain), listed in rules.group_by("object", "domain", maintain_order=True):
        rows += _held(people, int(str(number)), str(domain), listed.select("allow", "trustee").iter_rows())
    return pl.DataFrame(rows, schema=HELD_SCHEMA, orient="row").unique(["object", "trustee"]).sort("object", "trustee")


def _applicable(forest: Forest, objects: pl.DataFrame, mask: int, types: Collection[str]) -> pl.DataFrame:
    """Return the rules about this right that are in force on these objects, in order."""
    concerned = forest.descriptors.aces.filter(
        pl.col("mask") & mask != 0,
        pl.col("flags") & INHERIT_ONLY == 0,
        pl.col("object_type").is_null() | pl.col("object_type").is_in(list(types)),
    )
    return (
        objects.select("sd", "domain", object="id")
        .join(concerned, on="sd")
        .sort("object", "order")
        .select("object", "domain", "allow", "trustee")
    )


def _held(
    people: "_People", number: int, domain: str, rules: Iterable[tuple[bool, str]]
) -> list[tuple[int, str, list[int]]]:
    denied: set[int] = set()
    refused: set[str] = set()
    found = []
    for allow, trustee in rules:
        behind = people.behind(trustee, domain)
        if not allow:
            denied |= behind
            refused |= {trustee} if trustee not in UNIVERSAL else {trustee, *UNIVERSAL}
        elif not people.trusted(trustee) and trustee not in refused and (behind - denied or not behind):
            found.append((number, trustee, sorted(behind - denied)))
    return found


class _People:
    """Who stands behind a SID, and which SIDs are privileged already."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        self._privileged = privileged_sids(forest)
        self._accounts = frozenset(forest.accounts["id"])
        principals = forest.accounts_and_groups.select("objectSid", "domain", "id").drop_nulls("objectSid")
        self._ids = {(sid, domain): number for sid, domain, number in principals.iter_rows()}
        self._global = {sid: number for sid, _, number in principals.iter_rows() if sid.startswith("S-1-5-21-")}
        self._known: dict[int, frozenset[int]] = {}

    def trusted(self, sid: str) -> bool:
        """Tell whether nobody gains anything by holding this identity."""
        return sid in self._privileged

    def behind(self, sid: str, domain: str) -> frozenset[int]:
        """Return the non-privileged accounts that act under this SID; built-in groups are those of `domain`."""
        if sid in UNIVERSAL:
            return self._accounts - self._forest.privileged
        number = self._global.get(sid, self._ids.get((sid, domain)))
        if number is None:
            return frozenset()
        if number not in self._known:
            members = {number, *self._forest.members_of([number])}
            self._known[number] = frozenset(members & self._accounts) - self._forest.privileged
        return self._known[number]


def privileged_sids(forest: Forest) -> set[str]:
    """Return the SIDs nobody gains anything by holding: privileged principals and the system's own identities."""
    return {*wk.TRUSTED_SIDS, *wk.PRIVILEGED_BUILTIN, *forest.rows(forest.privileged)["objectSid"].drop_nulls()}


def names_of(forest: Forest, sids: pl.Expr) -> pl.Expr:
    """Return the name people know a SID by, the one the graph shows; the SID itself when it has none."""
    named = forest.graph.nodes.select("name", sid=pl.col("key").str.extract(r"(S-1-[\d-]+)$")).drop_nulls("sid")
    table = dict(named.unique("sid", keep="first", maintain_order=True).select("sid", "name").iter_rows())
    return sids.replace_strict(table, default=sids, return_dtype=pl.String)


def held_subjects(forest: Forest, held: pl.DataFrame, right: str) -> pl.DataFrame:
    """Turn `holders` into subjects of the same columns as paths: key, name, principal, sid, right, target, reach."""
    objects = forest.objects.select(object="id", target="dn", target_key=KEY, target_name=NAME)
    return (
        held.join(objects, on="object")
        .with_columns(principal=names_of(forest, pl.col("trustee")))
        .select(
            key=pl.col("trustee") + f">{right}>" + pl.col("target_key"),
            name=pl.col("principal") + " → " + pl.col("target_name"),
            principal="principal",
            sid="trustee",
            right=pl.lit(right),
            target="target",
            reach=pl.col("accounts").list.len().cast(pl.Int64),
        )
        .sort("key")
    )
