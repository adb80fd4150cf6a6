"""Trusts: what the forest believes from elsewhere, and the accounts that carry these trusts.

Bits are those of MS-ADTS 6.1.6.7.9 (trustAttributes), 6.1.6.7.12 (trustDirection) and 6.1.6.7.15 (trustType).
"""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.controls.collection import judge_what_was_read, system_unread
from rempart.directory.doubts import users_unread
from rempart.directory.forest import Forest, has_flag
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_INBOUND = 0x1
_OUTBOUND = 0x2
_QUARANTINED = 0x4
_FOREST = 0x8
_WITHIN_FOREST = 0x20
_TREAT_AS_EXTERNAL = 0x40
_TGT_DELEGATION = 0x800
_KERBEROS_REALMS = (3, 4)
"""Trust types MIT and DCE: realms without SIDs, which SID filtering does not concern."""
_YEAR = timedelta(days=365)

_NO_TRUST = Text(fr="la forêt n'a aucune relation d'approbation", en="the forest has no trust relationship")
_NO_TRUST_ACCOUNT = Text(fr="la forêt n'a aucun compte de relation d'approbation", en="the forest has no trust account")


@control("vuln_trusts_domain_notfiltered")
def domain_not_filtered(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge outbound domain trusts: each has SID filtering (quarantine), those inside the forest aside."""
    spared = _FOREST | _WITHIN_FOREST | _QUARANTINED
    yield _judge(
        entry,
        forest,
        has_flag("trustDirection", _OUTBOUND)
        & ~has_flag("trustAttributes", spared)
        & ~pl.col("trustType").is_in(_KERBEROS_REALMS).fill_null(value=False),
    )


@control("vuln_trusts_forest_sidhistory")
def forest_sid_history(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge outbound forest trusts: none is relaxed to let SID history through (TREAT_AS_EXTERNAL)."""
    yield _judge(
        entry,
        forest,
        has_flag("trustDirection", _OUTBOUND)
        & has_flag("trustAttributes", _FOREST)
        & has_flag("trustAttributes", _TREAT_AS_EXTERNAL),
    )


@control("vuln_trusts_tgt_deleg")
def ticket_delegation(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge inbound trusts: none allows the delegation of tickets explicitly (ENABLE_TGT_DELEGATION)."""
    yield _judge(entry, forest, has_flag("trustDirection", _INBOUND) & has_flag("trustAttributes", _TGT_DELEGATION))


def _judge(entry: Control, forest: Forest, fault: pl.Expr) -> Verdict:
    trusts = forest.of_class("trusteddomain")
    if not trusts.height:
        doubt = system_unread(forest)
        return entry.not_evaluated(doubt) if doubt else entry.not_applicable(_NO_TRUST)
    unread = trusts.filter(pl.col("trustDirection").is_null() | pl.col("trustAttributes").is_null())
    readable = trusts.join(unread, on="id", how="anti")
    return judge_what_was_read(entry, forest.subjects(readable.filter(fault), "trustAttributes"), unread)


@control("vuln_trusts_accounts")
def trust_accounts(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of the passwords of trust accounts: 365 days at most."""
    accounts = forest.users.filter(has_flag("userAccountControl", wk.UAC_TRUST))
    if not accounts.height:
        doubt = users_unread(forest)
        yield entry.not_evaluated(doubt) if doubt else entry.not_applicable(_NO_TRUST_ACCOUNT)
        return
    stale = accounts.filter(pl.col("pwdLastSet") < forest.at - _YEAR)
    undated = accounts.filter(pl.col("pwdLastSet").is_null())
    yield judge_what_was_read(entry, forest.subjects(stale, "pwdLastSet"), undated, users_unread(forest))
