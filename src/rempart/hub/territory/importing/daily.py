"""The daily FINESS file (`finess-structures-journalier-AAAAMMJJ.json`): legal entities, their sites, groupings.

The schema published in December 2025 and the files seen since March 2026 differ: `pm_smsseId` or `pmSmsseId`,
`informationsGeneralesPmej` or `...PMEJ`, codes as objects or as plain strings, a state inside or outside. Names are
compared without capitals and underscores, and a code is taken wherever it stands. GHT are groupings of type 001.
"""

import re
from collections.abc import Callable
from typing import Any

import polars as pl

from rempart.hub.territory.importing.flaws import FINESS, NAME, Rule, sift, twice
from rempart.hub.territory.importing.frames import ENTITIES, FLAWS, GHTS, MEMBERS, SITES, Reading, schema
from rempart.hub.territory.importing.stream import members as walk
from rempart.hub.territory.importing.survey import ght_rules
from rempart.hub.territory.reference import departments, statuses
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

GHT = "001"
_ENTITY = ("line", "id", "finess", "name", "commune", "legal_status", "siren", "category", "state", "closed_on", "next")
_SITE = ("line", "finess", "legal_entity", "name", "commune", "commune_name", "siret", "category", "state", "closed_on")
_MEMBER = ("line", "code", "id", "role")
_GHT = ("line", "code", "name", "state")
_STATES = {"A": "active", "I": "closed"}
_DAY = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"
_DEPARTMENT = Rule("department", pl.col("department").is_null(), pl.col("commune"))
_STATE = Rule("state", pl.col("life").is_null(), pl.col("state"))
_DATE = Rule("date", ~pl.col("closed_on").str.contains(_DAY), pl.col("closed_on"))
Row = tuple[int | str, ...]


class _Tables:
    """The rows met so far, and the records whose shape is not understood."""

    def __init__(self) -> None:
        self.entities: list[Row] = []
        self.sites: list[Row] = []
        self.ghts: list[Row] = []
        self.members: list[Row] = []
        self.shapeless: list[Row] = []


def read(text: str, file: str, as_of: str) -> Reading:
    """Return what a daily file says; its own date is the day it tells of, else `as_of`.

    Raises:
        InputError: not JSON, or not of this form.

    """
    tables = _Tables()
    takers: dict[str, Callable[[_Tables, int, dict[str, Any]], None]] = {"pmej": _take_entity, "gcc": _take_group}
    # A loop: each record is a nested object whose shape varies from one publication to the next.
    met: set[str] = set()
    for key, number, value in walk(text, file):
        met.add(key)
        if key == "generatedAt":
            as_of = str(value)[:10]
        elif key in takers:
            try:
                takers[key](tables, number, _plain(value))
            except (TypeError, AttributeError):
                tables.shapeless.append((file, key, number, "", "shape", str(value)[:40]))
    if not met & set(takers):
        raise InputError(
            Text(
                fr="ce JSON n’a ni entités (pmej) ni groupements (gcc)",
                en="this JSON has neither entities (pmej) nor groupings (gcc)",
            ),
            file,
        )
    return _reading(tables, file, as_of)


def _plain(record: object) -> dict[str, Any]:
    """Return a record with its names in one form: without capitals or underscores."""
    if not isinstance(record, dict):
        raise TypeError("a record is an object")
    return {name.replace("_", "").lower(): value for name, value in record.items()}


def _code(value: object) -> str:
    """Return a code, whether plain or in an object; the empty string when there is none."""
    if isinstance(value, dict):
        value = value.get("code")
    return "" if value is None else str(value).strip()


def _day(value: object) -> str:
    return _code(value)[:10]


def _take_entity(tables: _Tables, number: int, record: dict[str, Any]) -> None:
    facts = record | _plain(record.get("informationsgeneralespmej") or {})
    finess = _code(facts.get("numfinesspm"))
    commune, _name = _place(record)
    tables.entities.append(
        (
            number, _code(facts.get("pmsmsseid")), finess,
            _code(facts.get("denominationlonguepmsmsse")) or _code(facts.get("denominationpm")),
            commune, _code(facts.get("statutjuridique")), _code(facts.get("siren")),
            _code(facts.get("categorieentitegeographiqueexercice")), _state(record, facts),
            _day(facts.get("datefermeture")), _next(record, _code(facts.get("pmsmsseid"))),
        )
    )  # fmt: skip
    for site in record.get("ege") or []:
        _take_site(tables, number, finess, _plain(site))


def _take_site(tables: _Tables, number: int, owner: str, record: dict[str, Any]) -> None:
    facts = record | _plain(record.get("informationsgeneralesege") or {})
    commune, name = _place(record)
    tables.sites.append(
        (
            number, _code(facts.get("numfinessege")), owner,
            _code(facts.get("nomegelong")) or _code(facts.get("nomegecourt")), commune, name,
            _code(facts.get("siret")), _code(facts.get("categorieentitegeographiqueexercice")),
            _state(record, facts), _day(facts.get("datefermeture")),
        )
    )  # fmt: skip


def _take_group(tables: _Tables, number: int, record: dict[str, Any]) -> None:
    if _code(record.get("typegcc")) != GHT:
        return
    code = _code(record.get("gccidentifiantexterne"))
    tables.ghts.append((number, code, _code(record.get("nomgcc")), _state(record, record) or "A"))
    for member in record.get("pmejdugcc") or []:
        facts = _plain(member)
        tables.members.append((number, code, _code(facts.get("pmsmsseid")), _code(facts.get("typeroleentitegroupe"))))


