"""Who owns the objects of the directory: an owner can always grant themselves every right."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.controls.permission_paths import gives_no_descriptor
from rempart.directory.forest import ACCOUNT_CLASSES, KEY, NAME, Forest
from rempart.directory.graph.schema import grant_names
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_OWNED_CLASSES = (*ACCOUNT_CLASSES, "group", "organizationalunit", "grouppolicycontainer")
_GRACE = timedelta(days=7)
_OWNS = [theirs for theirs, ours in grant_names().items() if ours == "Owns"]
_UNKNOWN_OWNER = Text(
    fr="objets dont le propriétaire n'a pas pu être lu : {count}", en="objects whose owner could not be read: {count}"
)


def owners(forest: Forest) -> pl.DataFrame:
    """Return the owner (SID text) of every object whose owner is known: columns `id`, `owner`."""
    if gives_no_descriptor(forest):
        return (
            forest.snapshot.grants.filter(pl.col("right").is_in(_OWNS))
            .select(id="object", owner="trustee")
            .unique("id")
            .sort("id")
        )
    known = forest.descriptors.heads.filter("readable").select("sd", "owner").drop_nulls()
    return forest.objects.select("id", "sd").join(known, on="sd").select("id", "owner").sort("id")


def administration_owners(forest: Forest) -> pl.Expr:
    """Return whether column `owner` is an administration group or the system, given `domain` of the object.

    Domain Admins must be those of the object's own domain.
    """
    own_admins = pl.concat_str(
        pl.col("domain").replace_strict(
            dict(forest.domains.select("domain", "objectSid").iter_rows()), default=None, return_dtype=pl.String
        ),
        pl.lit("-512"),
    )
    return (
        pl.col("owner").is_in([wk.ADMINISTRATORS, wk.SYSTEM])
        | pl.col("owner").is_in(_enterprise_admins(forest))
        | (pl.col("owner") == own_admins).fill_null(value=False)
    )


def _enterprise_admins(forest: Forest) -> list[str]:
    """A domain that is no forest root has no such group, so any -519 of a collected domain is one."""
    return [f"{sid}-519" for sid in forest.domains["objectSid"].drop_nulls().sort()]


@control("vuln_owner")
def owner(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the owner of accounts, groups, organizational units and policies older than a week."""
    judged = forest.of_class(*_OWNED_CLASSES).filter(
        pl.col("partition") == "domain",
        pl.col("whenCreated").is_null() | (pl.col("whenCreated") < forest.at - _GRACE),
    )
    owned = judged.join(owners(forest), on="id", how="left")
    wrong = owned.filter(pl.col("owner").is_not_null() & ~administration_owners(forest))
    unknown = owned["owner"].null_count()
    if wrong.is_empty() and unknown:
        yield entry.not_evaluated(_UNKNOWN_OWNER.filled(count=unknown))
        return
    yield entry.judge(_subjects(forest, wrong), measured={"judged": owned.height, "unknown": unknown})


def _subjects(forest: Forest, wrong: pl.DataFrame) -> pl.DataFrame:
    names = forest.objects.filter(pl.col("objectSid").is_not_null()).select(owner="objectSid", owner_name=NAME)
    return (
        wrong.join(names.unique("owner", keep="first", maintain_order=True), on="owner", how="left")
        .select(
            key=KEY,
            name=NAME,
            dn="dn",
            attribute=pl.lit("owner"),
            value=pl.coalesce("owner_name", "owner"),
            sid="owner",
        )
        .sort("key")
    )
