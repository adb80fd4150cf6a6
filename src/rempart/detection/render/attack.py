"""The tactics and techniques of ATT&CK, as data."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from rempart.measurement.text import Text


class Technique(BaseModel):
    """A technique, its sub-techniques in it, and the tactics it serves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tactics: tuple[str, ...]
    fr: str
    en: str

    @property
    def name(self) -> Text:
        """Return its name."""
        return Text(fr=self.fr, en=self.en)


class Attack(BaseModel):
    """The matrix: tactics in the order of an attack, techniques by identifier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tactics: Mapping[str, Text]
    techniques: Mapping[str, Technique]


@cache
def attack() -> Attack:
    """Return the matrix of `attack.toml`."""
    return Attack.model_validate(tomllib.loads(files(__package__).joinpath("attack.toml").read_text(encoding="utf-8")))


def technique_of(tag: str) -> str | None:
    """Return the technique that a tag of a rule names, without its sub-technique; None for another tag."""
    found = re.fullmatch(r"attack\.(t\d{4})(?:\.\d{3})?", tag, re.IGNORECASE)
    return found[1].upper() if found else None
