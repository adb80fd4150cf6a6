"""Where places stand on our tile maps."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

BLANK = ".."


class Tile(NamedTuple):
    """A place on a map: its INSEE code, the letters it shows, its column and row from 0."""

    code: str
    short: str
    column: int
    row: float


@cache
def tiles(name: str) -> tuple[Tile, ...]:
    """Return the tiles of a map: `regions` or `departments`."""
    known = tomllib.loads(files("rempart.hub.dashboards").joinpath("data/maps.toml").read_text(encoding="utf-8"))[name]
    short = known.get("short", {})
    found, row = [], 0.0
    for line in known["rows"]:
        for column, code in enumerate(line.split()):
            if code != BLANK:
                found.append(Tile(code, short.get(code, code), column, row))
        row += 1 if line else 0.5
    return tuple(found)
