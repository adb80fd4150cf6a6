"""The programme's published figures, each with its date and its source: data, never written in a page."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from rempart.measurement.text import Text


class Figure(BaseModel):
    """One figure of a public source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Text
    label: Text
    date: Text
    source: str
    url: str


@cache
def figures() -> tuple[Figure, ...]:
    """Return the figures in the order of the file."""
    raw = tomllib.loads(files(__package__).joinpath("figures.toml").read_text(encoding="utf-8"))
    return tuple(Figure.model_validate(entry) for entry in raw["figures"])
