"""The words of the programme, explained: one data file serves the glossary page and the bubbles of every page."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rempart.measurement.text import Text


@dataclass(frozen=True, slots=True)
class Definition:
    """A word: its short name, what it stands for, and what it means in one or two sentences."""

    slug: str
    name: Text
    meaning: Text


@cache
def glossary() -> dict[str, Definition]:
    """Return every definition by its slug, in the order of the file."""
    raw = tomllib.loads(files(__package__).joinpath("glossary.toml").read_text(encoding="utf-8"))
    return {slug: Definition(slug, Text(**entry["name"]), Text(**entry["meaning"])) for slug, entry in raw.items()}
