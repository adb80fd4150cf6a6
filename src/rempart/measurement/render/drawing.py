"""Inline SVG of paths and of the level over time. Every drawing has its text or table twin beside it."""

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from markupsafe import Markup

from rempart.measurement.annex import Annex, Cell
from rempart.measurement.compare import Moment, Trend
from rempart.measurement.path import Node, Path
from rempart.measurement.render.view import visible
from rempart.measurement.render.words import Words

_BOX_WIDTH, _BOX_HEIGHT, _STEP = 296, 46, 92
_LONGEST_NAME, _LONGEST_RIGHT = 34, 36
_TALLEST = 5
_MOST_PLACES, _LEAVES_A_LINE, _LEAF_WIDTH, _LEAF_STEP, _PLACE_GAP = 80, 4, 187, 38, 10
_LONGEST_PLACE, _LONGEST_LEAF = 32, 19
_MARKS = {
    "failed": "M{x} {y}m-5 -5l10 10m0 -10l-10 10",
    "to_review": "M{x} {y}m0 -6v7m0 4v.5",
    "satisfied": "M{x} {y}m-5 0l4 4l6 -8",
    "not_evaluated": "M{x} {y}m-4 -3a4 4 0 1 1 5 4q-1 1 -1 2m0 3v.5",
    "not_applicable": "M{x} {y}m-5 0h10",
}
"""The sign of each state: colour never stands alone."""


def _tag(template: str, *values: object, **named: object) -> Markup:
    """Fill an SVG fragment; every value is escaped."""
    return Markup(template).format(*values, **named)  # noqa: S704 — the template is a literal of this module


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def shortened(name: str, longest: int) -> str:
    """Return a name that fits a box; the whole one is in the text twin."""
    seen = visible(name)
    return seen if len(seen) <= longest else f"{seen[: longest - 1]}…"


def path_svg(path: Path, words: Words) -> Markup:
    """Return a path drawn from top to bottom: one box a node, one arrow a hop."""
    nodes = path.nodes
    boxes = [_box(rank, node, len(nodes), words) for rank, node in enumerate(nodes)]
    arrows = [_arrow(rank, words.text(hop.title)) for rank, hop in enumerate(path.hops)]
    return _tag(
        '<svg viewBox="0 0 300 {}" role="img" aria-label="{}">{}{}</svg>',
        (len(nodes) - 1) * _STEP + _BOX_HEIGHT + 4,
        words("path_drawing"),
        _joined(boxes),
        _joined(arrows),
    )


def _box(rank: int, node: Node, count: int, words: Words) -> Markup:
    top = rank * _STEP + 2
    place = "start" if rank == 0 else "end" if rank == count - 1 else ""
    return _tag(
        '<g><title>{}</title><rect class="box {}" x="2" y="{}" width="{}" height="{}" rx="6"/>'
        '<text class="node-name" x="16" y="{}">{}</text><text class="node-kind" x="16" y="{}">{}</text></g>',
        visible(node.name),
        place,
        top,
        _BOX_WIDTH,
        _BOX_HEIGHT,
        top + 20,
        shortened(node.name, _LONGEST_NAME),
        top + 37,
        words.label(node.kind),
    )


def _arrow(rank: int, title: str) -> Markup:
    top = rank * _STEP + _BOX_HEIGHT + 4
    bottom = (rank + 1) * _STEP
    return _tag(
        '<path class="arrow" d="M24 {}V{}"/><path class="head" d="M24 {}l-6 -10h12z"/>'
        '<text class="edge-name" x="40" y="{}">{}</text>',
        top,
        bottom - 6,
        bottom,
        (top + bottom) // 2 + 4,
        shortened(title, _LONGEST_RIGHT),
    )


