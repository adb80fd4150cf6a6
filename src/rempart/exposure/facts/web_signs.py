"""What a page shows by its look: a page by default, a list of files, a failed program, a door for administrators."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

_EXCERPT = 16384


class Sign(BaseModel):
    """One thing that a page may show (`signs.toml`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    name: str
    where: str
    pattern: str


class Panel(BaseModel):
    """One sign-in page for administrators (`panels.toml`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    family: str
    title: str
    body: str | None = None


def _table(name: str, key: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))[key]
    return entries


@cache
def signs() -> tuple[Sign, ...]:
    """Return the signs that are known."""
    return tuple(Sign(**entry) for entry in _table("signs.toml", "sign"))


@cache
def panels() -> tuple[Panel, ...]:
    """Return the doors for administrators that are known."""
    return tuple(Panel(**entry) for entry in _table("panels.toml", "panel"))


def sign(kind: str, title: str | None, body: bytes) -> str | None:
    """Return the name of the first sign of a kind that a page shows, None without any."""
    text = body[:_EXCERPT].decode("utf-8", "replace")
    for known in signs():
        shown = title if known.where == "title" else text
        if known.kind == kind and shown and re.search(known.pattern, shown):
            return known.name
    return None


def panel(title: str | None, body: bytes) -> Panel | None:
    """Return the door for administrators that a page is, None when it is none that is known."""
    text = body[:_EXCERPT].decode("utf-8", "replace")
    for known in panels():
        if (title and re.search(known.title, title)) or (known.body and re.search(known.body, text)):
            return known
    return None
