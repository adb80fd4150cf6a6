"""Ordinary accounts: guests, the dormant, borrowed identities and hidden groups."""

from collections.abc import Iterator

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.ages import LAST_SEEN, ONE_YEAR, PASSWORD_SET, THREE_YEARS, older_than
from rempart.directory.controls import control
from rempart.directory.doubts import absent, machines_unread, opaque, settle, unread, users_unread
from rempart.directory.forest import ENABLED, MANAGED_CLASSES, Forest, has_flag, rid_is
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_QUOTA = "ms-DS-MachineAccountQuota"
_ONE_IN = 4
_BUILTIN_BELOW = 1000
_GUEST = Text(fr="compte Invité (RID 501)", en="Guest account (RID 501)")
_ROOT = Text(fr="racine du domaine", en="domain root")
_DANGEROUS_SID = r"^S-1-5-21-\d+-\d+-\d+-\d{1,3}$"
_DOMAIN_SID = r"^S-1-5-21-"


@control("vuln_guest")
def guest(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the guest account of each domain: disabled."""
    guests = forest.users.filter(rid_is(wk.GUEST_RID))
    yield settle(
        entry,
        forest.subjects(guests.filter(ENABLED), "userAccountControl"),
        absent(forest, guests, _GUEST),
        unread(guests, "userAccountControl"),
    )


@control("vuln_user_accounts_dormant")
def dormant(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the share of enabled users and computers that sleep: a quarter at most."""
    accounts = pl.concat([forest.users, forest.computers])
    enabled = accounts.filter(ENABLED)
    asleep = enabled.filter(older_than(PASSWORD_SET, THREE_YEARS, forest), older_than(LAST_SEEN, ONE_YEAR, forest))
    unknown = accounts["userAccountControl"].null_count()
    too_many = asleep.height * _ONE_IN > enabled.height + unknown
    yield settle(
        entry,
        forest.subjects(asleep if too_many else asleep.clear(), "lastLogonTimestamp"),
        users_unread(forest),
        machines_unread(forest),
        unread(accounts, "userAccountControl"),
        unread(enabled.filter(PASSWORD_SET.is_null() | LAST_SEEN.is_null()), "whenCreated"),
        measured={
            "accounts": asleep.height,
            "enabled": enabled.height,
            "percent": round(100 * asleep.height / max(enabled.height, 1), 1),
        },
    )


@control("vuln_user_accounts_machineaccountquota")
def machine_account_quota(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge how many machines any user may join to each domain: none."""
    roots = forest.domains
    yield settle(
        entry,
        forest.subjects(roots.filter(pl.col(_QUOTA) != 0), _QUOTA),
        absent(forest, roots, _ROOT),
        unread(roots, _QUOTA),
    )


@control("vuln_primary_group_id_1000")
def primary_group_id_1000(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the accounts whose primary group is a built-in one their kind does not have: none."""
    yield _judge_primary_groups(entry, forest, pl.col("primaryGroupID") < _BUILTIN_BELOW)


@control("vuln_primary_group_id_nochange")
def primary_group_id_nochange(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the accounts whose primary group is not the default of their kind: none."""
    yield _judge_primary_groups(entry, forest, pl.lit(value=True))


def _judge_primary_groups(entry: Control, forest: Forest, concerned: pl.Expr) -> Verdict:
    changed = forest.accounts.filter(~_default_primary_group(), concerned)
    return settle(
        entry,
        forest.subjects(changed, "primaryGroupID"),
        users_unread(forest),
        unread(forest.accounts, "primaryGroupID"),
    )


def _default_primary_group() -> pl.Expr:
    """Return whether the primary group is one that accounts of this kind have by default.

    The kind is told by userAccountControl (MS-SAMR 3.1.1.8.1); by the class when no bit tells. A source that
    hides the bit of read-only controllers shows them as controllers: their group is accepted for both.
    """
    machine = has_flag("userAccountControl", wk.UAC_WORKSTATION) | pl.col("class").is_in(["computer", *MANAGED_CLASSES])
    group = pl.col("primaryGroupID")
    return (
        pl.when(has_flag("userAccountControl", wk.UAC_PARTIAL_SECRETS))
        .then(group == wk.READ_ONLY_DCS_RID)
        .when(has_flag("userAccountControl", wk.UAC_SERVER_TRUST))
        .then(group.is_in([wk.DOMAIN_CONTROLLERS_RID, wk.READ_ONLY_DCS_RID]))
        .when(machine)
        .then(group == wk.DOMAIN_COMPUTERS_RID)
        .otherwise(group.is_in([wk.DOMAIN_USERS_RID, wk.DOMAIN_GUESTS_RID]))
    )


@control("vuln_sidhistory_dangerous")
def sidhistory_dangerous(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the SID histories that hold a well-known SID or a domain SID with a RID below 1000: none."""
    sid = pl.element()
    bad = pl.col("sIDHistory").list.eval(sid.filter(sid.str.contains(_DANGEROUS_SID) | ~sid.str.contains(_DOMAIN_SID)))
    found = forest.accounts_and_groups.with_columns(bad=bad).filter(pl.col("bad").list.len() > 0)
    yield settle(
        entry, forest.subjects(found, "sIDHistory", pl.col("bad")), users_unread(forest), opaque(forest.accounts)
    )


@control("vuln_sidhistory_present")
def sidhistory_present(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the accounts and groups that keep a SID history: none."""
    found = forest.accounts_and_groups.filter(pl.col("sIDHistory").list.len() > 0)
    yield settle(entry, forest.subjects(found, "sIDHistory"), users_unread(forest), opaque(forest.accounts))
