"""Privileged members: how many they are, and the protections each of them must have."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.ages import THREE_YEARS
from rempart.directory.controls import control
from rempart.directory.doubts import OPAQUE, opaque, privilege_unread, settle
from rempart.directory.forest import USER_CLASSES, Forest, rid_is
from rempart.directory.names import dn_keys
from rempart.directory.policy import effective_policy
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_FEW = 50
_PER_DOMAIN = 3
_DOMAIN_PARTITION = 2
"""FLAG_CR_NTDS_DOMAIN in `systemFlags` of a crossRef (MS-ADTS 6.1.1.2.1.1)."""
_SHORTEST = 8
_SILO = "msDS-AssignedAuthNPolicySilo"
_POLICY_UNKNOWN = Text(
    fr="la stratégie de mot de passe n'a pas pu être lue pour {count} compte(s) privilégié(s), dont {name}",
    en="the password policy could not be read for {count} privileged account(s), among them {name}",
)


@control("vuln_privileged_members")
def privileged_members(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge how many accounts are privileged: distinct names at level 1, distinct accounts at level 2."""
    counted = forest.privileged_accounts.filter(~rid_is(wk.ADMINISTRATOR_RID).fill_null(value=False))
    domains = _domain_count(forest)
    limit = max(_FEW, _PER_DOMAIN * domains)
    names = counted.select(pl.coalesce(pl.col("sAMAccountName").str.to_lowercase(), "dn_key").n_unique()).item()
    for level, count in ((1, int(names)), (2, counted.height)):
        yield settle(
            entry,
            forest.subjects(counted if count > limit else counted.clear(), "sAMAccountName"),
            privilege_unread(forest),
            level=level,
            measured={"accounts": count, "limit": limit, "domains": domains},
        )


def _domain_count(forest: Forest) -> int:
    """Domains the forest declares, collected or not."""
    declared = forest.of_class("crossref").filter(pl.col("systemFlags").fill_null(0) & _DOMAIN_PARTITION != 0)
    return max(declared.height, forest.domains.height, 1)


@control("vuln_privileged_members_password")
def privileged_members_password(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the policy that rules each privileged user: 8 characters at least, changed every three years at most."""
    ruled = effective_policy(forest, forest.privileged_accounts.filter(pl.col("class").is_in(USER_CLASSES)))
    weak = ruled.filter(
        pl.col("length").is_not_null(),
        (pl.col("length") < _SHORTEST) | pl.col("age").is_null() | (pl.col("age") > THREE_YEARS),
    )
    yield settle(
        entry,
        forest.subjects(weak, "minPwdLength, maxPwdAge", _policy_text()),
        privilege_unread(forest),
        _policy_unknown(ruled.filter(pl.col("length").is_null())),
    )


def _policy_text() -> pl.Expr:
    days = (pl.col("age") / timedelta(days=1)).round(0).cast(pl.Int64).cast(pl.String)
    return pl.format("{} ; {} ; {}", "length", pl.coalesce(days + pl.lit(" j"), pl.lit("∞")), pl.col("source"))


def _policy_unknown(accounts: pl.DataFrame) -> Text | None:
    if accounts.is_empty():
        return None
    name = accounts.sort("id").select(pl.coalesce("sAMAccountName", "dn")).item(0, 0)
    return _POLICY_UNKNOWN.filled(count=accounts.height, name=name)


@control("vuln_privileged_members_no_admincount")
def privileged_members_no_admincount(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the privileged accounts whose adminCount is not 1: none."""
    accounts = forest.privileged_accounts
    unmarked = accounts.filter(pl.col("adminCount").fill_null(0) != 1, ~OPAQUE)
    yield settle(entry, forest.subjects(unmarked, "adminCount"), privilege_unread(forest), opaque(accounts))


@control("vuln_protected_users")
def protected_users(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the privileged accounts outside the Protected Users group of any domain: none."""
    inside = forest.members_of(forest.groups.filter(rid_is(wk.PROTECTED_USERS_RID))["id"])
    outside = forest.privileged_accounts.filter(~pl.col("id").is_in(list(inside)))
    yield settle(entry, forest.subjects(outside, "memberOf", pl.lit("")), privilege_unread(forest))


@control("vuln_silo_priv")
def silo_priv(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the privileged accounts that no enforced authentication silo holds: none."""
    enforced = forest.of_class("msds-authnpolicysilo").filter(pl.col("msDS-AuthNPolicySiloEnforced"))
    held = (
        enforced.select(silo_key="dn_key", member="msDS-AuthNPolicySiloMembers")
        .explode("member")
        .select("silo_key", dn_key=_key("member"), held=pl.lit(value=True))
        .unique()
    )
    accounts = forest.privileged_accounts.with_columns(silo_key=_key(_SILO)).join(
        held, on=["silo_key", "dn_key"], how="left", maintain_order="left"
    )
    yield settle(
        entry,
        forest.subjects(accounts.filter(pl.col("held").is_null(), ~OPAQUE), _SILO),
        privilege_unread(forest),
        opaque(accounts),
    )


def _key(column: str) -> pl.Expr:
    return pl.col(column).map_batches(dn_keys, return_dtype=pl.String)
