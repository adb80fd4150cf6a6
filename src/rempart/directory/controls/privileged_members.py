"""Warnings about who is privileged: too many, strangers, the departed, groups to keep empty. Never scored.

ANSSI publishes the names of these items, not their rules: the rules here are ours, and each catalogue entry says so.
"""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.controls.collection import member_subjects
from rempart.directory.doubts import absent, opaque, privilege_unread, settle, unread
from rempart.directory.forest import KEY, MANAGED_CLASSES, USER_CLASSES, Forest, has_flag, rid_is
from rempart.directory.graph.descriptor import PROTECTED
from rempart.directory.names import DOMAIN, dn_keys
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_FEW = 10
_MONTH = timedelta(days=30)
_HISTORY = "msDS-ReplValueMetaData"
_TO_KEEP_EMPTY = [f"S-1-5-32-{rid}" for rid in range(548, 553)]
_TO_KEEP_EMPTY_RIDS = (518, 526, 527)
_LOCAL_POWERS = [f"S-1-5-32-{rid}" for rid in (555, 556, 557, 562, 569, 578, 580, 582)]
"""Remote desktop, network configuration, incoming trusts, DCOM, cryptography, Hyper-V, remote management, storage."""
_POLICY_CREATORS_RID = 520
_ENTERPRISE_RIDS = (518, 519, 527)
_FOREIGN = r"(?i)^CN=S-1-[\d-]+,CN=ForeignSecurityPrincipals,"
_NO_HISTORY = Text(
    fr="aucun groupe privilégié ne montre l'historique de ses membres (msDS-ReplValueMetaData)",
    en="no privileged group shows the history of its members (msDS-ReplValueMetaData)",
)
_GROUPS = Text(fr="groupes à garder vides", en="groups to keep empty")


