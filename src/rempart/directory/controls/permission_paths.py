"""Control points of one shape: who, without being privileged, holds a right that leads to these objects.

A point picks its targets; the graph says by which rights a non-privileged principal gets to them; the point removes
what its rule tolerates; what is left becomes the subjects. What could not be seen is never a pass.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
import polars as pl

from rempart.directory.forest import Forest
from rempart.directory.names import dn_key
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict


class Resolved(Enum):
    """What a source that resolved the rights itself, and gives no descriptor (SharpHound), can tell of a point."""

    ENOUGH = "everything"
    FAILURES_ONLY = "failures, not a pass"
    NOTHING = "nothing"


RESOLVED_ONLY = Text(
    fr="cette source ne donne pas les descripteurs de sécurité dont ce point a besoin",
    en="this source does not give the security descriptors this control needs",
)
_UNREADABLE = Text(
    fr="descripteurs de sécurité qui n'ont pas pu être lus, parmi les objets à juger et ce qui les contient : {count}",
    en="security descriptors that could not be read, among the objects to judge and what contains them: {count}",
)
_UNSEEN = Text(
    fr="domaines où l'objet {name} n'a pas été vu : {count}", en="domains where object {name} was not seen: {count}"
)

TARGETS_UNSEEN = Text(
    fr="les objets à juger n'ont pas été vus avec ce compte ou par cette source",
    en="the objects to judge were not seen with this account or by this source",
)

PERMISSIONS = frozenset(
    {
        "MemberOf", "GenericAll", "Owns", "WriteOwner", "WriteDacl", "GenericWrite", "AllExtendedRights", "AddMember",
        "AddSelf", "ForceChangePassword", "AddKeyCredentialLink", "AddAllowedToAct", "WriteAccountRestrictions",
        "WriteSPN", "WriteUserAccountControl", "WriteAltSecurityIdentities", "WriteLogonScript", "WriteGPLink",
        "WriteGPOContent", "WriteGMSAMembership", "WriteTemplate", "WriteProperty", "ReadLAPSPassword",
        "ReadLAPSEncrypted", "ReadGMSAPassword", "ReadKDSKey", "ManagesRODC",
    }
)  # fmt: skip
"""The kinds of rights these points weigh: permissions. Delegations of authentication, replication of secrets, SID
history and certificate requests are the matter of other points, which name them."""

_CERTIFICATES = "cn=public key services,cn=services,cn=configuration,"

Keep = Callable[[pl.DataFrame], pl.DataFrame]


def every_row(rows: pl.DataFrame) -> pl.DataFrame:
    """Tolerate nothing."""
    return rows


@dataclass(frozen=True)
class PathRule:
    """How one point reads the paths to its targets.

    `kinds` are the kinds of rights that count. `keep` returns the rows of `entries` that the rule does not tolerate.
    `unseen` says why a pass cannot be given although nothing was found. `more` returns more subjects of a grade, which
    are no edges of the graph.
    """

    kinds: Collection[str] = PERMISSIONS
    keep: Keep = every_row
    resolved: Resolved = Resolved.ENOUGH
    unseen: Text | None = None
    more: Callable[[int], pl.DataFrame] | None = None


EVERY_PATH = PathRule()


def judge_paths(
    entry: Control, forest: Forest, targets: Collection[int], rule: PathRule = EVERY_PATH
) -> Iterator[Verdict]:
    """Judge every threshold of `entry` on the same targets (ids of objects)."""
    for level in entry.levels or (None,):
        yield judge_level(entry, forest, targets, level, rule)


def judge_level(
    entry: Control, forest: Forest, targets: Collection[int], level: int | None, rule: PathRule = EVERY_PATH
) -> Verdict:
    """Judge one threshold: failed on any path kept, satisfied only when everything needed was seen.

    The two grades of rights are for the points that have two thresholds: the others weigh every dangerous right.
    """
    grade = 1 if level == 1 and len(entry.levels) > 1 else 2
    blind = _blindness(forest, targets, rule)
    if rule.resolved is Resolved.NOTHING and gives_no_descriptor(forest):
        return entry.not_evaluated(RESOLVED_ONLY, level=level)
    rows = entry_rows(forest, targets, grade, rule)
    subjects = path_subjects(forest, rows)
    if rule.more is not None:
        subjects = pl.concat([subjects, rule.more(grade)]).unique("key", keep="first", maintain_order=True).sort("key")
    if subjects.is_empty() and blind is not None:
        return entry.not_evaluated(blind, level=level)
    return entry.judge(subjects, level=level, measured=_measured(subjects))


def entry_rows(forest: Forest, targets: Collection[int], level: int, rule: PathRule = EVERY_PATH) -> pl.DataFrame:
    """Return the rights that lead to `targets`, without those the rule tolerates: source, kind, target, reach."""
    rows = forest.graph.entries(sorted(targets), level=level, kinds=rule.kinds)
    certificates = forest.objects.filter(pl.col("dn_key").str.contains(_CERTIFICATES, literal=True))["id"]
    # a template leads to every account, but is the matter of its own point
    elsewhere = set(certificates) - set(targets)
    return rule.keep(rows.filter(~pl.col("target").is_in(list(elsewhere))))


def no_path() -> pl.DataFrame:
    """Return an empty frame of the columns of `path_subjects`."""
    texts = ("key", "name", "principal", "sid", "right", "target")
    return pl.DataFrame(schema=dict.fromkeys(texts, pl.String()) | {"reach": pl.Int64()})


def path_subjects(forest: Forest, rows: pl.DataFrame) -> pl.DataFrame:
    """Turn rows of `entries` into subjects, one per right, sorted by key.

    Columns: key (`principal>right>target`), name, principal, sid (empty when it has none), right, target (DN),
    reach (accounts that can use it).
    """
    nodes = forest.graph.nodes.select("id", "key", "name")
    sources = nodes.rename({"id": "source", "key": "source_key", "name": "principal"})
    targets = nodes.rename({"id": "target", "key": "target_key", "name": "target_name"})
    dns = forest.objects.select(target=pl.col("id"), dn=pl.col("dn"))
    return (
        rows.with_columns(right=pl.col("kind"))
        .join(sources, on="source")
        .join(targets, on="target")
        .join(dns, on="target", how="left")
        .select(
            key=pl.col("source_key") + ">" + pl.col("right") + ">" + pl.col("target_key"),
            name=pl.col("principal") + " → " + pl.col("target_name"),
            principal="principal",
            sid=pl.col("source_key").str.extract(r"(S-1-[\d-]+)$").fill_null(""),
            right="right",
            target=pl.coalesce("dn", "target_name"),
            reach=pl.col("reach").cast(pl.Int64),
        )
        .sort("key")
    )


def _measured(subjects: pl.DataFrame) -> dict[str, bool | int | float | str | None]:
    return {"principals": subjects["principal"].n_unique(), "rights": subjects.height}


def gives_no_descriptor(forest: Forest) -> bool:
    """Tell whether the source gave no security descriptor at all, only rights it resolved itself."""
    return forest.snapshot.descriptors.is_empty()


def _blindness(forest: Forest, targets: Collection[int], rule: PathRule) -> Text | None:
    """Return why a pass could not be given here, None when everything needed was seen."""
    if gives_no_descriptor(forest):
        return rule.unseen or (None if rule.resolved is Resolved.ENOUGH else RESOLVED_ONLY)
    judged = forest.rows({*targets, *above(forest, targets)})
    unreadable = judged.filter(pl.col("sd").is_null() | pl.col("id").is_in(list(forest.graph.unreadable))).height
    return rule.unseen or (_UNREADABLE.filled(count=unreadable) if unreadable else None)


# -- finding targets --------------------------------------------------------------------------------------------------


def above(forest: Forest, starts: Collection[int]) -> set[int]:
    """Return every ancestor of these objects in their partition, one generation at a time."""
    at_the_top = pl.col("class").is_in(["domaindns", "configuration", "dmd"])
    up = forest.objects.select(pl.when(~at_the_top).then(pl.col("parent").cast(pl.Int64)).fill_null(-1))
    parents = up.to_series().to_numpy()
    found: set[int] = set()
    level = np.unique(parents[np.fromiter(starts, dtype=np.int64)])
    while len(level := level[level >= 0]):
        found.update(level.tolist())
        level = np.unique(parents[level])
    return found


def in_each_domain(forest: Forest, place: str) -> tuple[pl.DataFrame, Text | None]:
    """Return the objects at `place` (a DN relative to the domain head), and what to say of the domains lacking it."""
    wanted = [f"{dn_key(place)},{head}" for head in forest.domains["dn_key"]]
    found = forest.objects.filter(pl.col("dn_key").is_in(wanted))
    missing = len(wanted) - found.height
    return found, _UNSEEN.filled(name=place, count=missing) if missing else None


def subtree(forest: Forest, tops: Collection[str]) -> pl.DataFrame:
    """Return the objects at and under these places (keys of DNs)."""
    if not tops:
        return forest.objects.clear()
    # one pass over all the names, then an exact look at the few that are left
    near = forest.objects.filter(pl.col("dn_key").str.contains_any(sorted(tops)))
    inside = [(pl.col("dn_key") == top) | pl.col("dn_key").str.ends_with(f",{top}") for top in sorted(tops)]
    return near.filter(pl.any_horizontal(inside))
