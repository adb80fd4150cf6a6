"""Password settings objects and group policies: which exist, whom they reach, and the weak ones. Never scored.

ANSSI publishes the names of these items, not their rules: the rules here are ours, and each catalogue entry says so.
"""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from rempart.directory.ages import THREE_YEARS
from rempart.directory.controls import control
from rempart.directory.doubts import absent, settle, unread
from rempart.directory.forest import Forest
from rempart.directory.names import dn_keys
from rempart.directory.policy import psos_unread
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_LENGTH = "msDS-MinimumPasswordLength"
_AGE = "msDS-MaximumPasswordAge"
_SHORTEST = 8
_ADVISED = 12
_NO_PSO = Text(
    fr="aucune stratégie de mot de passe affinée (PSO) ne s'applique", en="no password settings object applies"
)
_POLICIES = Text(fr="stratégies de groupe", en="group policies")
_LINK = r"(?i)\[LDAP://([^\]]*);\d+\]"
_LINK_PARTS = r"(?i)^\[LDAP://(.*);(\d+)\]$"
_LINK_DISABLED, _LINK_ENFORCED = 1, 2
"""Options of a link in gPLink (MS-GPOL 2.2.2)."""


@control("warning_password_policy_pso_missing")
def unreadable_settings(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether the container of password settings objects could be read in every domain."""
    hidden = forest.domains.filter(psos_unread(forest))
    yield settle(
        entry,
        forest.subjects(hidden, "msDS-PasswordSettingsContainer", pl.lit("")),
        absent(forest, forest.domains, Text(fr="racine du domaine", en="domain root")),
    )


@control("warning_password_policy_pso_weak")
def weak_settings(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the settings objects in force: 8 characters, three years, nothing readable back."""
    applied = _applied(forest)
    yield _judge_settings(entry, forest, applied, applied.filter(_weak()))


@control("warning_password_policy_pso_weak2")
def modest_settings(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the settings objects in force that are not weak: 12 characters, complexity, a lockout."""
    applied = _applied(forest)
    modest = (
        (pl.col(_LENGTH) < _ADVISED)
        | ~pl.col("msDS-PasswordComplexityEnabled").fill_null(value=True)
        | (pl.col("msDS-LockoutThreshold") == 0)
    )
    yield _judge_settings(entry, forest, applied, applied.filter(modest, ~_weak()))


def _applied(forest: Forest) -> pl.DataFrame:
    """Return the settings objects linked to somebody."""
    return forest.of_class("msds-passwordsettings").filter(pl.col("msDS-PSOAppliesTo").list.len() > 0)


def _weak() -> pl.Expr:
    endless = pl.col(_AGE).is_null() | (pl.col(_AGE) > THREE_YEARS)
    readable_back = pl.col("msDS-PasswordReversibleEncryptionEnabled").fill_null(value=False)
    return pl.col(_LENGTH).is_not_null() & ((pl.col(_LENGTH) < _SHORTEST) | endless | readable_back)


def _judge_settings(entry: Control, forest: Forest, applied: pl.DataFrame, faulty: pl.DataFrame) -> Verdict:
    if applied.is_empty():
        return entry.not_applicable(_NO_PSO)
    return settle(entry, _settings_subjects(forest, faulty), unread(applied, _LENGTH))


def _settings_subjects(forest: Forest, rows: pl.DataFrame) -> pl.DataFrame:
    days = (pl.col(_AGE) / timedelta(days=1)).round(0).cast(pl.Int64).cast(pl.String) + pl.lit(" j")
    shown = pl.concat_str(
        pl.col(_LENGTH).cast(pl.String).fill_null("?"),
        pl.coalesce(days, pl.lit("∞")),
        pl.col("msDS-PSOAppliesTo").list.sort().list.join(" | ").fill_null(""),
        separator=" ; ",
    )
    return forest.subjects(rows, f"{_LENGTH}, {_AGE}, msDS-PSOAppliesTo", shown)


@control("info_password_policy_pso")
def settings(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the password settings objects: length, age, whom they apply to."""
    yield entry.judge(_settings_subjects(forest, forest.of_class("msds-passwordsettings")))


@control("info_gpo")
def group_policies(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the group policies and the places they are linked to."""
    policies = forest.of_class("grouppolicycontainer")
    linked = _links(forest).group_by("dn_key").agg(links=pl.col("place").sort().str.join(" | "))
    shown = policies.join(linked, on="dn_key", how="left", maintain_order="left")
    yield settle(
        entry,
        forest.subjects(shown, "gPLink", pl.col("links")),
        absent(forest, policies, _POLICIES),
        measured={"policies": shown.height, "unlinked": shown["links"].null_count()},
    )


def _links(forest: Forest) -> pl.DataFrame:
    """Return one row a link: `dn_key` of the policy and `place` (DN), marked when disabled or enforced."""
    options = pl.col("link").str.extract(_LINK_PARTS, 2).cast(pl.Int64)
    mark = (
        pl.when(options & _LINK_DISABLED != 0)
        .then(pl.lit(" (disabled)"))
        .when(options & _LINK_ENFORCED != 0)
        .then(pl.lit(" (enforced)"))
        .otherwise(pl.lit(""))
    )
    return (
        forest.objects.filter(pl.col("gPLink").is_not_null())
        .select("dn", link=pl.col("gPLink").str.extract_all(_LINK))
        .explode("link")
        .drop_nulls("link")
        .select(
            place=pl.col("dn") + mark,
            dn_key=pl.col("link").str.extract(_LINK_PARTS, 1).map_batches(dn_keys, return_dtype=pl.String),
        )
    )