def map_svg(annex: Annex, words: Words) -> Markup:
    """Return the places of a map, one a line, each with its leaves: a sign by state, a name. The table is the twin."""
    shown = [(place, list(rows)) for place, rows in groupby(annex.rows, key=lambda row: str(row[0]))]
    parts: list[Markup] = []
    top = 0
    for place, leaves in shown[:_MOST_PLACES]:
        lines = -(-len(leaves) // _LEAVES_A_LINE)
        parts.append(_place(place, leaves, top, lines))
        top += lines * _LEAF_STEP + _PLACE_GAP
    left = len(shown) - _MOST_PLACES
    if left > 0:
        parts.append(_tag('<text class="place" x="0" y="{}">{}</text>', top + 16, words("others_n", n=left)))
        top += _LEAF_STEP
    return _tag(
        '<svg viewBox="0 0 1080 {}" role="img" aria-label="{}">{}</svg>', top, words("map_drawing"), _joined(parts)
    )


def _place(place: str, leaves: Sequence[tuple[Cell, ...]], top: int, lines: int) -> Markup:
    chips = [
        _leaf(
            str(row[1]),
            str(row[2]),
            330 + (rank % _LEAVES_A_LINE) * _LEAF_WIDTH,
            top + rank // _LEAVES_A_LINE * _LEAF_STEP,
        )
        for rank, row in enumerate(leaves)
    ]
    return _tag(
        '<g><title>{}</title><rect class="host" x="1" y="{}" width="296" height="{}" rx="6"/>'
        '<text class="place" x="14" y="{}">{}</text>'
        '<path class="arrow" d="M297 {}H326"/>{}</g>',
        visible(place),
        top + 1,
        lines * _LEAF_STEP - 6,
        top + 22,
        shortened(place, _LONGEST_PLACE),
        top + 17,
        _joined(chips),
    )


def _leaf(name: str, state: str, left: int, top: int) -> Markup:
    return _tag(
        '<g class="{}"><title>{}</title><rect class="leaf" x="{}" y="{}" width="{}" height="32" rx="6"/>'
        '<path class="mark" d="{}"/><text class="leaf-name" x="{}" y="{}">{}</text></g>',
        state,
        visible(name),
        left,
        top + 1,
        _LEAF_WIDTH - 10,
        _MARKS.get(state, _MARKS["not_applicable"]).format(x=left + 17, y=top + 17),
        left + 32,
        top + 22,
        shortened(name, _LONGEST_LEAF),
    )


def trend_svg(trend: Trend, words: Words) -> Markup:
    """Return one small rampart a measurement, oldest first, on one ground line."""
    width = max(120, 900 // max(len(trend.moments), 1)) if len(trend.moments) > _TALLEST else 180
    towers = [_tower(rank, moment, width, words) for rank, moment in enumerate(trend.moments)]
    spoken = " ; ".join(
        words.pair(words.date(moment.taken_at.date()), words.level(moment.level)) for moment in trend.moments
    )
    return _tag(
        '<svg viewBox="0 0 {} 176" role="img" aria-label="{}">{}<path class="ground" d="M0 121H{}"/></svg>',
        width * len(trend.moments),
        spoken,
        _joined(towers),
        width * len(trend.moments),
    )


def _tower(rank: int, moment: Moment, width: int, words: Words) -> Markup:
    left, inner = rank * width + 16, width - 32
    rows = []
    for course in range(1, _TALLEST + 1):
        reached = course <= moment.level.value
        unproven = reached and moment.level.at_most and course == moment.level.value
        state = "missing" if not reached else "unproven" if unproven else "laid"
        rows.append(_course(left, inner, 120 - course * 18, state, odd=course % 2))
    return _tag(
        '<g>{}<text class="value" x="{}" y="144">{}</text><text x="{}" y="164">{}</text></g>',
        _joined(rows),
        left,
        words("level_n", n=moment.level.value),
        left,
        words.date(moment.taken_at.date()),
    )


def _course(left: float, inner: float, top: float, state: str, *, odd: int) -> Markup:
    cuts = (0, 0.34, 0.67, 1) if odd else (0, 0.17, 0.5, 0.83, 1)
    return _joined(
        _tag(
            '<rect class="stone {} tint{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="15" rx="2"/>',
            state,
            place % 3,
            left + start * inner,
            top,
            (end - start) * inner - 3,
        )
        for place, (start, end) in enumerate(pairwise(cuts))
    )
