"""What the collection itself must show: the objects everything rests on, and the privileged accounts in full."""

from collections.abc import Iterator

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.doubts import absent, privilege_unread, settle
from rempart.directory.forest import KEY, Forest, rid_is
from rempart.directory.names import dn_key
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_DOMAIN_RIDS = {
    wk.ADMINISTRATOR_RID: "Administrateur (RID 500)",
    wk.KRBTGT_RID: "krbtgt (RID 502)",
    512: "Admins du domaine (RID 512)",
}
_NAMED = 3
_WITHOUT_SYSTEM = "sharphound"
_SYSTEM = Text(fr="conteneur CN=System", en="CN=System container")
_SCHEMA_ADMINS_RID = 518
_ROOT_RIDS = {518: "Administrateurs du schéma (RID 518)", 519: "Administrateurs de l'entreprise (RID 519)"}
_NO_DESCRIPTOR = Text(
    fr="la source ne donne aucun descripteur de sécurité : rien ne dit si ceux des comptes privilégiés sont lisibles",
    en="the source gives no security descriptor: nothing tells whether those of privileged accounts are readable",
)


def judge_what_was_read(
    entry: Control, failed: pl.DataFrame, unread: pl.DataFrame, *doubts: Text | None, level: int | None = None
) -> Verdict:
    """Return failed when there are subjects; else not evaluated when something was not read; else satisfied.

    `failed` is a frame of subjects, `unread` are rows of objects that lack the value the control rests on, `doubts` are
    other reasons to hold a pass back.
    """
    return settle(entry, failed, _silence(unread), *doubts, level=level)


def _silence(unread: pl.DataFrame) -> Text | None:
    if not unread.height:
        return None
    names = ", ".join(unread.sort("dn_key")["dn"].head(_NAMED))
    more = unread.height - _NAMED
    return Text(
        fr=f"valeur absente ou illisible sur {names}" + (f" et {more} autres objets" if more > 0 else ""),
        en=f"value absent or unreadable on {names}" + (f" and {more} other objects" if more > 0 else ""),
    )


def system_unread(forest: Forest) -> Text | None:
    """Return the doubt left by a domain that shows nothing under CN=System, where trusts and settings live.

    SharpHound never shows that container, but gives trusts apart; what it lacks is told by its gaps.
    """
    if forest.snapshot.manifest.source == _WITHOUT_SYSTEM:
        return None
    return absent(forest, forest.objects.filter(pl.col("dn_key").str.contains(r",cn=system,dc=")), _SYSTEM)


def root_domains(forest: Forest) -> dict[str, str]:
    """Return the root domain of each domain read, by DNS name; a domain whose root cannot be told is left out.

    A root is a domain a configuration partition hangs from; a source may hold several forests. Without that partition,
    a root shows by its Schema Admins group (RID 518), which no other domain has.
    """
    hanging = forest.objects.filter(pl.col("partition") == "configuration")["domain"]
    roots = set(hanging) or set(forest.groups.filter(rid_is(_SCHEMA_ADMINS_RID))["domain"])
    domains = forest.domains["domain"]
    if len(roots) == 1:
        return dict.fromkeys(domains, roots.pop())
    nearest = {name: [root for root in roots if f".{name}".endswith(f".{root}")] for name in domains}
    return {name: max(above, key=len) for name, above in nearest.items() if above}


@control("vuln_critical_objects")
def critical_objects(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether AdminSDHolder, krbtgt, RID 500, 512, 518 and 519 were collected in every domain read."""
    roots = root_domains(forest)
    rids = [*_DOMAIN_RIDS, *_ROOT_RIDS]
    present = set(forest.accounts_and_groups.filter(rid_is(*rids))["objectSid"])
    keys = set(forest.objects.filter(pl.col("dn_key").str.starts_with("cn=adminsdholder,cn=system,"))["dn_key"])
    missing: list[tuple[str, str, str]] = []
    # One turn per domain of the forest, a handful at most
    for head in forest.domains.select("dn", "domain", "objectSid").iter_rows(named=True):
        wanted = _DOMAIN_RIDS | (_ROOT_RIDS if roots.get(head["domain"]) == head["domain"] else {})
        for rid, name in wanted.items():
            sid = f"{head['objectSid'] or head['domain']}-{rid}"
            if sid not in present:
                missing.append((sid, f"{name}, {head['domain']}", head["dn"]))
        holder = f"CN=AdminSDHolder,CN=System,{head['dn']}"
        if dn_key(holder) not in keys:
            missing.append((dn_key(holder), f"AdminSDHolder, {head['domain']}", holder))
    subjects = pl.DataFrame(missing, schema={"key": pl.String, "name": pl.String, "dn": pl.String}, orient="row")
    yield entry.judge(subjects.with_columns(attribute=pl.lit(""), value=pl.lit("")))


@control("vuln_sd_failed_sd_read_on_priv")
def privileged_unread(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether the descriptor and userAccountControl of every privileged account could be read.

    pwdLastSet is left aside: 0 (« must change at next logon ») and absence cannot be told apart once decoded.
    """
    if not forest.snapshot.descriptors.height:
        yield entry.not_evaluated(_NO_DESCRIPTOR)
        return
    accounts = forest.privileged_accounts
    unread = [
        forest.subjects(accounts.filter(pl.col(column).is_null())).with_columns(attribute=pl.lit(attribute))
        for column, attribute in (("sd", "nTSecurityDescriptor"), ("userAccountControl", "userAccountControl"))
    ]
    yield settle(entry, pl.concat(unread), privilege_unread(forest))


def member_subjects(forest: Forest, group: pl.DataFrame) -> pl.DataFrame:
    """Return one subject per direct member of the groups (rows of objects); `value` is the DN of the group.

    Members listed by the group but not collected are kept, known by their DN only.
    """
    listed = (
        group.filter(pl.col("member").is_not_null())
        .select(group=pl.col("dn"), member_dn=pl.col("member"))
        .explode("member_dn")
        .with_columns(dn_key=pl.col("member_dn").map_elements(dn_key, return_dtype=pl.String))
        .join(forest.objects.select("dn_key", "sAMAccountName", found=KEY), on="dn_key", how="left")
    )
    primary = (
        forest.memberships.join(group.select(group="id", group_dn="dn"), on="group")
        .join(forest.objects.select("dn", "dn_key", "sAMAccountName", member="id", found=KEY), on="member")
        .select(group="group_dn", member_dn="dn", dn_key="dn_key", sAMAccountName="sAMAccountName", found="found")
    )
    return (
        pl.concat([listed.select(primary.columns), primary])
        .unique(["group", "dn_key"], keep="first", maintain_order=True)
        .select(
            key=pl.coalesce("found", "dn_key"),
            name=pl.coalesce("sAMAccountName", pl.col("member_dn").str.extract(r"^[^=]+=((?:\\.|[^,\\])*)", 1)),
            dn="member_dn",
            attribute=pl.lit("member"),
            value="group",
        )
    )
