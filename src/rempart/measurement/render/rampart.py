"""The house's signature: a level is five courses of stone, laid from the ground up.

A course is laid when nothing below it fails or is unknown, an outline when something unseen may deny it, a gap when the
level is not reached. One geometry serves the terminal, the SVG of the HTML pages and the PDF.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from markupsafe import Markup

from rempart.measurement.render.words import Words
from rempart.measurement.report import Level
from rempart.measurement.verdict import Status, Verdict

WIDTH = 320
STONE = 30
JOINT = 4
MERLON = 16
COURSES = 5
HEIGHT = MERLON + JOINT + COURSES * (STONE + JOINT)
_WIDTHS = (
    (72, 52, 80, 60, 40),
    (40, 66, 58, 74, 66),
    (62, 76, 46, 62, 58),
    (48, 58, 82, 50, 66),
    (68, 50, 64, 78, 44),
)
"""Widths of the stones of each course, joints left out: 304 units, so that the joints never meet."""
_MERLONS = ((0, 40), (70, 40), (140, 40), (210, 40), (280, 40))


class State(StrEnum):
    """How a course is drawn."""

    LAID = "laid"
    UNPROVEN = "unproven"
    MISSING = "missing"


class Course(NamedTuple):
    """One course: its level, its state, and the points of the level below that fail or could not be evaluated."""

    level: int
    state: State
    failed: int
    unknown: int


class Stone(NamedTuple):
    """One rectangle, in units of the drawing, y downwards."""

    level: int
    state: State
    x: float
    y: float
    width: float
    height: float


def courses(level: Level, verdicts: Iterable[Verdict]) -> tuple[Course, ...]:
    """Return the five courses, from the ground up."""
    scored = [verdict for verdict in verdicts if verdict.level is not None]
    failed = [verdict.level for verdict in scored if verdict.status is Status.FAILED]
    unknown = [verdict.level for verdict in scored if verdict.status is Status.NOT_EVALUATED]
    proven = min((below for below in unknown if below is not None), default=COURSES) if level.at_most else level.value
    return tuple(
        Course(rank, _state(rank, level.value, proven), failed.count(rank - 1), unknown.count(rank - 1))
        for rank in range(1, COURSES + 1)
    )


def _state(rank: int, reached: int, proven: int) -> State:
    if rank > reached:
        return State.MISSING
    return State.LAID if rank <= max(proven, 1) else State.UNPROVEN


def stones(wall: Iterable[Course]) -> list[Stone]:
    """Return every stone of the wall, merlons included, for any drawing: `WIDTH` by `HEIGHT` units."""
    laid: list[Stone] = []
    for course in wall:
        top = MERLON + JOINT + (COURSES - course.level) * (STONE + JOINT)
        left = 0.0
        for width in _WIDTHS[course.level - 1]:
            laid.append(Stone(course.level, course.state, left, top, width, STONE))
            left += width + JOINT
        if course.level == COURSES:
            laid += [Stone(COURSES, course.state, x, 0, width, MERLON) for x, width in _MERLONS]
    return laid


def explain(course: Course, words: Words) -> str:
    """Return why a course is laid, not proven or missing, in a few words."""
    below = course.level - 1
    if course.level == 1:
        return words("course_base")
    reasons = []
    if course.failed:
        reasons.append(words("course_blocked", n=course.failed, below=below))
    if course.unknown:
        reasons.append(words("course_unknown", n=course.unknown, below=below))
    if not reasons and course.state is not State.LAID:
        reasons.append(words("course_waits", below=below))
    return ", ".join(reasons) or words("course_clear", below=below)


def to_svg(wall: tuple[Course, ...], words: Words) -> Markup:
    """Return the drawing as inline SVG; its colours come from the page's tokens by class."""
    spoken = " ; ".join(words.pair(words("course", n=c.level), words(f"course_{c.state}")) for c in wall)
    margin = 28
    shapes = [
        f'<rect class="stone {s.state} tint{(rank * 7 + s.level) % 3}" x="{s.x + margin}" y="{s.y + 1}" '
        f'width="{s.width}" height="{s.height}" rx="2.5"/>'
        for rank, s in enumerate(stones(wall))
    ]
    numbers = [
        f'<text class="rank" x="12" y="{MERLON + JOINT + (COURSES - c.level) * (STONE + JOINT) + 21}" '
        f'text-anchor="middle">{c.level}</text>'
        for c in wall
    ]
    ground = f'<path class="ground" d="M{margin - 8} {HEIGHT + 1}H{WIDTH + margin + 8}"/>'
    drawing = Markup("".join([*shapes, *numbers, ground]))  # noqa: S704 — made of numbers and of our own class names
    return Markup('<svg class="rampart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH + margin + 12, HEIGHT + 4, spoken, drawing
    )


_SOLID = {State.LAID: "█", State.UNPROVEN: "░", State.MISSING: "·"}
_PLAIN = {State.LAID: "#", State.UNPROVEN: ":", State.MISSING: "."}


def to_lines(wall: tuple[Course, ...], *, unicode: bool = True, scale: int = 10) -> list[tuple[Course, str]]:
    """Return the drawing for a terminal, top course first, `WIDTH / scale` columns wide."""
    signs = _SOLID if unicode else _PLAIN
    lines = []
    for course in reversed(wall):
        ends, left = [], 0
        for width in _WIDTHS[course.level - 1]:
            left += width + JOINT
            ends.append(round(left / scale))
        row = [signs[course.state]] * ends[-1]
        if course.state is State.MISSING:
            row = [sign if place % 4 == 0 else " " for place, sign in enumerate(row)]
        else:
            for end in ends[:-1]:
                row[end - 1] = " "
        lines.append((course, "".join(row)))
    return lines
