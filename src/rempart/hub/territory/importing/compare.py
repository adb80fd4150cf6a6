"""What a reading would change: a pure comparison of columns, whose answer is both the report and what is written."""

from dataclasses import dataclass, replace

import polars as pl

from rempart.hub.territory.importing.flaws import Rule, sift
from rempart.hub.territory.importing.frames import ENTITIES, GHTS, MEMBERS, SITES, Reading

KINDS = ("created", "changed", "closed", "merged", "reopened")
DETAILS = ("table", "key", "kind", "field", "before", "after")
TABLES = {"entities": (ENTITIES, "finess"), "sites": (SITES, "finess"), "ghts": (GHTS, "code")}
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Change:
    """What happens to one table: rows to insert, rows to update, what they become field by field, how many stay."""

    created: pl.DataFrame
    updated: pl.DataFrame
    details: pl.DataFrame
    unchanged: int

    def count(self, kind: str) -> int:
        """Return how many rows have that fate."""
        return self.details.filter(pl.col("kind") == kind)["key"].n_unique()


@dataclass(frozen=True)
class Plan:
    """What an import would do, table by table; memberships that end keep their row."""

    reading: Reading
    tables: dict[str, Change]
    joined: pl.DataFrame
    left: pl.DataFrame
    stayed: int
    flaws: pl.DataFrame
    known: dict[str, int]
    nameless: bool
    """Whether a record could not be named, so that nothing was closed for being absent."""

    @property
    def closing_share(self) -> float:
        """The largest share of a table's open rows that this import would close."""
        shares = (
            (change.count("closed") + change.count("merged")) / self.known[name]
            for name, change in self.tables.items()
            if self.known[name]
        )
        return max(shares, default=0.0)


def compare(current: Frames, reading: Reading, *, close_absent: bool) -> Plan:
    """Return what `reading` would change in `current` (frames of `entities`, `sites`, `ghts`, `members`).

    A row whose record was refused is not absent; when a record cannot even be named, no absent row is closed.
    """
    nameless = not reading.flaws.filter(pl.col("key") == "").is_empty()
    close_absent = close_absent and not nameless
    entities = _incoming(current["entities"], reading.entities, "entities", reading, close_absent=close_absent)
    sites, site_flaws = _owned(reading, current["entities"])
    told = replace(reading, flaws=pl.concat([reading.flaws, site_flaws]))
    sites = _incoming(current["sites"], sites, "sites", told, close_absent=close_absent)
    entities = _taken_over(current, entities, sites)
    ghts = _incoming(current["ghts"], reading.ghts, "ghts", reading, close_absent=close_absent)
    after = {"entities": entities, "sites": sites, "ghts": ghts}
    tables = {name: _change(current[name], frame, name) for name, frame in after.items()}
    members, member_flaws = _memberships(reading, after["entities"], current["entities"])
    joined, left, stayed = _moves(current["members"], members, reading, close_absent=close_absent)
    return Plan(
        reading=reading,
        tables=tables,
        joined=joined,
        left=left,
        stayed=stayed,
        flaws=pl.concat([reading.flaws, site_flaws, member_flaws]),
        known={name: len(current[name].filter(pl.col("life") == "active")) for name in tables},
        nameless=nameless,
    )


def _incoming(
    current: pl.DataFrame, incoming: pl.DataFrame, table: str, reading: Reading, *, close_absent: bool
) -> pl.DataFrame:
    """Return the rows as they should become: what the file says, what it must not overrule, and the absent."""
    columns, key = TABLES[table]
    fills = table in reading.fills
    merged = incoming.select(columns).join(current, on=key, how="left", suffix="_now", maintain_order="left")
    known = pl.col("life_now").is_not_null()
    rows = merged.with_columns(*(_kept(column, known=known, fills=fills) for column in columns if column != key))
    if "successor" in columns:
        rows = _still_merged(rows)
    rows = rows.select(columns)
    if not (close_absent and table in reading.complete):
        return rows
    refused = reading.flaws.select(pl.col("key").alias(key))
    told = pl.concat([incoming.select(key), refused])
    gone = current.filter(pl.col("life") == "active").join(told, on=key, how="anti")
    closing = {"life": pl.lit("closed")} | ({"closed_on": pl.lit(reading.as_of)} if "closed_on" in columns else {})
    return pl.concat([rows, gone.with_columns(**closing).select(columns)])


def _kept(column: str, *, known: pl.Expr, fills: bool) -> pl.Expr:
    """Return a field's new value: a survey fills blanks only; a closing day once known is not lost."""
    now = pl.col(f"{column}_now")
    new = pl.col(column)
    if fills:
        return pl.when(known & ((now != "") | (column in {"life", "closed_on", "successor"}))).then(now).otherwise(new)
    if column == "closed_on":
        return pl.when(known & (new == "") & (pl.col("life") != "active")).then(now).otherwise(new).alias(column)
    return new


