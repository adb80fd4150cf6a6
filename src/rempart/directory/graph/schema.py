"""What the schema tells of rights: the GUIDs each right answers to, and the ancestors of each class.

The snapshot's own schema is asked first (LAPS has GUIDs of its own in every forest); `rights.toml` holds the rest.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import polars as pl


@dataclass(frozen=True)
class Right:
    """One right: its access bit, the GUIDs that name it, the classes it means something on (empty: all).

    `family`: only an ACE without object type gives it, and a deny of any part of it takes it away as a whole.
    `within`: the family that hides it when both are held. `when`: the object must have one of these attributes.
    """

    name: str
    bit: int
    guids: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    family: bool = False
    any_guid: bool = False
    within: str | None = None
    when: tuple[str, ...] = field(default=())


@cache
def _file() -> dict[str, dict[str, object]]:
    return tomllib.loads(files(__package__).joinpath("rights.toml").read_text(encoding="utf-8"))


@cache
def declared_rights() -> dict[str, Right]:
    """Return the rights of `rights.toml` by name, their classes spelled out."""
    groups: Mapping[str, list[str]] = _file()["classes"]  # type: ignore[assignment]
    rights = {}
    for name, fields in _file()["rights"].items():
        values: dict[str, object] = dict(fields)  # type: ignore[call-overload]
        named: list[str] = values.pop("classes", [])  # type: ignore[assignment]
        classes = [single for each in named for single in groups.get(each, [each])]
        lists = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
        rights[name] = Right(name=name, classes=tuple(classes), **lists)  # type: ignore[arg-type]
    return rights


def rights_of(objects: pl.DataFrame) -> dict[str, Right]:
    """Return the rights with the GUIDs that the schema of the snapshot adds (attributes and their property sets)."""
    schema = objects.filter(
        pl.col("class").is_in(["attributeschema", "classschema"]), pl.col("schemaIDGUID").is_not_null()
    )
    known: dict[str, set[str]] = {}
    for name, own, family in schema.select("lDAPDisplayName", "schemaIDGUID", "attributeSecurityGUID").iter_rows():
        known.setdefault((name or "").lower(), set()).update(guid.lower() for guid in (own, family) if guid)
    return {
        right.name: Right(
            **{
                **vars(right),
                "guids": tuple(
                    sorted({*right.guids, *(g for a in right.attributes for g in known.get(a.lower(), set()))})
                ),
            }
        )
        for right in declared_rights().values()
    }


def class_lineage(objects: pl.DataFrame) -> pl.DataFrame:
    """Return one row per `class` and `guid`: the GUID of the class and those of its ancestors."""
    table: dict[str, tuple[str, str]] = {name: (v[0], v[1]) for name, v in _file()["ancestry"].items()}  # type: ignore[index]
    seen = objects.filter(pl.col("class") == "classschema", pl.col("schemaIDGUID").is_not_null())
    for name, guid, parent in seen.select("lDAPDisplayName", "schemaIDGUID", "subClassOf").iter_rows():
        if name:
            table[name.lower()] = (guid.lower(), (parent or "top").lower())
    rows = []
    for name in table:
        current, steps = name, 0
        while current in table and steps < len(table):
            rows.append((name, table[current][0]))
            parent = table[current][1]
            if parent == current:
                break
            current, steps = parent, steps + 1
    return (
        pl.DataFrame(rows, schema={"class": pl.String, "guid": pl.String}, orient="row").unique().sort("class", "guid")
    )


@cache
def grant_names() -> dict[str, str]:
    """Return BloodHound's names of rights and ours."""
    return dict(_file()["grants"])  # type: ignore[arg-type]