def _state(record: dict[str, Any], facts: dict[str, Any]) -> str:
    """Return A or I as written: of the record itself, else among its facts."""
    for holder in (record, facts):
        for name in ("etatobjet", "etatactif"):
            if _code(holder.get(name)):
                return _code(holder[name])
    return ""


def _place(record: dict[str, Any]) -> tuple[str, str]:
    """Return the INSEE commune and its name, from the first address that gives one."""
    addresses = [_plain(address) for address in record.get("adresse") or []]
    found = next((address for address in addresses if _code(address.get("cogcommune"))), {})
    name = re.sub(r"^[0-9]{5}\s+", "", _code(found.get("ligneacheminement")))
    return _code(found.get("cogcommune")), name


def _next(record: dict[str, Any], own: str) -> str:
    """Return the other legal entity that the last event names: the one that took over, when this one is closed."""
    others = [
        (_day(event.get("dateevenement")), other)
        for event in map(_plain, record.get("evenement") or [])
        for other in (_code(event.get("identifiantobjet1")), _code(event.get("identifiantobjet2")))
        if other and other != own and _code(event.get("typeobjet1")) == _code(event.get("typeobjet2"))
    ]
    return max(others)[1] if others else ""


def _reading(tables: _Tables, file: str, as_of: str) -> Reading:
    entities, ids, entity_flaws = _entities(_frame(tables.entities, _ENTITY), file)
    sites, site_flaws = _sites(_frame(tables.sites, _SITE), file)
    ghts, ght_flaws = _ghts(_frame(tables.ghts, _GHT), file)
    members, member_flaws = _members(_frame(tables.members, _MEMBER), ids, file)
    shapeless = pl.DataFrame(tables.shapeless, schema=schema(FLAWS), orient="row")
    return Reading(
        source=file,
        as_of=as_of,
        flaws=pl.concat([shapeless, entity_flaws, site_flaws, ght_flaws, member_flaws]),
        members=members,
        entities=entities,
        sites=sites,
        ghts=ghts,
        complete=frozenset(
            name for name, frame in (("entities", entities), ("sites", sites), ("ghts", ghts)) if len(frame)
        ),
    )


def _frame(rows: list[Row], columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema(columns), orient="row")


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return records with their département, state and the form names and dates have here."""
    commune = pl.col("commune")
    overseas = commune.str.contains("^9[78]")
    code = pl.when(overseas).then(commune.str.slice(0, 3)).otherwise(commune.str.slice(0, 2))
    known = departments().select("department", code="department")
    life = pl.col("state").replace_strict(_STATES, default=None)
    return (
        frame.with_columns(code=code, life=life, name=pl.col("name").str.slice(0, 200))
        .join(known, on="code", how="left", maintain_order="left")
        .with_columns(closed_on=pl.when(pl.col("life") == "closed").then("closed_on").otherwise(pl.lit("")))
    )


def _entities(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the good entities, FINESS's inner number of each, and the flaws."""
    whole = _placed(frame).join(statuses(), on="legal_status", how="left", maintain_order="left")
    status = Rule("legal_status", pl.col("status").is_null(), pl.col("legal_status"))
    rules = [FINESS, twice("finess"), NAME, _STATE, _DATE, _DEPARTMENT, status]
    good, flaws = sift(whole, rules, file=file, key="finess", part="pmej")
    ids = good.filter(pl.col("id") != "").unique("id", keep="first").select("id", "finess")
    heirs = good.filter(pl.col("life") == "active").select(next="id", successor="finess").unique("next", keep="first")
    merged = (pl.col("life") == "closed") & pl.col("successor").is_not_null()
    good = good.join(heirs, on="next", how="left", maintain_order="left").with_columns(
        life=pl.when(merged).then(pl.lit("merged")).otherwise("life"),
        successor=pl.when(merged).then("successor").otherwise(pl.lit("")),
    )
    return good.select(*ENTITIES, "line"), ids, flaws


def _sites(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    rules = [FINESS, twice("finess"), NAME, _STATE, _DATE, _DEPARTMENT]
    good, flaws = sift(_placed(frame), rules, file=file, key="finess", part="pmej.ege")
    return good.with_columns(pl.col("commune_name").str.slice(0, 60)).select(*SITES, "line"), flaws


def _ghts(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    life = pl.col("state").replace_strict(_STATES, default=None)
    named = frame.with_columns(region=pl.col("code").str.slice(0, 2), life=life, name=pl.col("name").str.slice(0, 200))
    good, flaws = sift(named, [*ght_rules(), _STATE], file=file, key="code", part="gcc")
    return good.select(*GHTS, "line"), flaws


def _members(frame: pl.DataFrame, ids: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    whole = frame.join(ids, on="id", how="left", maintain_order="left")
    rules = [
        Rule("role", ~pl.col("role").is_in(["S", "M"]), pl.col("role")),
        Rule("member", pl.col("finess").is_null(), pl.col("id")),
    ]
    good, flaws = sift(whole, rules, file=file, key="code", part="gcc.pmejDuGcc")
    return good.select(ght="code", legal_entity="finess", role="role", line="line").select(*MEMBERS, "line"), flaws