@control("warning_logonscript_priv")
def logon_scripts(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the privileged accounts with a logon script: none."""
    accounts = forest.privileged_accounts
    scripted = accounts.filter(pl.col("scriptPath").str.strip_chars() != "")
    yield settle(entry, forest.subjects(scripted, "scriptPath"), privilege_unread(forest), opaque(accounts))


@control("warning_spn_priv")
def service_names(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the privileged users and managed accounts with a service name: none, even those the point tolerates."""
    accounts = forest.privileged_accounts.filter(pl.col("class").is_in([*USER_CLASSES, *MANAGED_CLASSES]))
    named = accounts.filter(pl.col("servicePrincipalName").list.len() > 0)
    yield settle(entry, forest.subjects(named, "servicePrincipalName"), privilege_unread(forest), opaque(accounts))


@control("warning_privileged_members")
def many_members(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge how many accounts are privileged in each domain: ten at most, RID 500 aside."""
    counted = forest.privileged_accounts.filter(~rid_is(wk.ADMINISTRATOR_RID).fill_null(value=False))
    crowded = counted.filter(pl.len().over("domain") > _FEW)
    yield settle(
        entry,
        forest.subjects(crowded, "sAMAccountName"),
        privilege_unread(forest),
        measured={"accounts": counted.height, "limit": _FEW},
    )


@control("warning_privileged_members_builtin_notpriv")
def local_powers(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the ordinary members of built-in groups that have powers over controllers: none."""
    groups = forest.groups.filter(
        pl.col("objectSid").is_in(_LOCAL_POWERS) | rid_is(_POLICY_CREATORS_RID).fill_null(value=False)
    )
    known = forest.rows(forest.privileged).select(KEY).to_series()
    members = member_subjects(forest, groups).filter(~pl.col("key").is_in(known.implode()))
    yield settle(entry, members, privilege_unread(forest))


@control("warning_privileged_members_expired_disabled")
def departed_members(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the privileged accounts that are disabled or expired, RID 500 aside: none."""
    accounts = forest.privileged_accounts.filter(~rid_is(wk.ADMINISTRATOR_RID).fill_null(value=False))
    disabled = accounts.filter(has_flag("userAccountControl", wk.UAC_DISABLED))
    expired = accounts.filter(pl.col("accountExpires") < forest.at)
    yield settle(
        entry,
        pl.concat([forest.subjects(disabled, "userAccountControl"), forest.subjects(expired, "accountExpires")]),
        privilege_unread(forest),
        unread(accounts, "userAccountControl"),
    )


@control("warning_privileged_members_foreign")
def foreign_members(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the members of privileged groups, nested ones included, that come from another domain: none.

    The enterprise groups of the root are members of other domains' groups by default.
    """
    groups = forest.rows(forest.privileged).filter(pl.col("class") == "group")
    homes = groups.select(value="dn", home="domain")
    enterprise = forest.groups.filter(rid_is(*_ENTERPRISE_RIDS)).select(KEY).to_series()
    members = (
        member_subjects(forest, groups)
        .join(homes, on="value")
        .with_columns(dn_key=pl.col("dn").map_batches(dn_keys, return_dtype=pl.String))
        .with_columns(from_=DOMAIN)
        .filter(
            pl.col("dn").str.contains(_FOREIGN) | (pl.col("from_") != pl.col("home")),
            ~pl.col("key").is_in(enterprise.implode()),
        )
        .select("key", "name", "dn", "attribute", "value")
    )
    yield settle(entry, members, privilege_unread(forest))


@control("warning_privileged_members_no_adminsdholder")
def unprotected_members(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the privileged accounts whose rights are inherited, as if AdminSDHolder did not protect them: none."""
    heads = forest.descriptors.heads.filter("readable").select("sd", cut=pl.col("control") & PROTECTED != 0)
    accounts = forest.privileged_accounts.join(heads, on="sd", how="left", maintain_order="left").with_columns(
        cut=pl.coalesce("cut", "isAclProtected")
    )
    yield settle(
        entry,
        forest.subjects(accounts.filter(~pl.col("cut")), "nTSecurityDescriptor", pl.lit("")),
        privilege_unread(forest),
        unread(accounts.with_columns(nTSecurityDescriptor="cut"), "nTSecurityDescriptor"),
    )


@control("warning_privileged_members_not_empty")
def crowded_groups(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the groups that only serve during an operation: no direct member but the built-in Administrator."""
    operators = forest.groups.filter(pl.col("objectSid").is_in(_TO_KEEP_EMPTY))
    kept = forest.groups.filter(rid_is(*_TO_KEEP_EMPTY_RIDS))
    members = member_subjects(forest, pl.concat([operators, kept]))
    strangers = members.filter(~pl.col("key").str.contains(r"^S-1-5-21-\d+-\d+-\d+-500$"))
    yield settle(entry, strangers, privilege_unread(forest), absent(forest, operators, _GROUPS))


@control("info_privileged_members_recent_changes")
def recent_changes(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the members that entered or left privileged groups in the last 30 days (MS-ADTS 3.1.1.4.5.20)."""
    groups = forest.rows(forest.privileged).filter(pl.col("class") == "group", pl.col(_HISTORY).list.len() > 0)
    changes = _changes(groups).filter(pl.col("moment") >= forest.at - _MONTH)
    subjects = changes.join(
        forest.objects.select("dn_key", found=KEY, shown="sAMAccountName"), on="dn_key", how="left"
    ).select(
        key=pl.coalesce("found", "dn_key"),
        name=pl.coalesce("shown", "member_dn"),
        dn="member_dn",
        attribute=pl.lit("member"),
        value=pl.concat_str(
            pl.when(pl.col("gone")).then(pl.lit("−")).otherwise(pl.lit("+")),
            pl.col("moment").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "group",
            separator=" ",
        ),
    )
    yield settle(entry, subjects, privilege_unread(forest), None if groups.height else _NO_HISTORY)


def _changes(groups: pl.DataFrame) -> pl.DataFrame:
    """Return one row per membership these groups remember: group, member_dn, dn_key, moment, gone.

    The server writes each as XML; a member that left keeps its line, with the date it was removed.
    """
    line = pl.col("line")
    dn = line.str.extract(r"<pszObjectDn>([^<]*)</pszObjectDn>").str.replace_many(
        ["&lt;", "&gt;", "&quot;", "&apos;", "&amp;"], ["<", ">", '"', "'", "&"]
    )
    return (
        groups.select(group="dn", line=_HISTORY)
        .explode("line")
        .filter(line.str.contains("<pszAttributeName>member</pszAttributeName>", literal=True))
        .with_columns(
            member_dn=dn,
            moment=line.str.extract(r"<ftimeLastOriginatingChange>([^<Z]*)Z?</").str.to_datetime(
                "%Y-%m-%dT%H:%M:%S", time_unit="us", time_zone="UTC", strict=False
            ),
            gone=~line.str.contains(r"<ftimeDeleted>(?:1601-01-01|</)"),
        )
        .drop_nulls(["member_dn", "moment"])
        .with_columns(dn_key=pl.col("member_dn").map_batches(dn_keys, return_dtype=pl.String))
    )
