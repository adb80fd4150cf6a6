"""The Snapshot read as a forest: domains, memberships, privileged principals. Computed once, shared by all controls."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cached_property

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from rempart.directory import wellknown as wk
from rempart.directory.graph import ControlGraph, Ground, build
from rempart.directory.graph.descriptor import Descriptors, parse
from rempart.directory.names import dn_key, dn_keys
from rempart.directory.snapshot import Snapshot
from rempart.measurement.report import Gap
from rempart.measurement.text import Text

USER_CLASSES = ("user", "inetorgperson")
MANAGED_CLASSES = (
    "msds-managedserviceaccount",
    "msds-groupmanagedserviceaccount",
    "msds-delegatedmanagedserviceaccount",
)
ACCOUNT_CLASSES = (*USER_CLASSES, "computer", *MANAGED_CLASSES)


def has_flag(column: str, mask: int) -> pl.Expr:
    """Return whether any bit of `mask` is set in an integer column; an absent value has no bit set."""
    return (pl.col(column).fill_null(0) & mask) != 0


def rid_is(*rids: int) -> pl.Expr:
    """Return whether `objectSid` is a domain SID ending with one of `rids`."""
    return pl.col("objectSid").str.contains(rf"^S-1-5-21-\d+-\d+-\d+-(?:{'|'.join(map(str, rids))})$")


ENABLED = ~has_flag("userAccountControl", wk.UAC_DISABLED) & pl.col("userAccountControl").is_not_null()


class Forest:
    """One snapshot judged at one moment.

    Frames returned here are rows of `snapshot.objects`; principals are designated by their `id`.
    """

    def __init__(self, snapshot: Snapshot, at: datetime) -> None:
        self.snapshot = snapshot
        self.at = at
        self.objects = snapshot.objects

    # -- what the source could not show ---------------------------------------------------------------------------

    def gaps(self, topics: Iterable[str]) -> list[Gap]:
        """Return the gaps of the snapshot on any of these topics."""
        rows = self.snapshot.gaps.filter(pl.col("topic").is_in(list(topics)))
        return [
            Gap(topic=row["topic"], domain=row["domain"], reason=Text(fr=row["fr"], en=row["en"]))
            for row in rows.iter_rows(named=True)
        ]

    @cached_property
    def descriptors(self) -> Descriptors:
        """What the distinct security descriptors say; `objects` points at them by `sd`."""
        return parse(self.snapshot.descriptors)

    @cached_property
    def graph(self) -> ControlGraph:
        """Who controls what: the rights held, the links, and how the directory carries them on."""
        return build(
            Ground(
                objects=self.objects,
                descriptors=self.descriptors,
                grants=self.snapshot.grants,
                labels=self.objects.select("id", key=KEY, name=NAME),
                memberships=self.memberships,
                privileged=self.privileged,
                controllers=frozenset(self.domain_controllers["id"]),
            )
        )

    # -- domains and accounts -------------------------------------------------------------------------------------

    @cached_property
    def domains(self) -> pl.DataFrame:
        """The heads of the collected domains (class domainDNS, domain partition)."""
        return self.objects.filter(pl.col("class") == "domaindns", pl.col("partition") == "domain")

    @cached_property
    def users(self) -> pl.DataFrame:
        """User accounts, disabled ones included, managed service accounts left out."""
        return self.of_class(*USER_CLASSES)

    @cached_property
    def computers(self) -> pl.DataFrame:
        """Computer accounts, domain controllers included."""
        return self.of_class("computer")

    @cached_property
    def accounts(self) -> pl.DataFrame:
        """Users, computers and managed service accounts."""
        return self.of_class(*ACCOUNT_CLASSES)

    @cached_property
    def groups(self) -> pl.DataFrame:
        """Security and distribution groups."""
        return self.of_class("group")

    @cached_property
    def domain_controllers(self) -> pl.DataFrame:
        """Writable and read-only domain controllers: primary group 516 or 521, or their userAccountControl bits."""
        return self.computers.filter(
            pl.col("primaryGroupID").is_in([wk.DOMAIN_CONTROLLERS_RID, wk.READ_ONLY_DCS_RID])
            | has_flag("userAccountControl", wk.UAC_SERVER_TRUST | wk.UAC_PARTIAL_SECRETS)
        )

    @cached_property
    def read_only_dcs(self) -> pl.DataFrame:
        """Read-only domain controllers."""
        return self.domain_controllers.filter(
            (pl.col("primaryGroupID") == wk.READ_ONLY_DCS_RID) | has_flag("userAccountControl", wk.UAC_PARTIAL_SECRETS)
        )

    def of_class(self, *classes: str) -> pl.DataFrame:
        """Return the objects of the domain and configuration partitions whose class is one of `classes`."""
        return self.objects.filter(pl.col("class").is_in(classes))

    def rows(self, ids: Collection[int] | pl.Series) -> pl.DataFrame:
        """Return the objects with these ids, in id order."""
        return self.objects[np.unique(np.asarray(list(ids), dtype=np.int64))]

    def by_dn(self, dn: str) -> pl.DataFrame:
        """Return the object with this DN (one row), or an empty frame."""
        return self.objects.filter(pl.col("dn_key") == dn_key(dn))

    # -- groups ---------------------------------------------------------------------------------------------------

    @cached_property
    def memberships(self) -> pl.DataFrame:
        """Direct memberships `group`, `member` (ids), by `member` values and by primary group.

        A foreign security principal stands beside the account it stands for when that account was collected too.
        """
        listed = (
            self.objects.filter(pl.col("member").is_not_null())
            .select(group="id", dn=pl.col("member"))
            .explode("dn")
            .with_columns(dn_key=_keys(pl.col("dn")))
            .join(self.objects.select("dn_key", member="id"), on="dn_key")
            .select("group", "member")
        )
        primary = (
            self.accounts.filter(pl.col("primaryGroupID").is_not_null(), pl.col("objectSid").is_not_null())
            .select(
                member="id",
                sid=pl.col("objectSid").str.replace(r"-\d+$", "-") + pl.col("primaryGroupID").cast(pl.String),
            )
            .join(self.groups.select(sid="objectSid", group="id"), on="sid")
            .select("group", "member")
        )
        foreign = self.of_class("foreignsecurityprincipal").select(member="id", sid="objectSid")
        stand_ins = foreign.join(self.accounts_and_groups.select(sid="objectSid", real="id"), on="sid")
        resolved = listed.join(stand_ins, on="member").select("group", member="real")
        return pl.concat([listed, primary, resolved]).unique().sort("group", "member")

    @cached_property
    def accounts_and_groups(self) -> pl.DataFrame:
        """Everything with a SID that can be a member: accounts and groups."""
        return self.of_class(*ACCOUNT_CLASSES, "group")

    def members_of(self, groups: Collection[int] | pl.Series) -> set[int]:
        """Return the ids of all direct and nested members of these groups (loops are harmless), groups included.

        The starting groups themselves are in the result only when a loop brings them back.
        """
        starts = [int(group) for group in groups]
        if not starts:
            return set()
        size = self.objects.height
        edges = self.memberships
        source = np.concatenate([edges["group"].to_numpy(), np.full(len(starts), size)])
        target = np.concatenate([edges["member"].to_numpy(), np.array(starts)])
        graph = csr_array((np.ones(len(source), dtype=np.int8), (source, target)), shape=(size + 1, size + 1))
        reached = breadth_first_order(graph, size, directed=True, return_predecessors=False)
        found = {int(node) for node in reached if node != size}
        looped = set(edges.filter(pl.col("group").is_in(list(found)))["member"])
        return found - (set(starts) - looped)

    # -- privileged principals (reference 1.4) ----------------------------------------------------------------------

    @cached_property
    def privileged_groups(self) -> pl.DataFrame:
        """The groups ANSSI holds privileged, found by SID."""
        return self.groups.filter(pl.col("objectSid").is_in(list(wk.PRIVILEGED_BUILTIN)) | rid_is(*wk.PRIVILEGED_RIDS))

    @cached_property
    def privileged(self) -> frozenset[int]:
        """Ids of every privileged principal: the groups, all their nested members, and RID 500."""
        groups = self.privileged_groups["id"]
        administrator = self.users.filter(rid_is(wk.ADMINISTRATOR_RID))["id"]
        return frozenset({*groups, *self.members_of(groups), *administrator})

    @cached_property
    def privileged_accounts(self) -> pl.DataFrame:
        """Privileged accounts (users, computers, managed accounts), domain controllers left out, disabled included."""
        controllers = set(self.domain_controllers["id"])
        return self.accounts.filter(pl.col("id").is_in(list(self.privileged - controllers)))

    # -- subjects ---------------------------------------------------------------------------------------------------

    def subjects(self, rows: pl.DataFrame, attribute: str = "", value: pl.Expr | None = None) -> pl.DataFrame:
        """Return a frame of subjects: key, name, dn, attribute and its value as text.

        `rows` are rows of `objects`. `value` defaults to the column named by `attribute`.
        """
        shown = value if value is not None else pl.col(attribute) if attribute else pl.lit("")
        return rows.with_columns(shown_=shown).select(
            key=KEY,
            name=NAME,
            dn=pl.col("dn"),
            attribute=pl.lit(attribute),
            value=_as_text(pl.col("shown_"), rows.select(shown_=shown).schema["shown_"]),
        )


KEY = pl.coalesce(
    pl.when(pl.col("objectSid").str.starts_with("S-1-5-21-"))
    .then("objectSid")
    .otherwise(pl.col("domain") + "/" + pl.col("objectSid")),
    "objectGUID",
    "dn_key",
)
"""The stable identity of an object: its SID (with the domain for built-in ones), else its GUID, else its DN."""

NAME = pl.coalesce(
    "sAMAccountName", "displayName", "name", "cn", pl.col("dn").str.extract(r"^[^=]+=((?:\\.|[^,\\])*)", 1), "dn"
)
"""The name people know an object by."""


def _keys(dns: pl.Expr) -> pl.Expr:
    return dns.map_batches(dn_keys, return_dtype=pl.String)


def _as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List):
        return column.cast(pl.List(pl.String)).list.join(" ; ").fill_null("")
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%SZ").fill_null("")
    if isinstance(dtype, pl.Binary):
        return column.bin.encode("hex").fill_null("")
    return column.cast(pl.String).fill_null("")
