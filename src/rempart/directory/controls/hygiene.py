"""Warnings about ordinary accounts: old marks, passwords left alone, sleepers. They never change the level.

ANSSI publishes the names of these items, not their rules: the rules here are ours, and each catalogue entry says so.
"""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.ages import LAST_SEEN, ONE_YEAR, PASSWORD_SET, THREE_YEARS, older_than
from rempart.directory.controls import control
from rempart.directory.doubts import absent, machines_unread, opaque, privilege_unread, settle, unread, users_unread
from rempart.directory.forest import ENABLED, Forest, has_flag, rid_is
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_MONTH = timedelta(days=30)
_TRUST_ACCOUNT = has_flag("userAccountControl", wk.UAC_TRUST)
_OFFICIAL = rid_is(wk.KRBTGT_RID, wk.READ_ONLY_DCS_RID).fill_null(value=False)
"""Protected by AdminSDHolder without being privileged (MS-ADTS 3.1.1.6.1): krbtgt and the read-only controllers."""
_ADMINISTRATOR = Text(fr="compte Administrateur intégré (RID 500)", en="built-in Administrator account (RID 500)")
_LAST_LOGON = pl.max_horizontal("lastLogonTimestamp", "lastLogon")


@control("warning_admincount")
def orphan_marks(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the accounts and groups marked adminCount 1 that are not privileged: none.

    Where privileged groups were not read, everybody would look like an orphan: nothing is said.
    """
    doubt = privilege_unread(forest)
    if doubt is not None:
        yield entry.not_evaluated(doubt)
        return
    marked = _ordinary(forest, forest.accounts_and_groups).filter(pl.col("adminCount") == 1, ~_OFFICIAL)
    yield settle(entry, forest.subjects(marked, "adminCount"), users_unread(forest), opaque(forest.accounts))


@control("warning_admincount_0")
def erased_marks(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the accounts and groups whose adminCount was written back to 0: none."""
    erased = forest.accounts_and_groups.filter(pl.col("adminCount") == 0)
    yield settle(entry, forest.subjects(erased, "adminCount"), users_unread(forest), opaque(forest.accounts))


def _ordinary(forest: Forest, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that are neither privileged nor domain controllers."""
    excluded = forest.privileged | set(forest.domain_controllers["id"])
    return rows.filter(~pl.col("id").is_in(sorted(excluded)))


@control("warning_dont_expire")
def never_expiring(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the enabled users whose password never expires: none, however few."""
    users = forest.users
    eternal = users.filter(ENABLED, has_flag("userAccountControl", wk.UAC_NO_EXPIRY))
    yield settle(
        entry,
        forest.subjects(eternal, "userAccountControl"),
        users_unread(forest),
        unread(users, "userAccountControl"),
        measured={"accounts": eternal.height},
    )


@control("warning_password_change")
def old_passwords(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of the passwords of enabled ordinary users: three years at most."""
    users = _ordinary(forest, forest.users).filter(ENABLED, ~_TRUST_ACCOUNT)
    stale = users.filter(older_than(PASSWORD_SET, THREE_YEARS, forest))
    yield settle(
        entry,
        forest.subjects(stale, "pwdLastSet"),
        users_unread(forest),
        unread(forest.users, "userAccountControl"),
        unread(users.filter(PASSWORD_SET.is_null()), "pwdLastSet"),
        measured={"accounts": stale.height},
    )


@control("warning_reversible_password")
def reversible_passwords(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the ordinary users whose password is stored in a form that can be read back: none."""
    users = _ordinary(forest, forest.users)
    yield settle(
        entry,
        forest.subjects(users.filter(has_flag("userAccountControl", wk.UAC_REVERSIBLE)), "userAccountControl"),
        users_unread(forest),
        unread(users, "userAccountControl"),
    )


@control("warning_rid500")
def administrator_used(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether the built-in Administrator of each domain was left alone for the last 30 days."""
    administrators = forest.users.filter(rid_is(wk.ADMINISTRATOR_RID))
    used = administrators.filter(forest.at - _MONTH <= _LAST_LOGON)
    yield settle(
        entry,
        forest.subjects(used, "lastLogonTimestamp", _LAST_LOGON),
        absent(forest, administrators, _ADMINISTRATOR),
        opaque(administrators),
    )


@control("warning_user_accounts_dormant")
def sleepers(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the enabled users and computers that sleep: none, however few."""
    enabled = _people_and_machines(forest).filter(ENABLED)
    asleep = enabled.filter(_asleep(forest))
    yield _settle_presence(entry, forest, enabled, asleep)


@control("info_user_accounts_dormant")
def silent_accounts(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the enabled users and computers silent for a year whose password is still recent."""
    enabled = _people_and_machines(forest).filter(ENABLED)
    silent = enabled.filter(older_than(LAST_SEEN, ONE_YEAR, forest), ~_asleep(forest))
    yield _settle_presence(entry, forest, enabled, silent)


def _people_and_machines(forest: Forest) -> pl.DataFrame:
    return pl.concat([forest.users.filter(~_TRUST_ACCOUNT), forest.computers])


def _asleep(forest: Forest) -> pl.Expr:
    """Return whether an account sleeps as `vuln_user_accounts_dormant` means it."""
    return older_than(PASSWORD_SET, THREE_YEARS, forest) & older_than(LAST_SEEN, ONE_YEAR, forest)


def _settle_presence(entry: Control, forest: Forest, enabled: pl.DataFrame, found: pl.DataFrame) -> Verdict:
    return settle(
        entry,
        forest.subjects(found, "lastLogonTimestamp", _LAST_LOGON),
        users_unread(forest),
        machines_unread(forest),
        unread(pl.concat([forest.users, forest.computers]), "userAccountControl"),
        unread(enabled.filter(PASSWORD_SET.is_null() | LAST_SEEN.is_null()), "whenCreated"),
        measured={"accounts": found.height, "enabled": enabled.height},
    )
