"""Password policies: which settings object (PSO) or domain policy rules an account, and whether ANSSI tolerates it.

The winning PSO follows MS-ADTS 3.1.1.4.5.36 (msDS-ResultantPSO): one linked to the account itself first, else one
linked to a global group it belongs to, nested groups included; among several, the lowest precedence, then the
smallest GUID. Without a PSO, the policy at the root of the account's domain rules.
"""

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.ages import THREE_YEARS
from rempart.directory.forest import MANAGED_CLASSES, USER_CLASSES, Forest, has_flag
from rempart.directory.names import dn_keys

ENCRYPTION = "msDS-SupportedEncryptionTypes"
AES = 0x18
WEAK_ENCRYPTION = 0x07
"""DES-CBC-CRC, DES-CBC-MD5 and RC4-HMAC (MS-KILE 2.2.7)."""
_GLOBAL = 0x2
_TOLERATED_LENGTH = 32
_PSO_SCHEMA = {
    "id": pl.UInt32(),
    "pso": pl.String(),
    "pso_length": pl.Int64(),
    "pso_age": pl.Duration("us"),
    "pso_changed": pl.Datetime("us", "UTC"),
}


def psos_unread(forest: Forest) -> pl.Expr:
    """Return whether the PSOs of an object's `domain` could not be read."""
    blind = {gap.domain for gap in forest.gaps(["pso"])}
    return pl.lit(value=True) if None in blind else pl.col("domain").is_in(sorted(str(domain) for domain in blind))


def winning_psos(forest: Forest) -> pl.DataFrame:
    """Return, for each user a PSO rules, one row: `id`, `pso` (DN), `pso_length`, `pso_age`, `pso_changed`."""
    links = (
        forest.of_class("msds-passwordsettings")
        .explode("msDS-PSOAppliesTo")
        .with_columns(target_key=pl.col("msDS-PSOAppliesTo").map_batches(dn_keys, return_dtype=pl.String))
        .join(forest.objects.select(target_key="dn_key", target="id", kind="class", scope="groupType"), on="target_key")
    )
    reached = pl.concat([_direct(links), _through_groups(forest, links)])
    return (
        reached.sort(pl.col("direct").not_(), pl.col("msDS-PasswordSettingsPrecedence"), "objectGUID", nulls_last=True)
        .unique("user", keep="first", maintain_order=True)
        .select(
            id=pl.col("user"),
            pso=pl.col("dn"),
            pso_length=pl.col("msDS-MinimumPasswordLength"),
            pso_age=pl.col("msDS-MaximumPasswordAge"),
            pso_changed=pl.coalesce("whenChanged", "whenCreated"),
        )
        .cast(_PSO_SCHEMA)  # type: ignore[arg-type] # polars types the keys more widely than it accepts
    )


def _direct(links: pl.DataFrame) -> pl.DataFrame:
    return links.filter(pl.col("kind").is_in(USER_CLASSES)).with_columns(user="target", direct=pl.lit(value=True))


def _through_groups(forest: Forest, links: pl.DataFrame) -> pl.DataFrame:
    linked = links.filter(pl.col("kind") == "group", pl.col("scope").is_null() | has_flag("scope", _GLOBAL))
    # a loop over the linked groups: a forest has a handful of them, each needs its own walk
    walks = [
        pl.DataFrame(
            {"target": group, "user": sorted(forest.members_of([group]))},
            schema={"target": pl.UInt32, "user": pl.UInt32},
        )
        for group in linked["target"].unique().sort()
    ]
    members = pl.concat([pl.DataFrame(schema={"target": pl.UInt32, "user": pl.UInt32}), *walks])
    users = forest.users.select(user="id", domain="domain")
    return (
        linked.join(members, on="target")
        .join(users, on=["user", "domain"])
        .with_columns(direct=pl.lit(value=False))
        .select([*links.columns, "user", "direct"])
    )


def effective_policy(forest: Forest, users: pl.DataFrame) -> pl.DataFrame:
    """Return `users` with `source` (DN of what rules them), `length` (characters) and `age` (null: never expires).

    `length` is null when nothing readable rules the account, `source` is null when its PSOs could not be read.
    """
    roots = forest.domains.select("domain", root="dn", root_length="minPwdLength", root_age="maxPwdAge")
    ruled = pl.col("pso").is_not_null()
    known = ~psos_unread(forest)
    return (
        users.join(winning_psos(forest), on="id", how="left", maintain_order="left")
        .join(roots, on="domain", how="left", maintain_order="left")
        .with_columns(
            source=pl.when(known).then(pl.coalesce("pso", "root")),
            length=pl.when(known).then(pl.when(ruled).then("pso_length").otherwise("root_length")),
            age=pl.when(known).then(pl.when(ruled).then("pso_age").otherwise("root_age")),
        )
    )


def with_tolerance(forest: Forest, accounts: pl.DataFrame) -> pl.DataFrame:
    """Return `accounts` with `tolerated`: true, false, or null when it cannot be told.

    Tolerated (reference 1.4): a managed service account; or an account that only has AES keys, ruled by a PSO asking
    more than 32 characters and a change every three years at most, with a password set after the PSO's last change.
    """
    types = pl.col(ENCRYPTION)
    only_aes = has_flag(ENCRYPTION, AES) & ~has_flag(ENCRYPTION, WEAK_ENCRYPTION)
    only_aes &= ~has_flag("userAccountControl", wk.UAC_DES_ONLY)
    if forest.gaps([f"attribute:{ENCRYPTION}"]):
        only_aes = pl.when(types.is_not_null()).then(only_aes)
    strong = (
        (pl.col("pso_length") > _TOLERATED_LENGTH)
        & (pl.col("pso_age") <= THREE_YEARS)
        & (pl.col("pwdLastSet") > pl.col("pso_changed"))
    ).fill_null(value=False)
    readable = pl.when(~psos_unread(forest)).then(strong)
    return accounts.join(winning_psos(forest), on="id", how="left", maintain_order="left").with_columns(
        tolerated=pl.col("class").is_in(MANAGED_CLASSES) | (only_aes & readable)
    )
