"""How containers call the fields of events (`names.toml`): from a path of keys to a field, and the part it plays."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rempart.detection.collect.native.paths import PAIR_NAME, PAIR_VALUE
from rempart.detection.collect.native.route import CHANNEL, CODE, LOCAL, MOMENT, RECEIVED, STAMPED
from rempart.detection.events import covers

_ATTRIBUTES = (".#attributes.", "_attributes.", ".@")
_CONTENT = (".#text", ".$", ".#content")
_PROVIDER_ORDER = 64
"""A provider is looked at after all channels."""


@dataclass(frozen=True)
class Meaning:
    """What a path of keys means.

    Attributes:
        name: of the field it holds; None: it holds none.
        rank: where two paths say the same field, the lowest stays.
        role: CHANNEL, CODE, MOMENT or 0, and its order among those of one role.
        paired: its objects are pairs of a name and a value; `part` is the part of such a pair it is.
        marks: bits of the products it is a sign of.

    """

    name: str | None
    rank: int = 0
    role: int = 0
    order: int = 0
    paired: bool = False
    part: int = 0
    marks: int = 0


class Names:
    """The table, read once."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._table = table
        self._of_source: dict[str, dict[str, list[tuple[str, int]]]] = {}
        self._sections = sorted(
            ((tuple(key.split(".")), rank) for key, rank in table["sections"].items()), key=lambda one: -len(one[0])
        )
        self._roles = dict(_roles(table))
        self._signs = sorted({field for product in table["products"] for field in product["fields"]})
        inner = (
            *table["renames"],
            *self._roles,
            *(field for product in table["products"] for field in product["fields"]),
        )
        self._heads = {name[:place] for name in inner for place, sign in enumerate(name) if sign == "."}
        self._products = [
            (product["source"], sum(1 << self._signs.index(field) for field in product["fields"]))
            for product in table["products"]
        ]

    def meaning(self, path: tuple[str, ...]) -> Meaning:
        """Return what a path means; keys that hold points are as if nested."""
        keys = ".".join(path).split(".")
        while len(keys) > 1 and keys[0] in self._table["envelopes"]:
            keys.pop(0)
        pairs = self._table["pairs"]
        dotted = ".".join(keys)
        if any(_covers(dotted, one) for one in pairs["lists"]):
            return Meaning(keys[-1], 1, paired=True)
        for parent in range(1, len(keys)):
            if any(_covers(".".join(keys[:parent]), one) for one in pairs["lists"]):
                return _part(".".join(keys[parent:]), keys[parent - 1], pairs)
        return self._named(_joined(dotted))

    def _named(self, dotted: str) -> Meaning:
        if dotted.rpartition("_")[2].startswith("xmlns") or dotted.startswith("#"):
            return Meaning(None)
        renamed = self._table["renames"].get(dotted)
        rank, name = (0, renamed) if renamed else self._section(dotted)
        name = self._table["renames"].get(name, name)
        role, order = self._roles.get(dotted) or self._roles.get(name, (0, 0))
        if role in {CHANNEL, CODE} and rank >= 1 and "." in dotted and dotted not in self._roles:
            role = order = 0
        marks = 1 << self._signs.index(dotted) if dotted in self._signs else 0
        return Meaning(name.lstrip("@") or None, rank, role, order, marks=marks)

    def _section(self, dotted: str) -> tuple[int, str]:
        """Return the rank and the own name of what stands in a section; the whole path elsewhere."""
        keys = dotted.split(".")
        for section, rank in self._sections:
            size = len(section)
            if len(keys) > size and all(wanted in {"*", key} for wanted, key in zip(section, keys, strict=False)):
                name = ".".join(keys[size:])
                capital = ".".join(section) in self._table["capitals"]["of"]
                return rank, name[:1].upper() + name[1:] if capital else name
        return 1, dotted

    def above(self, path: tuple[str, ...]) -> bool:
        """Tell whether something this table names may stand under a path: its objects are always entered."""
        if path[-1] == "#attributes" or path[-1].endswith("_attributes"):
            return True
        keys = ".".join(path).split(".")
        while keys and keys[0] in self._table["envelopes"]:
            keys.pop(0)
        if not keys or ".".join(keys) in self._heads:
            return True
        return any(_leads(keys, section, rank) for section, rank in self._sections)

    def aliases(self, source: str) -> dict[str, list[tuple[str, int]]]:
        """Return, for the name a container gives a field of a source, its native names and their order."""
        if source not in self._of_source:
            found: dict[str, list[tuple[str, int]]] = {}
            for family, fields in self._table["aliases"].items():
                if covers(family, source):
                    for native, called in fields.items():
                        for order, name in enumerate(called):
                            found.setdefault(name, []).append((native, order))
            self._of_source[source] = found
        return self._of_source[source]

    def all_aliases(self) -> dict[str, set[str]]:
        """Return, for each native name, how containers call it."""
        found: dict[str, set[str]] = {}
        for fields in self._table["aliases"].values():
            for native, names in fields.items():
                found.setdefault(native, set()).update(names)
        return found

    def channel_of_provider(self, provider: str) -> str | None:
        """Return the channel that a provider mostly writes to."""
        found: str | None = self._table["providers"].get(provider.lower())
        return found

    def product(self, marks: int) -> str | None:
        """Return the source of the product whose signs are all there."""
        return next((source for source, bits in self._products if bits & marks == bits), None)


def is_provider(order: int) -> bool:
    """Tell from the order of what says the channel whether it is only the name of the provider."""
    return order >= _PROVIDER_ORDER


@cache
def names() -> Names:
    """Return the table."""
    return Names(tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8")))


def _roles(table: dict[str, Any]) -> Iterator[tuple[str, tuple[int, int]]]:
    roles, times = table["roles"], table["times"]
    yield from ((name, (MOMENT, order)) for order, name in enumerate(times["best"]))
    yield from (
        (times[key], (MOMENT, order)) for key, order in (("local", LOCAL), ("received", RECEIVED), ("stamped", STAMPED))
    )
    yield from ((name, (CHANNEL, _PROVIDER_ORDER + order)) for order, name in enumerate(roles["provider"]))
    yield from ((name, (CHANNEL, order)) for order, name in enumerate(roles["channel"]))
    yield from ((name, (CODE, order)) for order, name in enumerate(roles["code"]))


def _leads(keys: list[str], section: tuple[str, ...], rank: int) -> bool:
    """Tell whether a path leads to a section, or is an element of the section of what the system says."""
    if rank == 0 and len(keys) == len(section) + 1:
        section = (*section, "*")
    return len(keys) <= len(section) and all(w in {"*", k} for w, k in zip(section, keys, strict=False))


def _covers(dotted: str, pattern: str) -> bool:
    keys, wanted = dotted.split("."), pattern.split(".")
    return len(keys) == len(wanted) and all(one in {"*", key} for one, key in zip(wanted, keys, strict=True))


def _part(rest: str, own: str, pairs: dict[str, Any]) -> Meaning:
    """Return which part of a pair a key is; what is neither its name nor its value is left out."""
    if rest in pairs["names"]:
        return Meaning(None, part=PAIR_NAME)
    return Meaning(own, 1, part=PAIR_VALUE) if rest in pairs["values"] else Meaning(None)


def _joined(dotted: str) -> str:
    """Join attributes to their element, and drop the key under which a converter puts the text of an element."""
    for mark in _ATTRIBUTES:
        if mark in dotted[1:]:
            dotted = dotted[0] + dotted[1:].replace(mark, "_")
    for end in _CONTENT:
        dotted = dotted.removesuffix(end)
    return dotted
