"""The tactics and techniques of ATT&CK that rules name, as data, and what the tags of a rule say of an attack."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from rempart.measurement.text import Text

VERSION = "19"
_TAG = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)


class Technique(BaseModel):
    """A technique and the tactics it serves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tactics: tuple[str, ...]
    fr: str
    en: str

    @property
    def name(self) -> Text:
        """Return its name."""
        return Text(fr=self.fr, en=self.en)


class Attack(BaseModel):
    """The matrix: tactics in the order of an attack, techniques by identifier.

    Attributes:
        tactics: names by slug, in the order of an attack.
        tactic_ids: MITRE's identifier by slug.
        former: slugs of older versions, and what they are called now.
        techniques: by identifier.
        parts: names of sub-techniques by identifier.

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tactics: Mapping[str, Text]
    tactic_ids: Mapping[str, str]
    former: Mapping[str, str]
    techniques: Mapping[str, Technique]
    parts: Mapping[str, Text]


@cache
def attack() -> Attack:
    """Return the matrix of `words/attack.toml`."""
    path = files("rempart.detection").joinpath("words", "attack.toml")
    return Attack.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def order() -> Mapping[str, int]:
    """Return the place of each tactic in an attack, from 0."""
    return {slug: place for place, slug in enumerate(attack().tactics)}


def technique_of(tag: str) -> str | None:
    """Return the technique that a tag of a rule names, without its sub-technique; None for another tag."""
    found = _TAG.fullmatch(tag)
    return found[1].upper().partition(".")[0] if found else None


@dataclass(frozen=True)
class Aim:
    """What the tags of a rule say of an attack.

    Attributes:
        tactics: slugs, in the order the rule names them; those of its techniques when it names none.
        techniques: identifiers with their sub-technique, in the order the rule names them.

    """

    tactics: tuple[str, ...]
    techniques: tuple[str, ...]

    @property
    def stage(self) -> str:
        """Return the one tactic an alert of that rule stands at: the first one named; empty when there is none."""
        return self.tactics[0] if self.tactics else ""


@cache
def aim(tags: tuple[str, ...]) -> Aim:
    """Return what the tags of a rule say. Tags are read whatever their case, `_` for `-`, old names included."""
    matrix = attack()
    named = (tag.lower().removeprefix("attack.").replace("_", "-") for tag in tags if tag.lower().startswith("attack."))
    tactics = _known(matrix.former.get(slug, slug) for slug in named)
    techniques = tuple(dict.fromkeys(found[1].upper() for found in map(_TAG.fullmatch, tags) if found))
    if not tactics:
        bases = (matrix.techniques.get(name.partition(".")[0]) for name in techniques)
        tactics = _known(slug for base in bases if base for slug in base.tactics)
    return Aim(tactics, techniques)


def _known(slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug for slug in slugs if slug in attack().tactics))


def technique_name(identifier: str) -> Text | None:
    """Return the name of a technique or of a part of one, None when it is not in the matrix."""
    base, _, part = identifier.partition(".")
    known = attack().techniques.get(base)
    if not part:
        return known.name if known else None
    own = attack().parts.get(identifier)
    if own is None or known is None:
        return own or (known.name if known else None)
    return Text(fr=f"{known.fr} : {own.fr}", en=f"{known.en}: {own.en}")
