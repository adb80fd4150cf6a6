"""The kinds of edges: what each one means, how grave it is, how it is abused and removed. The words are data."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from rempart.measurement.text import Text


class Commands(BaseModel):
    """A PowerShell template that removes an edge, and the one that puts it back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str
    undo: str | None = None


class Kind(BaseModel):
    """One kind of edge.

    `level` 1: exploitable without a major prerequisite; 2: potentially dangerous. `computer_level` replaces it on
    computer accounts. `structural`: the directory's own arrangement, which carries control on and is no one's right.
    `removable`: an administrator can take it away by itself. `partial`: half a right, listed when asked by name,
    never part of a path. `commands` names the templates of its removal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    level: int = Field(ge=1, le=2)
    computer_level: int | None = Field(default=None, ge=1, le=2)
    structural: bool = False
    removable: bool = True
    partial: bool = False
    commands: str | None = None
    reason: Text
    title: Text
    abuse: Text
    removal: Text


@cache
def _file() -> dict[str, dict[str, dict[str, object]]]:
    return tomllib.loads(files(__package__).joinpath("edges.toml").read_text(encoding="utf-8"))


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds of `edges.toml` by name, in the order of the file."""
    return {name: Kind.model_validate({"name": name, **fields}) for name, fields in _file()["kinds"].items()}


@cache
def commands() -> dict[str, Commands]:
    """Return the templates of `edges.toml` by name."""
    return {name: Commands.model_validate(fields) for name, fields in _file()["commands"].items()}


@cache
def names(*, level: int, partial: bool = False) -> frozenset[str]:
    """Return the names of the kinds a query at `level` follows (or, with `partial`, the half rights it may list)."""
    return frozenset(kind.name for kind in kinds().values() if kind.level <= level and kind.partial == partial)