def _still_merged(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep a merger that was known when the file only says that the entity is closed."""
    known = (pl.col("life") == "closed") & (pl.col("life_now") == "merged")
    return rows.with_columns(
        life=pl.when(known).then(pl.lit("merged")).otherwise("life"),
        successor=pl.when(known).then("successor_now").otherwise("successor"),
    )


def _owned(reading: Reading, entities: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the sites whose legal entity is known, and the flaws of the others."""
    owners = pl.concat([entities["finess"], reading.entities["finess"]]).unique().implode()
    rule = Rule("owner", ~pl.col("legal_entity").is_in(owners), pl.col("legal_entity"))
    return sift(reading.sites, [rule], file=reading.source, key="finess", part="sites")


def _taken_over(current: Frames, entities: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """Mark as merged an entity that closes while all the sites it had now belong to one other, open entity."""
    open_now = current["entities"].filter(pl.col("life") == "active").select("finess")
    closing = entities.filter(pl.col("life") == "closed").join(open_now, on="finess", how="semi")
    had = current["sites"].filter(pl.col("life") == "active").select("finess", before="legal_entity")
    moves = (
        had.join(closing.select(before="finess"), on="before", how="semi")
        .join(sites.select("finess", "legal_entity"), on="finess", how="left")
        .group_by("before")
        .agg(heirs=pl.col("legal_entity").n_unique(), heir=pl.col("legal_entity").first())
        .filter((pl.col("heirs") == 1) & (pl.col("heir") != pl.col("before")))
        .join(entities.filter(pl.col("life") == "active").select(heir="finess"), on="heir", how="semi")
    )
    found = entities.join(moves, left_on="finess", right_on="before", how="left", maintain_order="left")
    merged = pl.col("heir").is_not_null()
    return found.with_columns(
        life=pl.when(merged).then(pl.lit("merged")).otherwise("life"),
        successor=pl.when(merged).then("heir").otherwise("successor"),
    ).select(entities.columns)


def _change(current: pl.DataFrame, after: pl.DataFrame, table: str) -> Change:
    columns, key = TABLES[table]
    created = after.join(current, on=key, how="anti")
    both = after.join(current, on=key, how="inner", suffix="_now", maintain_order="left")
    fields = [column for column in columns if column != key]
    differs = pl.any_horizontal(*(pl.col(field) != pl.col(f"{field}_now") for field in fields))
    updated = both.filter(differs).with_columns(kind=_kind())
    details = [_detail(updated, field, table, key) for field in fields]
    new = created.select(
        table=pl.lit(table), key=key, kind=pl.lit("created"), field=pl.lit("name"), before=pl.lit(""), after="name"
    )
    return Change(created, updated.select(columns), pl.concat([new, *details]), len(both) - len(updated))


def _kind() -> pl.Expr:
    life, now = pl.col("life"), pl.col("life_now")
    return pl.when(life == now).then(pl.lit("changed")).when(life == "active").then(pl.lit("reopened")).otherwise(life)


def _detail(updated: pl.DataFrame, field: str, table: str, key: str) -> pl.DataFrame:
    changed = updated.filter(pl.col(field) != pl.col(f"{field}_now"))
    return changed.select(
        table=pl.lit(table), key=key, kind="kind", field=pl.lit(field), before=f"{field}_now", after=field
    )


def _memberships(reading: Reading, after: pl.DataFrame, current: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the memberships that can stand, and the flaws of the others."""
    lives = pl.concat([after.select("finess", "life"), current.select("finess", "life")]).unique("finess", keep="first")
    active = lives.filter(pl.col("life") == "active")["finess"].implode()
    codes = reading.ghts.filter(pl.col("life") == "active")["code"].implode()
    support = pl.col("role") == "S"
    rules = [
        Rule("ght", ~pl.col("ght").is_in(codes), pl.col("ght")),
        Rule("member_closed", ~pl.col("legal_entity").is_in(active), pl.col("legal_entity")),
        Rule("two_ghts", ~pl.col("legal_entity").is_first_distinct(), pl.col("legal_entity")),
        Rule("two_supports", support & (support.cum_sum().over("ght") > 1), pl.col("legal_entity")),
    ]
    good, flaws = sift(reading.members, rules, file=reading.source, key="ght", part="gcc.pmejDuGcc")
    return good.select(MEMBERS), flaws


def _moves(
    current: pl.DataFrame, members: pl.DataFrame, reading: Reading, *, close_absent: bool
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return the memberships to open, those to end, and how many stay.

    One ends when its entity appears elsewhere or in another role, and when its group is told whole without it: a group
    with a member nobody can identify is not told whole.
    """
    joined = members.join(current, on=list(MEMBERS), how="anti")
    stays = current.join(members, on=list(MEMBERS), how="semi")
    elsewhere = current.join(stays, on="legal_entity", how="anti").join(members, on="legal_entity", how="semi")
    left = elsewhere
    if close_absent and "ghts" in reading.complete:
        unsure = reading.flaws.filter(pl.col("part") == "gcc.pmejDuGcc")["key"].implode()
        gone = current.join(members, on="legal_entity", how="anti").filter(~pl.col("ght").is_in(unsure))
        left = pl.concat([elsewhere, gone])
    return joined, left.unique(maintain_order=True), len(stays)
