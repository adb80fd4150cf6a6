"""Read-only domain controllers: what they may know, what they know, and what they left behind."""

from collections.abc import Iterator

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.controls.collection import judge_what_was_read, member_subjects, root_domains
from rempart.directory.controls.domain_controllers import of_machines
from rempart.directory.doubts import machines_unread, privilege_unread
from rempart.directory.forest import Forest, rid_is
from rempart.directory.names import dn_key
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_NEVER = "msDS-NeverRevealGroup"
_ON_DEMAND = "msDS-RevealOnDemandGroup"
_REVEALED = ("msDS-RevealedUsers", "msDS-RevealedList")
_LINK = "msDS-KrbTgtLink"
_NUMBER = "msDS-SecondaryKrbTgtNumber"
_POLICY = (_NEVER, _ON_DEMAND, _LINK, *_REVEALED)
"""Attributes that live together on a read-only controller: who reads one reads all, so that a null one is empty."""
_NEVER_BUILTIN = ("S-1-5-32-544", "S-1-5-32-548", "S-1-5-32-549", "S-1-5-32-551")
_ALLOWED_RID = 571
_DENIED_RID = 572
_DENIED_MEMBERS = (wk.KRBTGT_RID, 512, 516, 517, 520, 521)
_DENIED_MEMBERS_OF_ROOT = (518, 519)

_NO_RODC = Text(fr="la forêt n'a aucun contrôleur en lecture seule", en="the forest has no read-only controller")
_NO_GROUP = Text(
    fr="aucun domaine n'a les groupes de réplication des contrôleurs en lecture seule",
    en="no domain has the replication groups of read-only controllers",
)
_NO_SECONDARY = Text(
    fr="aucun compte krbtgt de contrôleur en lecture seule n'est visible, alors que de tels contrôleurs existent",
    en="no krbtgt account of a read-only controller is visible, although such controllers exist",
)


