"""How old a password is, how long an account has been silent: one reading of the dates for every control."""

from datetime import timedelta

import polars as pl

from rempart.directory.forest import Forest

ONE_YEAR = timedelta(days=365)
THREE_YEARS = timedelta(days=3 * 365 + 1)
"""Three years hold at most one 29 February: the longest form is taken."""

PASSWORD_SET = pl.coalesce("pwdLastSet", "whenCreated")
"""When the password was last set. A `pwdLastSet` of 0 ("must change at next logon") hides the date: the password may
then be as old as the account, and is held so until it is changed."""

LAST_SEEN = pl.coalesce(pl.max_horizontal("lastLogonTimestamp", "lastLogon"), "whenCreated")
"""The last sign of life. `lastLogonTimestamp` is replicated but lags up to 14 days (MS-ADTS, MS-ADA1), `lastLogon` is
exact but belongs to the controller read: the later counts. Never seen: the creation date."""


def older_than(moment: pl.Expr, age: timedelta, forest: Forest) -> pl.Expr:
    """Return whether `moment` lies more than `age` before the judgement; null when the moment is unknown."""
    return moment < forest.at - age
