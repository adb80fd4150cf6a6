"""Informations: sensitive accounts that may log on with a key kept in msDS-KeyCredentialLink. Never scored.

ANSSI publishes the names of these items, not their rules: the rules here are ours, and each catalogue entry says so.
"""

from collections.abc import Iterator

import polars as pl

from rempart.directory.controls import control
from rempart.directory.doubts import machines_unread, opaque, privilege_unread, settle, users_unread
from rempart.directory.forest import Forest
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_KEYS = "msDS-KeyCredentialLink"


@control("info_keycredentiallink_dc")
def keys_of_controllers(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the domain controllers with keys."""
    yield _list_keys(entry, forest, forest.domain_controllers, machines_unread(forest))


@control("info_keycredentiallink_priv")
def keys_of_privileged(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the privileged accounts with keys."""
    yield _list_keys(entry, forest, forest.privileged_accounts, privilege_unread(forest))


@control("info_keycredentiallink_silo")
def keys_in_silos(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the accounts of authentication silos with keys."""
    held = forest.accounts.filter(pl.col("msDS-AssignedAuthNPolicySilo").is_not_null())
    yield _list_keys(entry, forest, held, users_unread(forest))


def _list_keys(entry: Control, forest: Forest, accounts: pl.DataFrame, doubt: Text | None) -> Verdict:
    """List the accounts with keys; `value` is how many."""
    count = pl.col(_KEYS).list.len()
    return settle(entry, forest.subjects(accounts.filter(count > 0), _KEYS, count), doubt, opaque(accounts))
