"""Geometry of what the dashboards draw: whole numbers, so that no language writes them with a comma."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rempart.hub.dashboards.cube import Counts
from rempart.hub.dashboards.maps import tiles
from rempart.hub.dashboards.selectors import Stretch, Week
from rempart.hub.dashboards.steps import Step

WHOLE = 1000
"""The width of a bar that is full."""
SHADES = 5
TILE, GAP = 60, 4
COLUMN, HEIGHT = 10, 100


@dataclass(frozen=True)
class DrawnTile:
    """A place of the map: where it stands, what it says, and its shade from 0 to 4; None without anybody eligible."""

    x: int
    y: int
    short: str
    count: int
    shade: int | None


@dataclass(frozen=True)
class DrawnMap:
    """A tile map; `numbered` says whether tiles have room for their figure."""

    width: int
    height: int
    tiles: list[DrawnTile]
    numbered: bool


@dataclass(frozen=True)
class DrawnStretch:
    """A delay: its days, and where its median and its ninth tenth stand on a bar."""

    stretch: Stretch
    median: int | None
    ninetieth: int | None
    dot: int
    end: int


@dataclass(frozen=True)
class Columns:
    """Columns of a series: each as (x, y, height); the highest is `most`."""

    name: str
    width: int
    height: int
    bars: list[tuple[int, int, int]]
    most: int


def share(part: float, whole: float) -> int:
    """Return the length of a part on a bar of a thousand; a part that is not nothing can be seen."""
    if not part or not whole:
        return 0
    return max(4, min(WHOLE, round(part / whole * WHOLE)))


def shade(rate: float | None) -> int | None:
    """Return the shade of a rate: one for each fifth."""
    return None if rate is None else min(SHADES - 1, int(rate * SHADES))


def draw_map(name: str, places: Mapping[str, Counts], step: Step) -> DrawnMap:
    """Return the map of a step: its count written, its share of the eligible shaded."""
    nothing = Counts()
    found = tiles(name)
    drawn = []
    for tile in found:
        counts = places.get(tile.code, nothing)
        x, y = tile.column * (TILE + GAP), round(tile.row * (TILE + GAP))
        drawn.append(DrawnTile(x, y, tile.short, counts.steps[step], shade(counts.rate(step))))
    width = max(tile.x for tile in drawn) + TILE
    height = max(tile.y for tile in drawn) + TILE
    return DrawnMap(width, height, drawn, numbered=name == "regions")


def draw_stretches(stretches: Sequence[Stretch]) -> list[DrawnStretch]:
    """Return the delays on one common scale."""
    longest = max((_days(stretch.ninetieth) or 0 for stretch in stretches), default=0)
    return [
        DrawnStretch(
            stretch,
            _days(stretch.median),
            _days(stretch.ninetieth),
            share(_days(stretch.median) or 0, longest),
            share(_days(stretch.ninetieth) or 0, longest),
        )
        for stretch in stretches
    ]


def draw_weeks(weeks: Sequence[Week], name: str) -> Columns:
    """Return the columns of one figure of the weeks: `submitted`, `decided` or `paid`."""
    values = [int(getattr(week, name)) for week in weeks]
    most = max(values, default=0)
    heights = [round(value / most * HEIGHT) if most else 0 for value in values]
    bars = [(index * COLUMN + 1, HEIGHT - height, height) for index, height in enumerate(heights) if height]
    return Columns(name, len(values) * COLUMN, HEIGHT, bars, most)


def _days(length: timedelta | None) -> int | None:
    return None if length is None else round(length / timedelta(days=1))
