"""Kerberos delegation: who may speak to a service in somebody else's name."""

from collections.abc import Iterator

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.doubts import machines_unread, privilege_unread, settle, unread, users_unread
from rempart.directory.forest import ENABLED, Forest, has_flag, rid_is
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_TARGETS = "msDS-AllowedToDelegateTo"
_RESOURCE = "msDS-AllowedToActOnBehalfOfOtherIdentity"


@control("vuln_delegation_t4d")
def unconstrained(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether an enabled account other than a writable domain controller has TRUSTED_FOR_DELEGATION."""
    writable = set(forest.domain_controllers["id"]) - set(forest.read_only_dcs["id"])
    rows = forest.accounts.filter(
        ENABLED, has_flag("userAccountControl", wk.UAC_UNCONSTRAINED), ~pl.col("id").is_in(list(writable))
    )
    yield settle(entry, forest.subjects(rows, "userAccountControl"), *_doubts(forest))


@control("vuln_delegation_a2d2")
def constrained(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether an enabled account may delegate to a service of a domain controller or to krbtgt."""
    subjects = _privileged_targets(forest, forest.accounts.filter(ENABLED))
    yield settle(entry, subjects, *_doubts(forest))


@control("vuln_delegation_t2a4d")
def constrained_with_transition(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the same with protocol transition: the account needs no proof that the user ever came."""
    transition = has_flag("userAccountControl", wk.UAC_PROTOCOL_TRANSITION)
    subjects = _privileged_targets(forest, forest.accounts.filter(ENABLED, transition))
    yield settle(entry, subjects, *_doubts(forest))


@control("vuln_delegation_sourcedeleg")
def resource_based(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether a controller, a privileged account or krbtgt lets others act in the name of anybody (MS-ADA2)."""
    privileged = [*forest.privileged_accounts["id"], *forest.domain_controllers["id"]]
    rows = forest.accounts.filter(
        pl.col("id").is_in(privileged) | rid_is(wk.KRBTGT_RID), pl.col(_RESOURCE).is_not_null()
    )
    yield settle(entry, forest.subjects(rows, _RESOURCE), machines_unread(forest), privilege_unread(forest))


def _doubts(forest: Forest) -> list[Text | None]:
    """Return what hides a delegation: accounts not collected, or whose flags the reader was not allowed to see."""
    return [users_unread(forest), machines_unread(forest), unread(forest.accounts, "userAccountControl")]


def _privileged_targets(forest: Forest, accounts: pl.DataFrame) -> pl.DataFrame:
    """Return one subject per account and privileged service name it may delegate to.

    A service principal name is `class/host[:port][/name]` (MS-KILE, MS-ADTS 5.1.1.4): the host, or the name after the
    second slash, is that of a controller; or the class is krbtgt.
    """
    names = pl.concat(
        [
            forest.domain_controllers.select(host=pl.col("dNSHostName").str.to_lowercase()),
            forest.domain_controllers.select(host=pl.col("sAMAccountName").str.to_lowercase().str.strip_suffix("$")),
            forest.domain_controllers.select(spn=pl.col("servicePrincipalName")).explode("spn").select(host=_part(1)),
        ]
    )["host"].drop_nulls()
    hosts = names.filter(names != "").unique().to_list()
    exploded = accounts.filter(pl.col(_TARGETS).is_not_null()).with_columns(spn=pl.col(_TARGETS)).explode("spn")
    rows = exploded.filter(_part(1).is_in(hosts) | _part(2).is_in(hosts) | (_part(0) == "krbtgt"))
    return forest.subjects(rows.unique(["id", "spn"], maintain_order=True), value=pl.col("spn")).with_columns(
        attribute=pl.lit(_TARGETS)
    )


def _part(index: int) -> pl.Expr:
    """The part of a service principal name at `index`, lower case, without port; null when there is none."""
    return (
        pl.col("spn")
        .str.to_lowercase()
        .str.split("/")
        .list.get(index, null_on_oob=True)
        .str.replace(r":.*$", "")
        .str.strip_chars()
    )
