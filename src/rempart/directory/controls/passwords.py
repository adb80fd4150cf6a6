"""Passwords of people: those that never expire, never change, or can be read back."""

from collections.abc import Iterator

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.ages import PASSWORD_SET, THREE_YEARS, older_than
from rempart.directory.controls import control
from rempart.directory.doubts import absent, privilege_unread, settle, unread, users_unread
from rempart.directory.forest import ENABLED, Forest, has_flag
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_NEVER_EXPIRES = has_flag("userAccountControl", wk.UAC_NO_EXPIRY)
_STORE_CLEARTEXT = 16
"""DOMAIN_PASSWORD_STORE_CLEARTEXT in `pwdProperties` (MS-SAMR 2.2.3.5)."""
_ONE_IN = 10
_ROOT = Text(fr="racine du domaine", en="domain root")


@control("vuln_dont_expire_priv")
def dont_expire_priv(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the enabled privileged accounts whose password never expires: none."""
    accounts = forest.privileged_accounts
    yield settle(
        entry,
        forest.subjects(accounts.filter(ENABLED, _NEVER_EXPIRES), "userAccountControl"),
        privilege_unread(forest),
        unread(accounts, "userAccountControl"),
    )


@control("vuln_dont_expire")
def dont_expire(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the share of enabled users whose password never expires: 10 % at most."""
    enabled = forest.users.filter(ENABLED)
    eternal = enabled.filter(_NEVER_EXPIRES)
    unknown = forest.users["userAccountControl"].null_count()
    too_many = eternal.height * _ONE_IN > enabled.height + unknown
    measured = {"accounts": eternal.height, "enabled": enabled.height, "percent": _percent(eternal, enabled)}
    yield settle(
        entry,
        forest.subjects(eternal if too_many else eternal.clear(), "userAccountControl"),
        users_unread(forest),
        unread(forest.users, "userAccountControl"),
        measured=measured,
    )


@control("vuln_password_change_priv")
def password_change_priv(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of privileged passwords, RID 500 and disabled accounts included: three years at most."""
    accounts = forest.privileged_accounts
    stale = accounts.filter(older_than(PASSWORD_SET, THREE_YEARS, forest))
    yield settle(
        entry,
        forest.subjects(stale, "pwdLastSet"),
        privilege_unread(forest),
        unread(accounts.filter(PASSWORD_SET.is_null()), "pwdLastSet"),
    )


@control("vuln_reversible_password_priv_uac")
def reversible_password_priv_uac(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the privileged accounts whose password is stored in a form that can be read back: none."""
    accounts = forest.privileged_accounts
    yield settle(
        entry,
        forest.subjects(accounts.filter(has_flag("userAccountControl", wk.UAC_REVERSIBLE)), "userAccountControl"),
        privilege_unread(forest),
        unread(accounts, "userAccountControl"),
    )


@control("vuln_reversible_password_priv_namingcontext")
def reversible_password_priv_namingcontext(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the policy at the root of each domain: it must not store passwords in a form that can be read back."""
    roots = forest.domains
    yield settle(
        entry,
        forest.subjects(roots.filter(has_flag("pwdProperties", _STORE_CLEARTEXT)), "pwdProperties"),
        absent(forest, roots, _ROOT),
        unread(roots, "pwdProperties"),
    )


@control("vuln_smartcard_expire_passwords")
def smartcard_expire_passwords(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether each domain renews the hidden passwords of smart card accounts."""
    setting = "msDS-ExpirePasswordsOnSmartCardOnlyAccounts"
    lasting = forest.domains.filter(~pl.col(setting).fill_null(value=False))
    yield settle(entry, forest.subjects(lasting, setting), absent(forest, forest.domains, _ROOT))


def _percent(part: pl.DataFrame, whole: pl.DataFrame) -> float:
    return round(100 * part.height / whole.height, 1) if whole.height else 0.0
