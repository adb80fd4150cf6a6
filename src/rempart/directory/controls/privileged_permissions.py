"""Dangerous rights on privileged accounts and groups, those that adminSDHolder protects left aside."""

from collections.abc import Iterator

import polars as pl

from rempart.directory.controls import control
from rempart.directory.controls.permission_paths import PathRule, in_each_domain, judge_paths
from rempart.directory.forest import Forest
from rempart.directory.graph.descriptor import PROTECTED
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_RULE = ["allow", "flags", "mask", "object_type", "inherited_type", "trustee"]
"""What makes two access rules the same."""
_SELF = "S-1-5-10"
_ENTERPRISE_CONTROLLERS = "S-1-5-9"
_SEND_TO = "ab721a55-1e2f-11d0-9819-00aa0040529b"
"""The right to send mail to an object (MS-ADTS 5.1.3.2.1)."""


@control("vuln_privileged_members_perm")
def privileged_members(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on privileged accounts and groups; domain controllers have their own point."""
    controllers = set(forest.domain_controllers["id"])
    targets = forest.privileged - controllers
    protected = protected_like_adminsdholder(forest)
    holders, _ = in_each_domain(forest, "CN=AdminSDHolder,CN=System")
    elsewhere = list(holders["id"])

    def keep(rows: pl.DataFrame) -> pl.DataFrame:
        """A right held on adminSDHolder itself is the matter of another point; ownership is no access rule."""
        guarded = pl.col("target").is_in(list(protected)) & (pl.col("kind") != "Owns")
        return rows.filter(~guarded, ~pl.col("target").is_in(elsewhere))

    return judge_paths(entry, forest, targets, PathRule(keep=keep))


def protected_like_adminsdholder(forest: Forest) -> set[int]:
    """Return the privileged principals whose DACL is that of AdminSDHolder, cut off from inheritance (reference ANSSI).

    Every rule is one of AdminSDHolder in the same domain, or harmless. A group is protected when all its members are,
    and it has no sub-group.
    """
    candidates = forest.rows(forest.privileged).select("id", "domain", "class", "sd")
    heads = forest.descriptors.heads.filter("readable", ~pl.col("null_dacl"), pl.col("control") & PROTECTED != 0)
    shielded = candidates.join(heads.filter(pl.col("unknown_aces") == 0), on="sd", how="semi")
    rules = shielded.join(forest.descriptors.aces, on="sd")
    holders, _ = in_each_domain(forest, "CN=AdminSDHolder,CN=System")
    model = holders.select("domain", "sd").join(forest.descriptors.aces, on="sd").select("domain", *_RULE)
    harmless = pl.col("trustee").is_in([_SELF, _ENTERPRISE_CONTROLLERS]) | (pl.col("object_type") == _SEND_TO)
    foreign = rules.join(model, on=["domain", *_RULE], how="anti", nulls_equal=True).filter(
        ~harmless.fill_null(value=False)
    )
    alike = shielded.filter(~pl.col("id").is_in(foreign["id"].implode()))
    groups = set(alike.filter(pl.col("class") == "group")["id"])
    accounts = set(alike["id"]) - groups
    exposed = forest.memberships.filter(~pl.col("member").is_in(list(accounts)))["group"]
    return accounts | (groups - set(exposed))