@control("vuln_rodc_priv_revealed")
def privileged_revealed(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether a read-only controller holds the secrets of a privileged principal or of krbtgt.

    msDS-RevealedUsers is a DN with binary, msDS-RevealedList a DN with string (MS-ADTS 3.1.1.2.2.2.3): what comes after
    the third colon is the DN. Every such controller reveals its own account, so that an empty value was not read.
    """
    controllers = forest.read_only_dcs
    if not controllers.height:
        yield _without_controller(entry, forest)
        return
    listed = pl.concat([_links(controllers, attribute) for attribute in _REVEALED])
    secret = forest.objects.filter(pl.col("id").is_in(list(forest.privileged)) | rid_is(wk.KRBTGT_RID))
    rows = secret.join(listed, on="dn_key").unique(["id", "controller"], keep="first", maintain_order=True)
    unread = of_machines(forest, controllers).filter(pl.all_horizontal(pl.col(_REVEALED).is_null()))
    yield judge_what_was_read(
        entry,
        forest.subjects(rows, value=pl.col("controller_dn")).with_columns(attribute=pl.lit(_REVEALED[0])),
        unread,
        privilege_unread(forest),
    )


@control("vuln_rodc_never_reveal")
def never_reveal(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether every read-only controller refuses the built-in operators' groups and the refused group (572)."""
    controllers = forest.read_only_dcs
    if not controllers.height:
        yield _without_controller(entry, forest)
        return
    needed = forest.groups.filter(pl.col("objectSid").is_in(_NEVER_BUILTIN) | rid_is(_DENIED_RID))
    readable = controllers.filter(_read(_NEVER))
    wanted = readable.join(needed.select("domain", group_key="dn_key", group_dn="dn"), on="domain")
    listed = _links(readable, _NEVER).select(id="controller", group_key="dn_key")
    missing = wanted.join(listed, on=["id", "group_key"], how="anti")
    subjects = forest.subjects(missing, value=pl.col("group_dn")).with_columns(attribute=pl.lit(_NEVER))
    yield judge_what_was_read(entry, subjects, controllers.filter(~_read(_NEVER)))


@control("vuln_rodc_reveal")
def reveal(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether a read-only controller may cache principals of RID below 1000, the allowed group (571) aside."""
    controllers = forest.read_only_dcs
    if not controllers.height:
        yield _without_controller(entry, forest)
        return
    controllers = of_machines(forest, controllers)  # Entra Kerberos lists every user there, and keeps no secret
    default = pl.col("objectSid").str.extract(r"-(\d+)$", 1).cast(pl.Int64) < 1000  # noqa: PLR2004 — first free RID
    reserved = forest.accounts_and_groups.filter(default, ~rid_is(_ALLOWED_RID))
    listed = _links(controllers, _ON_DEMAND).join(reserved.select("dn_key", group_dn="dn"), on="dn_key")
    rows = controllers.join(listed.select("group_dn", id="controller"), on="id")
    subjects = forest.subjects(rows, value=pl.col("group_dn")).with_columns(attribute=pl.lit(_ON_DEMAND))
    yield judge_what_was_read(entry, subjects, controllers.filter(~_read(_ON_DEMAND)))


@control("vuln_rodc_allowed_group")
def allowed_group(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether the allowed group (571) is empty; it serves every read-only controller, present or to come."""
    groups = forest.groups.filter(rid_is(_ALLOWED_RID))
    if not groups.height:
        yield entry.not_applicable(_NO_GROUP)
        return
    yield entry.judge(member_subjects(forest, groups))


@control("vuln_rodc_denied_group")
def denied_group(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether the refused group (572) of each domain kept its eight members of origin.

    Schema Admins and Enterprise Admins are those of the forest root; what was not collected is not held missing.
    """
    groups = forest.groups.filter(rid_is(_DENIED_RID))
    if not groups.height:
        yield entry.not_applicable(_NO_GROUP)
        return
    principals, roots = forest.accounts_and_groups, root_domains(forest)
    places = groups.select(
        "domain",
        group="id",
        group_dn="dn",
        root=pl.col("domain").replace_strict(roots, default=None, return_dtype=pl.String),
    )
    own = principals.filter(rid_is(*_DENIED_MEMBERS)).join(places, on="domain")
    of_root = principals.filter(rid_is(*_DENIED_MEMBERS_OF_ROOT)).join(
        places.drop("domain"), left_on="domain", right_on="root", coalesce=False
    )
    wanted = pl.concat([own, of_root.select(own.columns)])
    missing = wanted.join(forest.memberships, left_on=["group", "id"], right_on=["group", "member"], how="anti")
    subjects = forest.subjects(missing, value=pl.col("group_dn")).with_columns(attribute=pl.lit("member"))
    known = of_root.group_by("group").len().filter(pl.col("len") == len(_DENIED_MEMBERS_OF_ROOT))["group"]
    unread = groups.filter(~pl.col("id").is_in(known.to_list()))
    yield judge_what_was_read(entry, subjects, unread)


@control("vuln_rodc_orphan_krbtgt")
def orphan_krbtgt(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether each secondary krbtgt account is still named by the msDS-KrbTgtLink of a controller."""
    controllers, secondary = forest.read_only_dcs, forest.users.filter(pl.col(_NUMBER).is_not_null())
    if not secondary.height:
        yield entry.not_evaluated(_NO_SECONDARY) if controllers.height else _without_controller(entry, forest)
        return
    linked = [dn_key(dn) for dn in controllers[_LINK].drop_nulls()]  # a handful of controllers
    orphans = secondary.filter(~pl.col("dn_key").is_in(linked))
    unread = controllers.filter(pl.col(_LINK).is_null())
    # A controller whose link is hidden may well be the owner of the account
    proven = orphans if not unread.height else orphans.head(0)
    yield judge_what_was_read(entry, forest.subjects(proven, _NUMBER), unread.filter(pl.lit(orphans.height > 0)))


def _without_controller(entry: Control, forest: Forest) -> Verdict:
    doubt = machines_unread(forest)
    return entry.not_evaluated(doubt) if doubt else entry.not_applicable(_NO_RODC)


def _links(controllers: pl.DataFrame, attribute: str) -> pl.DataFrame:
    """Return `controller` (id), `controller_dn` and `dn_key` of each object the attribute names."""
    return (
        controllers.filter(pl.col(attribute).is_not_null())
        .select(controller="id", controller_dn="dn", named=pl.col(attribute))
        .explode("named")
        .select(
            "controller",
            "controller_dn",
            dn_key=pl.col("named").str.replace(r"^[BS]:\d+:[^:]*:", "").map_elements(dn_key, return_dtype=pl.String),
        )
    )


def _read(attribute: str) -> pl.Expr:
    """Tell whether the attribute is there, or empty beside another of the policy that could be read."""
    return pl.col(attribute).is_not_null() | pl.any_horizontal(pl.col(_POLICY).is_not_null())
