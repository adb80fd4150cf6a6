"""Groups: loops of membership, and the group kept for systems older than Windows 2000."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.doubts import absent, settle
from rempart.directory.forest import KEY, NAME, Forest
from rempart.directory.names import dn_keys
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_COMPATIBLE = Text(
    fr="groupe « Accès compatible pré-Windows 2000 » (S-1-5-32-554)",
    en="Pre-Windows 2000 Compatible Access group (S-1-5-32-554)",
)
_GROUPS = Text(fr="groupes", en="groups")
_FOREIGN = r"(?i)^CN=(S-1-[\d-]+),"


@control("vuln_group_loop")
def group_loop(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the groups that contain themselves, directly or through others: none."""
    looped = _looped_groups(forest)
    yield settle(
        entry,
        forest.subjects(looped, "member", pl.col("loop")),
        absent(forest, forest.groups, _GROUPS),
        measured={"loops": looped["loop"].n_unique()},
    )


def _looped_groups(forest: Forest) -> pl.DataFrame:
    """Return the groups of every loop, with `loop`: the names of the groups of that loop."""
    groups = forest.groups.with_row_index("node")
    place = groups.select("id", "node")
    edges = forest.memberships.join(place, left_on="group", right_on="id").join(
        place, left_on="member", right_on="id", suffix="_member"
    )
    source, target = edges["node"].to_numpy(), edges["node_member"].to_numpy()
    graph = csr_array((np.ones(len(source), dtype=np.int8), (source, target)), shape=(groups.height, groups.height))
    _, component = connected_components(graph, directed=True, connection="strong")
    own = edges.filter(pl.col("node") == pl.col("node_member"))["node"]
    return (
        groups.with_columns(component=pl.Series(component, dtype=pl.Int32))
        .filter((pl.len().over("component") > 1) | pl.col("node").is_in(own.implode()))
        .with_columns(loop=NAME.sort_by("id").str.join(" ; ").over("component"))
    )


@control("vuln_compatible_2000_anonymous")
def compatible_2000_anonymous(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether anonymous visitors are members of the compatibility group: never."""
    yield _judge_members(entry, forest, pl.col("sid") == wk.ANONYMOUS)


@control("vuln_compatible_2000_not_default")
def compatible_2000_not_default(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the members of the compatibility group: none but Authenticated Users."""
    yield _judge_members(entry, forest, pl.col("sid").is_null() | (pl.col("sid") != wk.AUTHENTICATED_USERS))


def _judge_members(entry: Control, forest: Forest, wrong: pl.Expr) -> Verdict:
    groups = forest.groups.filter(pl.col("objectSid") == wk.PRE_WINDOWS_2000)
    members = _members(forest, groups).filter(wrong)
    return settle(
        entry,
        members.select("key", "name", "dn", attribute=pl.lit("member"), value="group"),
        absent(forest, groups, _COMPATIBLE),
    )


def _members(forest: Forest, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the direct members of `groups`: `key`, `name`, `dn`, `sid` and the DN of their `group`.

    A member that was not collected is still known by its DN, which holds the SID of a foreign or well-known principal.
    """
    known = forest.objects.select("dn_key", known_key=KEY, known_name=NAME, known_sid="objectSid")
    sid = pl.coalesce("known_sid", pl.col("dn").str.extract(_FOREIGN, 1))
    return (
        groups.select("domain", group="dn", dn="member")
        .explode("dn")
        .drop_nulls("dn")
        .with_columns(dn_key=pl.col("dn").map_batches(dn_keys, return_dtype=pl.String))
        .join(known, on="dn_key", how="left", maintain_order="left")
        .with_columns(sid=sid)
        .with_columns(
            key=pl.coalesce("known_key", pl.col("domain") + "/" + pl.col("sid"), "dn_key"),
            name=pl.coalesce("known_name", "sid", "dn"),
        )
    )
