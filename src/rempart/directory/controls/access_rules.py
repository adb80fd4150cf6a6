"""Access rules read as they are written: who may do this on that object, the order of denials respected."""

from collections.abc import Collection, Iterable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rempart.directory import wellknown as wk
from rempart.directory.forest import KEY, NAME, Forest
from rempart.directory.graph.descriptor import INHERIT_ONLY

GENERIC_ALL = 0x1000_0000
CONTROL_ACCESS = 0x100

UNIVERSAL = (wk.EVERYONE, wk.AUTHENTICATED_USERS)
"""Trustees every account of the forest belongs to without being listed as a member."""

HELD_SCHEMA: dict[str, pl.DataType] = {"object": pl.UInt32(), "trustee": pl.String(), "accounts": pl.List(pl.UInt32())}

Mask = NDArray[np.bool_]
_Rule = tuple[bool, str]


def holders(  # noqa: PLR0913 — a right is named by all of these
    forest: Forest,
    objects: pl.DataFrame,
    *,
    mask: int,
    types: Collection[str],
    resolved: Collection[str] = (),
    whole: bool = True,
) -> pl.DataFrame:
    """Return who, without being privileged, holds a right on a few objects: object (id), trustee (SID), accounts (ids).

    The right is any bit of `mask`, on the whole object (unless `whole` is false) or on one of `types` (GUIDs of rights
    or attributes). `resolved` names the same right in sources that resolve rights themselves. `accounts` are those the
    right reaches through this trustee: an account denied by an earlier rule (MS-ADTS 5.1.3.3.2) does not get it,
    whichever group the denial names.
    """
    granted = (
        forest.snapshot.grants.filter(
            pl.col("object").is_in(objects["id"].implode()), pl.col("right").is_in(list(resolved))
        )
        .join(objects.select("domain", object="id"), on="object")
        .select("object", "domain", "trustee", allow=pl.lit(value=True))
    )
    written = _applicable(forest, objects, mask, types, whole=whole)
    rules = pl.concat([granted.select("object", "domain", "allow", "trustee"), written])
    people = _People(forest, set(rules["trustee"]))
    # a loop: the objects asked about are a few dozen (templates, authorities, keys), and order matters inside each
    rows = [
        (number, trustee, accounts)
        for (number, domain), listed in rules.group_by("object", "domain", maintain_order=True)
        for trustee, accounts in _held(people, str(domain), listed.select("allow", "trustee").iter_rows())
    ]
    return pl.DataFrame(rows, schema=HELD_SCHEMA, orient="row").unique(["object", "trustee"]).sort("object", "trustee")


def _applicable(
    forest: Forest, objects: pl.DataFrame, mask: int, types: Collection[str], *, whole: bool
) -> pl.DataFrame:
    """Return the rules about this right that are in force on these objects, in order."""
    untyped = pl.col("object_type").is_null()
    concerned = forest.descriptors.aces.filter(
        pl.col("mask") & mask != 0,
        pl.col("flags") & INHERIT_ONLY == 0,
        pl.col("object_type").is_in(list(types)) | (untyped if whole else untyped & ~pl.col("allow")),
    )
    return (
        objects.select("sd", "domain", object="id")
        .join(concerned, on="sd")
        .sort("object", "order")
        .select("object", "domain", "allow", "trustee")
    )


def _held(people: "_People", domain: str, rules: Iterable[_Rule]) -> Iterator[tuple[str, NDArray[np.uint32]]]:
    """Yield the trustees that get the right, and through which accounts; an empty group gets it too."""
    denied = people.nobody
    refused: set[str] = set()
    for allow, trustee in rules:
        behind = people.behind(trustee, domain)
        if not allow:
            denied = denied | behind
            refused.update(UNIVERSAL if trustee in UNIVERSAL else (trustee,))
        elif not people.trusted(trustee) and trustee not in refused:
            left = behind & ~denied
            if left.any() or not behind.any():
                yield trustee, np.flatnonzero(left).astype(np.uint32)


class _People:
    """Who stands behind some SIDs, and which of them are privileged already."""

    def __init__(self, forest: Forest, sids: Collection[str]) -> None:
        self._forest = forest
        self._privileged = privileged_sids(forest)
        self.nobody = np.zeros(forest.objects.height, dtype=np.bool_)
        self._ordinary = self.nobody.copy()
        self._ordinary[forest.accounts["id"].to_numpy()] = True
        self._ordinary[list(forest.privileged)] = False
        named = forest.accounts_and_groups.filter(pl.col("objectSid").is_in(list(sids)))
        self._ids = {
            (sid, domain if sid.startswith("S-1-5-32-") else ""): number
            for sid, domain, number in named.select("objectSid", "domain", "id").iter_rows()
        }
        self._known: dict[int, Mask] = {}

    def trusted(self, sid: str) -> bool:
        """Tell whether nobody gains anything by holding this identity."""
        return sid in self._privileged

    def behind(self, sid: str, domain: str) -> Mask:
        """Return the non-privileged accounts that act under this SID; built-in groups are those of `domain`."""
        if sid in UNIVERSAL:
            return self._ordinary
        number = self._ids.get((sid, domain if sid.startswith("S-1-5-32-") else ""))
        if number is None:
            return self.nobody
        if number not in self._known:
            inside = self.nobody.copy()
            inside[[number, *self._forest.members_of([number])]] = True
            self._known[number] = inside & self._ordinary
        return self._known[number]


def privileged_sids(forest: Forest) -> set[str]:
    """Return the SIDs nobody gains anything by holding: privileged principals and the system's own identities."""
    return {*wk.TRUSTED_SIDS, *wk.PRIVILEGED_BUILTIN, *forest.rows(forest.privileged)["objectSid"].drop_nulls()}


def with_names(forest: Forest, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `principal`, the name people know the SID in `trustee` by: the one the graph shows, else the SID itself."""
    wanted = rows["trustee"].unique()
    nodes = forest.graph.nodes.filter(
        pl.col("key").is_in(wanted.implode()) | pl.col("key").str.contains("/S-1-", literal=True)
    )
    named = nodes.select(principal="name", trustee=pl.col("key").str.extract(r"(S-1-[\d-]+)$"))
    table = named.unique("trustee", keep="first", maintain_order=True)
    return rows.join(table, on="trustee", how="left").with_columns(pl.coalesce("principal", "trustee"))


def held_subjects(forest: Forest, held: pl.DataFrame, right: str) -> pl.DataFrame:
    """Turn `holders` into subjects of the same columns as paths: key, name, principal, sid, right, target, reach."""
    objects = forest.objects.select(object="id", target="dn", target_key=KEY, target_name=NAME)
    return (
        with_names(forest, held)
        .join(objects, on="object")
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
