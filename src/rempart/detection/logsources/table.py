"""The tables of log sources, read from the data files beside this module."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from rempart.detection.logsources.target import Entities, Target

_HERE = Path(__file__).parent
_FILES = ("windows", "linux", "macos", "web", "cloud", "hospital")

Row = dict[str, Any]  # as TOML gives it
Logsource = tuple[str, str, str]  # category, product, service


@dataclass
class Table:
    """All that the data files say.

    Attributes:
        channels: source by lower-case Windows channel.
        targets: by (category, product, service).
        products: the products it knows.
        entities: by source or family.
        acting: the fields of the account that acts, by source and code, where it is not that of the source.
        codes: the native field that holds the code of the events, by source or family.

    """

    channels: dict[str, str] = field(default_factory=dict)
    targets: dict[Logsource, tuple[Target, ...]] = field(default_factory=dict)
    products: set[str] = field(default_factory=set)
    entities: dict[str, Entities] = field(default_factory=dict)
    acting: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


@cache
def table() -> Table:
    """Return the tables, read once."""
    built = Table()
    for name in _FILES:
        _add(built, tomllib.loads(_path(name).read_text(encoding="utf-8")))
    return built


@cache
def digest() -> str:
    """Return the SHA-256 of the tables, hexadecimal: another table, another compiled form of the same rules."""
    told = sha256()
    for name in _FILES:
        told.update(_path(name).read_bytes())
    return told.hexdigest()


def _path(name: str) -> Path:
    return _HERE / f"{name}.toml"


def _add(built: Table, file: Row) -> None:
    families: Mapping[str, Row] = file.get("family", {})
    for name, family in families.items():
        built.entities[name] = _entities(family, Entities())
        if "code" in family:
            built.codes[name] = family["code"]
        if "product" in family:
            built.products.add(family["product"])
    product = file.get("product", "")
    for row in file.get("source", ()):
        _add_source(built, product, row)
    shapes: Mapping[str, Row] = file.get("shape", {})
    for row in file.get("logsource", ()):
        _add_logsource(built, product, row, shapes)
    for row in file.get("device", ()):
        _add_device(built, row)
    for row in file.get("application", ()):
        for one in row["products"]:
            built.products.add(one)
            targets = (Target(f"{one}/application"), *_text(row))
            built.targets["application", one, ""] = targets


def _add_source(built: Table, product: str, row: Row) -> None:
    name = f"{product}/{row['service']}"
    family = built.entities[f"{product}/*"]
    built.entities[name] = _entities(row, family)
    for channel in row.get("channels", ()):
        built.channels[channel.lower()] = name
    for acting in row.get("acting", ()):
        for code in acting["codes"]:
            built.acting[name, code] = tuple(acting["user"])
    if "code" in row:
        built.codes[name] = row["code"]
    names, others = _names(row)
    for service in (row["service"], *row.get("services", ())):
        built.targets["", product, service] = (Target(name, names=names, others=others),)


def _add_logsource(built: Table, product: str, row: Row, shapes: Mapping[str, Row]) -> None:
    targets = (*(_target(one, shapes) for one in row["to"]), *_text(row))
    # A file of one product speaks of it; `product` says otherwise, an empty one that the category stands alone.
    owner = row.get("product", product if "category" in row or "service" in row else "")
    for service in row.get("services", (row.get("service", ""),)):
        built.targets[row.get("category", ""), owner, service] = targets
    built.products.add(owner)


def _add_device(built: Table, row: Row) -> None:
    built.products.add(row["product"])
    for service in row["services"]:
        own = Target(f"{row['product']}/{service}")
        also = tuple(Target(source) for source in row.get("also", ()))
        built.targets["", row["product"], service] = (own, *also, *_text(row))


def _target(row: Row, shapes: Mapping[str, Row]) -> Target:
    whole = {**shapes.get(row.get("like", ""), {}), **row}
    names, others = _names(whole)
    return Target(
        source=whole["source"],
        codes=tuple(whole["codes"]) if "codes" in whole else None,
        names=names,
        others=others,
        demands={name: tuple(values) for name, values in whole.get("demands", {}).items()},
        fields=frozenset(whole["fields"]) if "fields" in whole else None,
        values={name: {key: _many(value) for key, value in one.items()} for name, one in _of(whole, "values")},
        begins={name: _lowered(one) for name, one in _of(whole, "begins")},
        within={name: _lowered(one) for name, one in _of(whole, "within")},
        joined={name: tuple(one) for name, one in _of(whole, "joined")},
        numbers={name: re.compile(one, re.IGNORECASE) for name, one in _of(whole, "numbers")},
    )


def _of(row: Row, key: str) -> Iterator[tuple[str, Any]]:
    yield from row.get(key, {}).items()


def _lowered(texts: Mapping[str, str]) -> dict[str, str]:
    return {text.lower(): native for text, native in texts.items()}


def _many(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _names(row: Row) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the native name of each field, and the further ones of those that have several."""
    told = {name: _many(value) for name, value in row.get("names", {}).items()}
    return {name: one[0] for name, one in told.items()}, {name: one[1:] for name, one in told.items() if one[1:]}


def _text(row: Row) -> tuple[Target, ...]:
    return tuple(Target(source, text_only=True) for source in row.get("text", ()))


def _entities(row: Row, family: Entities) -> Entities:
    return Entities(*(tuple(row[name]) if name in row else getattr(family, name) for name in Entities._fields))
