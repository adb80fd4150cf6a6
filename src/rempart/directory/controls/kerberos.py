"""How accounts prove themselves to Kerberos: pre-authentication, algorithms, service names."""

from collections.abc import Iterator

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.doubts import opaque, privilege_unread, settle, unread, users_unread
from rempart.directory.forest import ENABLED, MANAGED_CLASSES, USER_CLASSES, Forest, has_flag, rid_is
from rempart.directory.policy import AES, ENCRYPTION, with_tolerance
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_NO_PREAUTH = has_flag("userAccountControl", wk.UAC_NO_PREAUTH)
_HAS_SPN = pl.col("servicePrincipalName").list.len().fill_null(0) > 0
_TOLERANCE_UNKNOWN = Text(
    fr="les stratégies de mot de passe (PSO) n'ont pas pu être lues : la tolérance ne peut être jugée pour {names}",
    en="password settings objects (PSO) could not be read: the tolerance cannot be judged for {names}",
)


@control("vuln_kerberos_properties_preauth_priv")
def preauth_priv(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the enabled privileged accounts that need no pre-authentication: none, without any tolerance."""
    accounts = forest.privileged_accounts
    yield settle(
        entry,
        forest.subjects(accounts.filter(ENABLED, _NO_PREAUTH), "userAccountControl"),
        privilege_unread(forest),
        unread(accounts, "userAccountControl"),
    )


@control("vuln_kerberos_properties_preauth")
def preauth(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the enabled accounts that need no pre-authentication: none outside the tolerance for strong policies."""
    open_accounts = with_tolerance(forest, forest.accounts.filter(ENABLED, _NO_PREAUTH))
    yield settle(
        entry,
        forest.subjects(open_accounts.filter(~pl.col("tolerated")), "userAccountControl"),
        _tolerance_unknown(open_accounts),
        users_unread(forest),
        unread(forest.accounts, "userAccountControl"),
    )


@control("vuln_kerberos_properties_deskey")
def deskey(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the users, disabled ones included, restricted to DES: none."""
    restricted = forest.users.filter(has_flag("userAccountControl", wk.UAC_DES_ONLY))
    yield settle(
        entry,
        forest.subjects(restricted, "userAccountControl"),
        users_unread(forest),
        unread(forest.users, "userAccountControl"),
    )


@control("vuln_kerberos_properties_encryption")
def encryption(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the enabled service accounts: each says explicitly that it supports AES."""
    services = pl.concat([forest.users, forest.of_class(*MANAGED_CLASSES)]).filter(_HAS_SPN, ~rid_is(wk.KRBTGT_RID))
    without_aes = services.filter(ENABLED, ~has_flag(ENCRYPTION, AES))
    yield settle(
        entry,
        forest.subjects(without_aes, ENCRYPTION),
        users_unread(forest),
        unread(services, "userAccountControl"),
        opaque(forest.accounts),
    )


@control("vuln_spn_priv")
def spn_priv(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the privileged users, disabled ones included, with a service name: none outside the tolerance."""
    users = forest.privileged_accounts.filter(pl.col("class").is_in(USER_CLASSES))
    named = with_tolerance(forest, users.filter(_HAS_SPN))
    yield settle(
        entry,
        forest.subjects(named.filter(~pl.col("tolerated")), "servicePrincipalName"),
        privilege_unread(forest),
        _tolerance_unknown(named),
        opaque(forest.privileged_accounts),
    )


def _tolerance_unknown(accounts: pl.DataFrame) -> Text | None:
    """Return the doubt left by the accounts that only an unread policy could excuse."""
    names = accounts.filter(pl.col("tolerated").is_null()).sort("id")["sAMAccountName"].drop_nulls().to_list()
    return _TOLERANCE_UNKNOWN.filled(names=", ".join(names[:5])) if names else None
